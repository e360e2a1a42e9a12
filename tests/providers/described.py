"""A description of an API in `schemas/openapi` as a judge of requests, and as a source of answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

FOLDER = Path(__file__).parents[2] / "schemas" / "openapi"
METHODS = ("get", "post", "put", "delete", "patch")


@dataclass(frozen=True)
class Example:
    """One example answer of the description."""

    operation: str
    status: int
    title: str
    content: Any

    def __str__(self) -> str:
        return f"{self.operation}-{self.status}-{self.title}"


class Description:
    """One file of the folder. Operations are named by method and path (`GET /campos/{id}`)."""

    def __init__(self, name: str) -> None:
        self.document: Any = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))

    @cached_property
    def operations(self) -> Mapping[str, tuple[Any, Any]]:
        """The path's part and the method's part of each operation."""
        return {
            f"{method.upper()} {path}": (item, item[method])
            for path, item in self.document["paths"].items()
            for method in METHODS
            if method in item
        }

    def resolved(self, node: Any) -> Any:
        """The node that a reference within the file leads to."""
        while isinstance(node, Mapping) and "$ref" in node:
            found: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part.replace("~1", "/").replace("~0", "~")]
            node = found
        return node

    def operation(self, method: str, path: str) -> str:
        """The operation that a request is; a fixed path wins over one with an id."""
        fitting = [name for name in self.operations if _fits(method, path, name)]
        assert fitting, f"{method} {path} is not described"
        return min(fitting, key=lambda name: name.count("{"))

    def parameters(self, name: str) -> Mapping[str, Mapping[str, Any]]:
        """The query parameters of an operation, by name."""
        item, described = self.operations[name]
        listed = [self.resolved(each) for each in (*item.get("parameters", ()), *described.get("parameters", ()))]
        return {each["name"]: each for each in listed if each["in"] == "query"}

    def check_query(self, name: str, query: Mapping[str, str]) -> None:
        """Assert that a query is one that the operation takes: names, types, values, and all that are required."""
        known = self.parameters(name)
        for parameter, text in query.items():
            assert parameter in known, f"{name} has no parameter {parameter}"
            schema = self.resolved(known[parameter].get("schema", {}))
            self.check(_typed(text, schema), schema)
        assert not {each for each, described in known.items() if described.get("required")} - set(query)

    def check(self, value: Any, schema: Any) -> None:
        """Raise where `value` is not what `schema` describes."""
        whole = {**schema, "components": self.document["components"]}
        Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)

    def examples(self) -> Iterator[Example]:
        """Every example answer."""
        for name, (_, described) in self.operations.items():
            for status, answer in described["responses"].items():
                content = self.resolved(answer).get("content", {}).get("application/json", {})
                if "example" in content:
                    yield Example(name, int(status), "example", content["example"])
                for title, example in content.get("examples", {}).items():
                    yield Example(name, int(status), title, self.resolved(example)["value"])

    def check_answer(self, example: Example) -> None:
        """Assert that an answer is as its operation's schema says."""
        described = self.resolved(self.operations[example.operation][1]["responses"][str(example.status)])
        self.check(example.content, described["content"]["application/json"]["schema"])


def _fits(method: str, path: str, name: str) -> bool:
    wanted_method, template = name.split()
    given, wanted = path.split("/"), template.split("/")
    return (
        method == wanted_method
        and len(given) == len(wanted)
        and all(want.startswith("{") or want == got for got, want in zip(given, wanted, strict=True))
    )


def _typed(text: str, schema: Mapping[str, Any]) -> Any:
    """The value that a query's text stands for."""
    kinds = schema.get("type")
    if "integer" in (kinds if isinstance(kinds, list) else [kinds]) and text.isdigit():
        return int(text)
    if kinds == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return text.split(",") if kinds == "array" else text
