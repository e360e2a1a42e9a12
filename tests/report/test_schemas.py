"""The published schemas: what is committed is what the code makes (`REGENERATE=1` writes it), and it is sound."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.engine.plan import Plan
from reconciler.engine.result import Result
from reconciler.report import View, plan_document, result_document, schemas

FOLDER = Path(__file__).parents[2] / "schemas"


@pytest.mark.parametrize("name", sorted(schemas()))
def test_committed_schema_is_the_generated_one(name: str) -> None:
    """A schema in the repository never drifts from the code."""
    text = json.dumps(schemas()[name], ensure_ascii=False, indent=2) + "\n"
    if os.environ.get("REGENERATE"):
        (FOLDER / name).write_text(text, encoding="utf-8")
    assert (FOLDER / name).read_text(encoding="utf-8") == text


@pytest.mark.parametrize("name", sorted(schemas()))
def test_schema_is_valid_and_describes_every_field(name: str) -> None:
    """Each schema is one of draft 2020-12, and every property in it is described, there or where it refers to."""
    schema = schemas()[name]
    Draft202012Validator.check_schema(schema)
    for field, described in properties(schema):
        target = schema["$defs"][described["$ref"].rpartition("/")[2]] if "$ref" in described else described
        assert described.get("description") or target.get("description"), field


def properties(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every property of a schema, however deep."""
    for name, inner in schema.get("properties", {}).items():
        yield name, inner
    for value in schema.values():
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from properties(inner)


def test_typical_documents_are_valid(plans: Mapping[str, Plan], results: Mapping[str, Result], view: View) -> None:
    """The documents of typical plans and results validate against the committed schemas."""
    committed = {name: json.loads((FOLDER / name).read_text(encoding="utf-8")) for name in schemas()}
    documents = [("plan.schema.json", plan_document(plan, view)) for plan in plans.values()]
    documents += [("result.schema.json", result_document(result, view)) for result in results.values()]
    for name, document in documents:
        some = document["changes"][:50] + document["changes"][-50:]  # of 1,204 contacts alike, to save time
        Draft202012Validator(committed[name]).validate({**document, "changes": some})


@pytest.mark.parametrize(
    "spoil",
    [
        {"format_version": 2},
        {"digest": "not a digest"},
        {"changes": [{}]},
        {"summary": None},
        {"blocked": [{"address": "lista.x"}]},
    ],
)
def test_schema_refuses_what_is_no_plan(spoil: Mapping[str, Any], plans: Mapping[str, Plan], view: View) -> None:
    """A document with a field that is not as described does not validate."""
    document = plan_document(plans["letting-go"], view)
    assert Draft202012Validator(schemas()["plan.schema.json"]).is_valid(document)
    assert not Draft202012Validator(schemas()["plan.schema.json"]).is_valid({**document, **spoil})


def test_result_document_tells_the_verdict(results: Mapping[str, Result], view: View) -> None:
    """The verdict stands in a result as a word and as the exit code, and a skipped change names what it waited for."""
    verdicts = {name: (doc["outcome"], doc["exit_code"]) for name, doc in told(results, view)}
    assert verdicts == {
        "finished": ("blocked", 4),
        "troubled": ("partly-applied", 6),
        "stopped": ("interrupted", 130),
        "nothing": ("done", 0),
        "waiting": ("done", 0),
    }
    troubled = dict(told(results, view))["troubled"]
    waiting = {change["id"]: change["waited_for"] for change in troubled["changes"] if change["status"] == "skipped"}
    assert waiting["envio.natal-rj/replace"] == ["mensagem.natal-2026/update"]
    ended = dict(told(results, view))["stopped"]["ended"]
    assert ended == {"exit_code": 130, "reason": "interrupted (SIGINT)"}


def told(results: Mapping[str, Result], view: View) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each result's document, by name."""
    return ((name, result_document(result, view)) for name, result in results.items())
