"""Laws of every report, held over generated plans and results full of hostile names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reconciler.engine.model import (
    Action,
    Address,
    Audience,
    Blocked,
    Call,
    Change,
    Delta,
    Finding,
    Outcome,
    Place,
    Severity,
    Status,
)
from reconciler.engine.plan import Plan
from reconciler.engine.result import Exit, Result
from reconciler.report import View, json_text, plan_document, plan_text, result_document, result_text, schemas
from reconciler.report.words import number, visible

VIEW = View(salt=b"s", today=date(2026, 11, 2))
LAWS = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])

hostile = st.text(
    st.sampled_from("aB1 -@`*_[]()<>|'\"\\/.~\n\r\t\x1b\x00\x7f\x9b\u200b\u200d\u202e\u2066\u2028\ufeff🎄é日"),
    max_size=12,
)
keys = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True)
people = st.integers(0, 60_000)
moments = st.builds(
    lambda at, hours: at.replace(tzinfo=timezone(timedelta(hours=hours))),
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001  (the zone is added above)
    st.integers(-5, 2),
)
values = st.one_of(
    st.none(),
    hostile,
    st.booleans(),
    st.integers(),
    moments,
    st.frozensets(keys, max_size=3),
    st.dictionaries(keys, hostile),
)
deltas = st.lists(st.builds(Delta, st.sampled_from(["nome", "html", "ativo", "listas"]), values, values), max_size=3)
audiences = st.builds(
    Audience, people, st.booleans(), st.none() | moments, st.lists(st.tuples(keys, people), max_size=3).map(tuple)
)
places = st.none() | st.builds(Place, hostile, st.integers(1, 99), st.integers(1, 99))
SECRET = re.compile(r"Quem\d+|quem\d+@", re.IGNORECASE)
"""Names and e-mails of generated contacts, and nothing else, look like this."""


@st.composite
def addresses(draw: st.DrawFn) -> Address:
    """An address; a contact's is an e-mail."""
    kind = draw(st.sampled_from(["campo", "lista", "contato", "mensagem", "envio"]))
    return Address(kind, f"quem{draw(st.integers(0, 40))}@exemplo.org" if kind == "contato" else draw(keys))


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """A change with hostile texts; a contact's tells its name wherever it can."""
    address, action = draw(addresses()), draw(st.sampled_from(Action))
    private = address.kind == "contato"
    name = f"Quem{address.key[4:].partition('@')[0]} da Silva"
    own = (
        Delta("nome", draw(st.none() | st.just(name)), name),
        Delta("campos", {"apelido": name}, {"apelido": name + "!"}),
    )
    return Change(
        address,
        action,
        f"{draw(hostile)}{f' {address.key} is {name}' if private else ''}",
        deltas=own if private else tuple(draw(deltas)),
        values={"nome": name, "campos": {"apelido": name + "!"}} if private else {"mensagem": draw(hostile)},
        calls=tuple(draw(st.lists(st.builds(Call, st.just("PUT"), st.just("/grupos/{id}")), max_size=2))),
        needs=(f"{draw(addresses())}/create",),
        feeds=tuple(draw(st.lists(keys, max_size=1))),
        moves=tuple(draw(st.lists(st.tuples(keys, st.integers(-1, 1)), max_size=2))) if private else (),
        live_id=draw(st.none() | hostile),
        batch=draw(st.none() | keys),
        irreversible=draw(st.booleans()),
        audience=draw(st.none() | audiences) if address.kind == "envio" else None,
        place=draw(places),
    )


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    """A finding, perhaps about a contact, perhaps with the line of a file."""
    about = draw(st.none() | addresses())
    texts = [f"{draw(hostile)} {about.key if about else ''}" for _ in range(3)]
    severity, value, place = draw(st.sampled_from(Severity)), draw(st.none() | hostile), draw(places)
    excerpt = draw(st.none() | st.just(f"{value} {about.key if about else ''}"))
    return Finding(severity, "rule", *texts, place, about, "nome", value, excerpt, draw(st.integers(1, 9)))


