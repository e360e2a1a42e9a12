"""The OpenAPI description as a judge: which operation a call is, and whether an answer is one that it documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

PATH = Path(__file__).parents[2] / "schemas" / "openapi" / "criaenvio.yaml"
DOTS = "..."
"""How the reference ends the text of its catch-all error."""


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    described: dict[str, Any]

    @property
    def name(self) -> str:
        """Method and path."""
        return f"{self.method} {self.path}"

    def response(self, status: int) -> dict[str, Any]:
        """What is documented for a status."""
        responses = self.described["responses"]
        assert str(status) in responses, f"{self.name}: {status} is not documented"
        return resolved(responses[str(status)])

    def errors(self, status: int) -> dict[str, dict[str, Any]]:
        """The documented errors of a status, by name."""
        examples = self.response(status)["content"]["application/json"].get("examples", {})
        return {name: resolved(example)["value"]["error"] for name, example in examples.items()}


@cache
def document() -> dict[str, Any]:
    """The whole description."""
    loaded: dict[str, Any] = yaml.load(PATH.read_bytes(), Loader=yaml.CSafeLoader)
    return loaded


def operations() -> Iterator[Operation]:
    """Every operation."""
    for path, item in document()["paths"].items():
        for method, described in item.items():
            if method != "parameters":
                yield Operation(method.upper(), path, described)


def operation(method: str, path: str) -> Operation:
    """The operation that a call is; fixed paths go before those with an id."""
    bare = path.partition("?")[0]
    fitting = [one for one in operations() if one.method == method and re.fullmatch(_pattern(one.path), bare)]
    return min(fitting, key=lambda one: "{" in one.path)


def resolved(item: dict[str, Any]) -> dict[str, Any]:
    """What a reference leads to."""
    while "$ref" in item:
        found: Any = document()
        for part in item["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        item = found
    return item


def check_answer(one: Operation, status: int, body: Any) -> str | None:
    """Assert that an answer is documented, to the last property; the name of the documented error, for errors."""
    schema = one.response(status)["content"]["application/json"]["schema"]
    _validate(schema, body)
    unknown = set(_unknown(schema, body))
    assert not unknown, f"{one.name} {status}: not documented: {sorted(unknown)}"
    if status == 200:
        return None
    for name, error in one.errors(status).items():
        whole = not error["message"].endswith(DOTS)
        text = body["error"]["message"] if whole else body["error"]["message"].partition("(s): ")[0] + f"(s): {DOTS}"
        if {**body["error"], "message": text} == error:
            return name
    raise AssertionError(f"{one.name} {status}: no documented error: {body['error']}")


def check_body(one: Operation, body: Any) -> None:
    """Assert that a JSON body is one that the description allows."""
    content = resolved(one.described["requestBody"])["content"]["application/json"]
    _validate(content["schema"], body)


def _validate(schema: dict[str, Any], value: Any) -> None:
    registry: Registry[Any] = Registry().with_resource("urn:api", Resource(document(), DRAFT202012))
    absolute = _absolute(schema)
    Draft202012Validator(absolute, registry=registry).validate(value)


def _absolute(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {k: f"urn:api{v}" if k == "$ref" else _absolute(v) for k, v in schema.items()}
    return [_absolute(item) for item in schema] if isinstance(schema, list) else schema


def _unknown(schema: dict[str, Any], value: Any, at: str = "") -> Iterator[str]:
    """Properties of `value` that the schema does not name."""
    if isinstance(value, list):
        for item in _parts(schema):
            for element in value if "items" in item else []:
                yield from _unknown(item["items"], element, f"{at}[]")
    if not isinstance(value, dict):
        return
    named: dict[str, Any] = {}
    for part in _parts(schema):
        named |= part.get("properties", {})
    for name, inner in value.items():
        if name in named:
            yield from _unknown(named[name], inner, f"{at}.{name}")
        else:
            yield f"{at}.{name}"


def _parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    schema = resolved(schema)
    yield schema
    for word in ("allOf", "oneOf"):
        for part in schema.get(word, []):
            yield from _parts(part)


def _pattern(path: str) -> str:
    return re.escape(path).replace(r"\{id\}", "[^/]+")
