"""Saved plans: what differs is found, whatever it is; what is the rest of one is told from what nobody reviewed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.engine.model import Action, Use
from reconciler.engine.outline import Differences, Heads, Outline, Pair, Step, Tolerance, compare, compare_rest
from reconciler.engine.result import Exit
from reconciler.engine.saved import (
    Position,
    SavedPlan,
    SavedPlanError,
    Standing,
    agreement,
    check_position,
    check_target,
)

AT = datetime(2026, 11, 2, 11, tzinfo=UTC)
NONE = Tolerance(0.0)
CREATE = Step("lista.rj", Action.CREATE, "h1", "h1", made=True)
SLEEP = Step("lista.rj", Action.DEACTIVATE, "h2", "h2", made=True)
UPDATE = Step("campo.uf", Action.UPDATE, "h3", "r3")
SEND = Step("envio.natal", Action.SCHEDULE, "h4", "h4", made=True, irreversible=True, people=100, start="agora")
REPLACE = Step("envio.festa", Action.REPLACE, "h5", "r5", irreversible=True, people=100, start="agora")
REVIEWED = Outline("abc-100", 100, True, (CREATE, SLEEP, UPDATE, SEND, REPLACE))  # noqa: FBT003


def outline(*steps: Step, people: int = 100) -> Outline:
    """A plan of these steps."""
    return replace(REVIEWED, steps=steps, people=people)


def use(*, finished: bool = False) -> Use:
    """The plan was used before."""
    return Use("id", "abc-100", AT, 7, finished)


def test_a_plan_does_not_differ_from_itself() -> None:
    """In whatever order its steps stand."""
    assert not compare(REVIEWED, outline(*reversed(REVIEWED.steps)), NONE)
    assert compare(REVIEWED, REVIEWED, NONE) == Differences()


def test_new_gone_and_different_are_told_apart() -> None:
    """A step of one plan only is new or gone; one of both with another hash is different, with both sides."""
    other, extra = replace(UPDATE, hash="h9"), replace(CREATE, name="lista.mg")
    found = compare(REVIEWED, outline(CREATE, SLEEP, other, SEND, extra), NONE)
    assert (found.new, found.gone, found.different) == ((extra,), (REPLACE,), (Pair(UPDATE, other),))


@pytest.mark.parametrize(("people", "beyond"), [(98, False), (102, False), (97, True), (103, True)])
def test_head_counts_are_tolerated_by_their_share(people: int, beyond: bool) -> None:
    """Within the tolerance another head-count is shown and no obstacle; beyond it is one."""
    now = outline(CREATE, SLEEP, UPDATE, replace(SEND, people=people), REPLACE)
    found = compare(REVIEWED, now, Tolerance(0.02))
    assert found.heads == (Heads("envio.natal", 100, people, beyond),)
    assert bool(found) is beyond
    assert not compare(REVIEWED, now, Tolerance(0.0, {"envio.natal": 0.03}))


def test_the_whole_head_count_counts_too() -> None:
    """People who are reached by one send instead of two are more people, though each send has as many."""
    assert compare(REVIEWED, outline(*REVIEWED.steps, people=200), Tolerance(0.02)).heads == (
        Heads("", 100, 200, beyond=True),
    )
    assert not compare_rest(REVIEWED, outline(UPDATE, people=0), NONE)
    assert compare_rest(REVIEWED, outline(UPDATE, people=200), NONE)


@pytest.mark.parametrize(
    "left",
    [
        UPDATE,
        SEND,
        REPLACE,
        replace(SLEEP, hash="live", made=False),
        Step("envio.festa", Action.SCHEDULE, "h6", "r5", made=True, people=100),
    ],
    ids=["as reviewed", "a send", "a replacement", "of what the plan has made", "the second half of a replacement"],
)
def test_the_rest_of_a_plan(left: Step) -> None:
    """What is as it was reviewed is of the rest, and so is what goes on with the plan's own work."""
    assert not compare_rest(REVIEWED, outline(left), NONE)


@pytest.mark.parametrize(
    "left",
    [
        replace(CREATE, name="lista.mg"),
        replace(UPDATE, hash="h9"),
        replace(UPDATE, hash="h9", rest="h3"),
        replace(SLEEP, hash="live", rest="other", made=False),
        Step("envio.festa", Action.SCHEDULE, "h6", "other", made=True, people=100),
        Step("campo.uf", Action.SCHEDULE, "h6", "r3", made=True),
    ],
    ids=["new", "another text", "of a live object, in other words", "another text of ours", "another send", "no send"],
)
def test_what_is_not_of_the_rest(left: Step) -> None:
    """What nobody reviewed is none of it, however alike: a live object that shows something else was touched since."""
    assert compare_rest(REVIEWED, outline(left), NONE)


def test_how_a_plan_stands() -> None:
    """Unused, it must be the reviewed one; used, nothing may be left but its rest; finished, nothing at all."""
    empty, rest, strange = outline(people=0), outline(UPDATE), outline(replace(UPDATE, hash="h9"))
    table = [
        (REVIEWED, None, Standing.AGREED),
        (rest, None, Standing.DIFFERS),
        (empty, None, Standing.DIFFERS),
        (empty, use(), Standing.OVER),
        (empty, use(finished=True), Standing.OVER),
        (rest, use(), Standing.GOES_ON),
        (REVIEWED, use(), Standing.GOES_ON),
        (strange, use(), Standing.DIFFERS),
        (rest, use(finished=True), Standing.SPENT),
    ]
    for now, used, standing in table:
        assert agreement(REVIEWED, now, used, NONE).standing is standing
    assert agreement(REVIEWED, rest, use(finished=True), NONE).differences == Differences(new=(UPDATE,))


SAVED = SavedPlan("id", AT, "uma", "https://api.exemplo.com.br/v1", Position("L1", 5, "s5"), REVIEWED)
FIRST = replace(SAVED, position=Position(None, 0, ""))


def test_it_belongs_to_one_account_and_one_ledger() -> None:
    """Each foreign place is refused in words; the ledger may have gone on since."""
    check_target("f", SAVED, "uma", SAVED.api)
    for account, api in (("outra", SAVED.api), ("uma", "sandbox")):
        with pytest.raises(SavedPlanError) as refused:
            check_target("f", SAVED, account, api)
        assert refused.value.exit is Exit.DIFFERS
    for saved, now in (
        (SAVED, Position("L1", 5, "s5")),
        (SAVED, Position("L1", 9, "s9")),
        (FIRST, Position("L1", 9, "")),
    ):
        check_position("f", saved, now, 0, rebuilt=False)


@pytest.mark.parametrize(
    ("saved", "now", "horizon", "rebuilt"),
    [
        (SAVED, Position("L2", 9, "s9"), 0, False),
        (SAVED, Position(None, 0, ""), 0, False),
        (SAVED, Position("L1", 4, "s4"), 0, False),
        (SAVED, Position("L1", 5, "other"), 0, False),
        (SAVED, Position("L1", 9, "s9"), 6, False),
        (FIRST, Position("L1", 9, "s9"), 6, False),
        (FIRST, Position("L1", 9, "s9"), 0, True),
    ],
    ids=["another", "none", "older", "forked", "forgotten", "first, forgotten", "first, rebuilt"],
)
def test_a_ledger_that_cannot_know_of_its_use_is_refused(
    saved: SavedPlan, now: Position, horizon: int, rebuilt: bool
) -> None:
    """Where it cannot be told whether the plan was used, it is not used."""
    with pytest.raises(SavedPlanError):
        check_position("f", saved, now, horizon, rebuilt=rebuilt)