@st.composite
def blocked(draw: st.DrawFn) -> Blocked:
    """A blocked item, perhaps a contact."""
    about = draw(addresses())
    action = draw(st.none() | st.sampled_from(Action))
    return Blocked(about, action, f"{draw(hostile)} {about.key}", draw(hostile), (draw(hostile),), draw(places))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A plan: each address and action once, as the planner makes it."""
    found = draw(st.lists(changes(), max_size=8, unique_by=lambda change: change.id))
    some = st.lists(findings(), max_size=2).map(tuple)
    return Plan(
        draw(hostile),
        tuple(found),
        tuple(draw(st.lists(blocked(), max_size=3))),
        draw(some),
        draw(some),
        reached=draw(st.tuples(people, st.booleans())),
        reads=draw(st.dictionaries(hostile, people, max_size=2)),
        generated_from=draw(st.dictionaries(hostile, hostile, max_size=2)),
    )


@st.composite
def results(draw: st.DrawFn) -> Result:
    """What came of a plan: anything."""
    plan = draw(plans())
    told = (
        Outcome(
            change, draw(st.sampled_from(Status)), f"{draw(hostile)} {change.address.key}", draw(st.none() | hostile)
        )
        for change in plan.changes
    )
    ended = draw(st.none() | st.tuples(st.sampled_from([Exit.INTERRUPTED, Exit.LATER, Exit.ERROR]), hostile))
    return Result(plan, tuple(told), {"POST /envios": 1}, ended, tuple(draw(st.lists(findings(), max_size=2))))


@cache
def validator(name: str) -> Draft202012Validator:
    """The published schema of one document."""
    return Draft202012Validator(schemas()[name])


def harmless(text: str) -> None:
    """Nothing in `text` but line ends is hidden or acts on a terminal."""
    assert all(visible(line) == line for line in text.split("\n"))


@LAWS
@given(plans())
def test_every_change_is_in_the_text(plan: Plan) -> None:
    """Every change is findable by its address; contacts are counted by action."""
    text = plan_text(plan, VIEW, command="apply")
    counted: dict[str, int] = {}
    for change in plan.changes:
        if change.address.kind == "contato":
            counted[change.action] = counted.get(change.action, 0) + 1
        else:
            assert str(change.address) in text
            assert str(change.action) in text
    for action, times in counted.items():
        found = re.findall(rf"^  . {action} +([\d.]+)  ", text, re.MULTILINE)
        assert sum(int(each.replace(".", "")) for each in found) == times


@LAWS
@given(plans())
def test_text_has_no_more_lines_than_its_own(plan: Plan) -> None:
    """No name adds a line, a colour or a hidden character; where colours are asked for, only their codes are added."""
    for view in (VIEW, replace(VIEW, show_contacts=True)):
        text = plan_text(plan, view, command="apply\n\x1b[31m")
        harmless(text)
        coloured = plan_text(plan, replace(view, color=True), command="apply\n\x1b[31m")
        assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == text


@LAWS
@given(results())
def test_result_text_is_harmless_and_complete(result: Result) -> None:
    """A final report hides nothing: its lines are its own, and every status' number stands in it."""
    text = result_text(result, VIEW, command="plan")
    harmless(text)
    titles = {"done": "Done", "failed": "Failed", "unknown": "Unknown", "skipped": "Skipped", "pending": "Not reached"}
    for status, title in titles.items():
        times = result.count(Status(status))
        assert (f"\n{title} ({number(times)})" in text) == bool(times)


@LAWS
@given(results())
def test_people_stay_out_unless_asked_for(result: Result) -> None:
    """No contact's e-mail, name or value is in any report unless the view shows contacts."""
    plan = result.plan
    texts = (plan_text(plan, VIEW, command="apply"), result_text(result, VIEW, command="plan"))
    documents = (json_text(plan_document(plan, VIEW)), json_text(result_document(result, VIEW)))
    for text in (*texts, *documents):
        assert SECRET.search(text) is None
    if any(change.address.kind == "contato" for change in plan.changes):
        assert SECRET.search(plan_text(plan, replace(VIEW, show_contacts=True), command="apply"))


@LAWS
@given(results(), st.booleans())
def test_documents_are_as_their_schemas_say(result: Result, shown: bool) -> None:
    """Documents validate, and hold exactly the fields that the schemas describe."""
    view = replace(VIEW, show_contacts=shown)
    for name, document in (
        ("plan.schema.json", plan_document(result.plan, view)),
        ("result.schema.json", result_document(result, view)),
    ):
        validator(name).validate(document)
        described(document, schemas()[name], schemas()[name])
        assert json.loads(json_text(document)) == document
        harmless(json_text(document))


def described(value: Any, schema: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
    """Every field of `value` is one that `schema` names."""
    if "$ref" in schema:
        schema = whole["$defs"][schema["$ref"].rpartition("/")[2]]
    for choice in schema.get("anyOf", ()):
        if value is not None and choice != {"type": "null"}:
            described(value, choice, whole)
    if isinstance(value, dict) and "properties" in schema:
        assert list(value) == list(schema["properties"])
        for name, inner in value.items():
            described(inner, schema["properties"][name], whole)
    if isinstance(value, list) and "items" in schema:
        for inner in value:
            described(inner, schema["items"], whole)


@LAWS
@given(plans())
def test_references_survive_masking(plan: Plan) -> None:
    """Ids stay unique, and what depended on a change of this plan still names it."""
    masked = plan_document(plan, VIEW)["changes"]
    shown = plan_document(plan, replace(VIEW, show_contacts=True))["changes"]
    names = dict(zip((each["id"] for each in shown), (each["id"] for each in masked), strict=True))
    assert len(set(names.values())) == len(names)
    for open_change, closed in zip(shown, masked, strict=True):
        assert [names.get(need) for need in open_change["depends_on"] if need in names] == [
            need for need in closed["depends_on"] if need in set(names.values())
        ]
        assert list(open_change["after"]) == list(closed["after"])


@LAWS
@given(plans())
def test_same_plan_same_bytes(plan: Plan) -> None:
    """A report depends on its plan and view alone, not on how often it is made or how mappings are ordered."""
    again = replace(
        plan, reads=dict(reversed(plan.reads.items())), generated_from=dict(reversed(plan.generated_from.items()))
    )
    assert plan_text(plan, VIEW, command="apply") == plan_text(again, VIEW, command="apply")
    assert json_text(plan_document(plan, VIEW)) == json_text(plan_document(again, VIEW))


def test_first_send_is_told_in_its_own_zone() -> None:
    """A document keeps the offset of the start, and says agora where there is none."""
    audience = Audience(1, exact=True, start=datetime(2026, 12, 20, 9, tzinfo=UTC), lists=())
    send = Change(Address("envio", "a"), Action.SCHEDULE, "", audience=audience)
    at_once = replace(send, audience=replace(audience, start=None))
    assert plan_document(Plan("p", (send,)), VIEW)["summary"]["first_send"] == "2026-12-20T09:00+00:00"
    assert plan_document(Plan("p", (at_once,)), VIEW)["summary"]["first_send"] == "agora"
    assert plan_document(Plan("p"), VIEW)["summary"]["first_send"] is None
