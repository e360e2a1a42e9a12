"""Saved plans as files: nothing is lost in one, nothing personal stands in it, and no damage goes unnoticed."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reconciler.engine.audience import SENDS
from reconciler.engine.model import Action, Change, Delta, Use
from reconciler.engine.outline import Outline, Tolerance, compare, compare_rest
from reconciler.engine.plan import Plan
from reconciler.engine.result import Exit
from reconciler.engine.saved import Position, SavedPlan, SavedPlanError, agreement
from reconciler.report import (
    Dispute,
    Outliner,
    View,
    differences_document,
    differences_text,
    dump_saved,
    json_text,
    load_saved,
    schemas,
)
from tests.report.conftest import joining, season
from tests.report.test_golden import held
from tests.report.test_laws import LAWS, SECRET, VIEW, described, harmless, plans

SALT = b"a test's own salt"
OUTLINER = Outliner(SALT)
AT = datetime(2026, 11, 2, 11, 0, 2, tzinfo=UTC)
NONE = Tolerance(0.0)
SIZE = 5_000_000


def kept(plan: Plan) -> SavedPlan:
    """`plan` as it is saved."""
    position = Position("0123456789abcdef" * 2, 12, "fedcba9876543210" * 2)
    return SavedPlan("00112233" * 4, AT, plan.account, "sandbox", position, OUTLINER.outline(plan))


def as_kept(outline: Outline) -> Outline:
    """What a file keeps of an outline: people last, and of what is live already no `rest`."""
    steps = [replace(step, rest=step.rest if step.made else "") if step.private else step for step in outline.steps]
    return replace(outline, steps=tuple(sorted(steps, key=lambda step: step.private)))


@LAWS
@given(plans())
def test_what_is_saved_is_what_is_loaded(plan: Plan) -> None:
    """A plan that is saved and loaded differs from itself in nothing, whatever names and texts there are in it."""
    saved = kept(plan)
    file = load_saved("f", dump_saved(saved, SALT))
    file.check_seal(SALT)
    assert not compare(file.plan.outline, OUTLINER.outline(plan), NONE)
    assert not compare_rest(file.plan.outline, OUTLINER.outline(plan), NONE)
    assert replace(file.plan, outline=saved.outline) == saved
    assert {step.id: step for step in file.plan.outline.steps} == {
        step.id: step for step in as_kept(saved.outline).steps
    }


@LAWS
@given(plans(), st.data())
def test_any_altered_change_is_shown(plan: Plan, data: st.DataObject) -> None:
    """Whatever is altered in any change is found, and a person can read which one it is."""
    if not plan.steps:
        return
    changed = data.draw(st.sampled_from(plan.steps))
    sends = changed.action in SENDS  # whose values are complete: what stood there before is told, and not compared
    alter = data.draw(st.sampled_from([_other_value, _other_object, *([] if sends else [_other_delta])]))
    altered = alter(changed)
    found = compare(kept(plan).outline, OUTLINER.outline(_instead(plan, changed, altered)), NONE)
    assert [pair.now.id for pair in found.different] == [f"{OUTLINER.name(changed.address)}/{changed.action}"]
    assert (found.new, found.gone) == ((), ())


def _other_value(change: Change) -> Change:
    return replace(change, values={**change.values, "another": "value"})


def _other_object(change: Change) -> Change:
    return replace(change, live_id=f"{change.live_id}x")


def _other_delta(change: Change) -> Change:
    return replace(change, deltas=(*change.deltas, Delta("another", None, "value")))


def _instead(plan: Plan, change: Change, other: Change) -> Plan:
    return replace(plan, changes=tuple(other if each is change else each for each in plan.changes))


@LAWS
@given(plans(), plans())
def test_differences_are_told_whole_and_without_people(one: Plan, other: Plan) -> None:
    """Every difference is in text and document, as the schema says; no contact's e-mail, name or value is."""
    now = OUTLINER.outline(other)
    found = agreement(kept(one).outline, now, None, NONE)
    dispute = Dispute(kept(one), now, found, "reconciler plan --save p.json")
    if not found.differences:
        return
    text, document = differences_text(dispute, VIEW), differences_document(dispute)
    schema = schemas()["differences.schema.json"]
    Draft202012Validator(schema).validate(document)
    described(document, schema, schema)
    for told in (text, json_text(document), dump_saved(kept(one), SALT).decode()):
        assert SECRET.search(told) is None
    harmless(text)
    for step in (*found.differences.new, *found.differences.gone):
        assert (step.name in text) is not step.private
    numbers = [(each["new"], each["gone"], each["different"]) for each in document["people"]]
    named = [len(document[name]) for name in ("new", "gone", "different")]
    assert sum(map(sum, numbers)) + sum(named) == sum(
        len(each) for each in (found.differences.new, found.differences.gone, found.differences.different)
    )


def test_a_file_is_as_its_schema_says(plans: Mapping[str, Plan]) -> None:
    """Every typical plan's file validates, and has no field that the schema does not describe."""
    schema = schemas()["saved-plan.schema.json"]
    for plan in plans.values():
        document = json.loads(dump_saved(kept(plan), SALT))
        Draft202012Validator(schema).validate(document)
        described(document, schema, schema)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_damage_goes_unnoticed(data: st.DataObject) -> None:
    """One flipped bit, anywhere, or a cut, anywhere: the file is refused, as bad or as not sealed by this account."""
    whole = _FILE
    place = data.draw(st.integers(0, len(whole) - 1))
    broken = bytearray(whole)
    if data.draw(st.booleans()):
        broken[place] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del broken[place:]
    with pytest.raises(SavedPlanError) as refused:
        load_saved("plan.json", bytes(broken)).check_seal(SALT)
    assert refused.value.exit in (Exit.INVALID, Exit.DIFFERS)
    assert refused.value.finding.summary.startswith("plan.json: ")
    assert "Nothing was called." in refused.value.finding.remedy


_FILE = dump_saved(kept(Plan("principal", (*season().changes[:7], *joining(1), *season().changes[-3:]))), SALT)


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"7", b"null", b'{"format_version":1}', b"[" * 100_000, b"\xff\xfe\x00", b'{"document":7}'],
)
def test_what_is_no_saved_plan_is_refused(text: bytes) -> None:
    """Other JSON, no JSON, a bomb: exit 3."""
    with pytest.raises(SavedPlanError) as refused:
        load_saved("f", text)
    assert refused.value.exit is Exit.INVALID


def test_a_hundred_thousand_people_take_a_few_megabytes_and_seconds() -> None:
    """A plan about very many people stays a small file, written, read and compared in linear time."""
    people = joining(1)
    many = tuple(
        replace(each, address=each.address._replace(key=f"p{number}@exemplo.org"))
        for number in range(50_000)
        for each in people
    )
    began = time.process_time()
    saved = kept(Plan("principal", many))
    text = dump_saved(saved, SALT)
    assert not compare(load_saved("f", text).plan.outline, saved.outline, NONE)
    assert len(text) < SIZE
    assert time.process_time() - began < 30


def test_what_must_stand_in_no_file_does_not() -> None:
    """Texts are cleaned before they are kept, and are compared as they were kept."""
    plan = season()
    outliner = Outliner(SALT, lambda text: text.replace("Feliz", "***"))
    saved = replace(kept(plan), outline=outliner.outline(plan))
    text = dump_saved(saved, SALT)
    assert b"Feliz" not in text
    assert b"***" in text
    assert not compare(load_saved("f", text).plan.outline, outliner.outline(plan), NONE)


def test_the_second_half_of_a_replacement_is_known_again() -> None:
    """The new send of a replacement is the same whether it is scheduled with or after its predecessor's end."""
    replaced = season().changes[-1]
    assert replaced.action is Action.REPLACE
    alone = replace(replaced, action=Action.SCHEDULE, live_id=None, deltas=())
    reviewed = kept(Plan("principal", (replaced,))).outline
    assert not compare_rest(reviewed, OUTLINER.outline(Plan("principal", (alone,))), NONE)
    other = replace(alone, values={**alone.values, "mensagem": "outra"})
    assert compare_rest(reviewed, OUTLINER.outline(Plan("principal", (other,))), NONE)


def test_what_the_plan_itself_makes_is_known_again_once_it_is_live() -> None:
    """A contact's subscription is the same change before and after the contact was made."""
    create, subscribe = joining(1)
    reviewed = kept(Plan("principal", (create, subscribe))).outline
    live = replace(subscribe, live_id="c1", needs=())
    assert not compare_rest(reviewed, OUTLINER.outline(Plan("principal", (live,))), NONE)
    elsewhere = replace(live, values={"listas": frozenset({"vip"})})
    assert compare_rest(reviewed, OUTLINER.outline(Plan("principal", (elsewhere,))), NONE)


def disputes() -> Mapping[str, Dispute]:
    """Typical differences by name."""
    plan = season()
    saved = kept(plan)
    message, first, second = plan.changes[-3:]
    audience = replace(first.audience, people=40_000, lists=(("clientes-sp", 40_000),)) if first.audience else None
    edited = replace(message, deltas=(replace(message.deltas[0], after="Boas festas!"), message.deltas[1]))
    extra = replace(second, address=second.address._replace(key="natal-mg"), action=Action.SCHEDULE, live_id=None)
    changed = replace(
        plan, changes=(*plan.changes[7:-3], *joining(5000), edited, replace(first, audience=audience), extra)
    )
    now = OUTLINER.outline(replace(changed, reached=(72_000, False)))
    share = Tolerance(0.02)
    found = {
        "differs": agreement(saved.outline, now, None, share),
        "unfinished": agreement(saved.outline, now, Use(saved.id, saved.outline.digest, AT, 13), share),
        "spent": agreement(saved.outline, now, Use(saved.id, saved.outline.digest, AT, 13, finished=True), share),
    }
    nothing = OUTLINER.outline(Plan("principal"))
    blocked = {"envio.natal-rj": "two live sends answer to it"}
    command = "reconciler plan --save natal.json"
    shown = {name: Dispute(saved, now, each, command, blocked) for name, each in found.items()}
    return shown | {"nothing": Dispute(saved, nothing, agreement(saved.outline, nothing, None, share), command)}


@pytest.mark.parametrize("name", ["differs", "unfinished", "spent", "nothing"])
def test_differences_read_as_agreed(name: str, view: View) -> None:
    """The text of typical differences is the one that was read and agreed upon."""
    held(f"differences-{name}.txt", differences_text(disputes()[name], view))
