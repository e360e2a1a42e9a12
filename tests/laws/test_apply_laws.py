"""Laws of applying: it gets there in one go, touches nothing else, and a recipient's own opt-out always wins."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from reconciler.engine.model import Action, Change, Status
from tests.laws.cases import Case, campaigns, cases, edits
from tests.laws.world import SECTIONS, Run, World, result_bytes, world_of

WRITES = ("POST", "PUT", "DELETE")
EFFECTS = ("pausar", "cancelar", "lista_teste")
_TOUCHED: Mapping[Action, tuple[str, ...]] = {
    Action.ADOPT: (),
    Action.ACTIVATE: ("ativo",),
    Action.DEACTIVATE: ("ativo",),
    Action.SUBSCRIBE: ("listas",),
    Action.UNSUBSCRIBE: ("listas",),
    Action.SET_FIELDS: ("campos",),
    Action.RESCHEDULE: ("data_de_inicio", "status", "total_de_contatos"),
    Action.RESUME: ("data_de_inicio", "status", "total_de_contatos"),
    Action.PAUSE: ("status",),
    Action.CANCEL: ("status",),
    Action.REPLACE: ("status",),
    Action.SCHEDULE: (),
}
"""Which fields of its live object a change may alter; an update, those that differ and those that are declared."""


def writes(seen: Mapping[str, int]) -> dict[str, int]:
    """Of the requests seen, those that change something."""
    return {
        call: count
        for call, count in seen.items()
        if call.partition(" ")[0] in WRITES or call.rpartition("/")[2] in EFFECTS
    }


@given(st.one_of(cases(), campaigns()))
def test_apply_then_plan_is_empty(case: Case) -> None:
    """After an apply the next plan has nothing to do but for what was blocked, and applying it writes nothing."""
    with world_of(case.seed, case.declared) as world:
        first = world.apply()
        if first.result is None:
            return
        result_bytes(first)
        assert first.clean, [outcome for outcome in first.result.outcomes if outcome.status is not Status.DONE]
        assert first.result.exit == (4 if first.plan.blocked else 0)
        with world.watched() as seen:
            second = world.apply()
    again = {change.address for change in second.plan.changes}
    event(f"{len(first.plan.changes) > 0}: changes, {len(first.plan.blocked) > 0}: blocked, {len(again)} again")
    assert again <= {item.address for item in first.plan.blocked}
    assert not second.plan.adopted
    if not again:
        assert writes(seen) == {}


@given(data=st.data(), case=st.one_of(cases(), campaigns()))
def test_what_is_not_declared_is_untouched(data: st.DataObject, case: Case) -> None:
    """Every byte of the account that the plan does not name stays as it was, also when things are let go later."""
    with world_of(case.seed, case.declared) as world:
        _untouched(world)
        world.settle()  # what the vendor was still creating is created by then
        world.declare(data.draw(st.one_of(st.just(case.declared), edits(case.declared))))
        _untouched(world)


def _untouched(world: World) -> None:
    before = world.sandbox.state()
    run = world.apply()
    if run.result is None:
        return
    after = world.sandbox.state()
    allowed = _allowed(run)
    for section, rows in before.items():
        if section not in SECTIONS.values():
            assert after[section] == rows or section == "creditos", section
            continue
        now = {row["id"]: row for row in after[section]}
        for row in rows:
            differing = {name for name, value in row.items() if now[row["id"]][name] != value}
            differing -= {"ja_enviada"}  # that, and credits: `agora` has begun to send
            assert differing <= allowed[section, row["id"]], (section, row, now[row["id"]])
        assert len(now) - len(rows) == _made(run, section)
    _foreign_lists_stay(run, before, after)


def _allowed(run: Run) -> Mapping[tuple[str, str], set[str]]:
    """What the plan may alter, by section and live id."""
    allowed: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    assert run.result is not None
    for outcome in run.result.outcomes:
        change = outcome.change
        declared = run.planned.scene.declared.get(change.address)
        fields = set(_TOUCHED.get(change.action, ())) or {delta.field for delta in change.deltas}
        if change.action is Action.UPDATE and declared is not None:
            fields |= set(declared.fields)
        if change.action is Action.CANCEL_TWINS:
            for twin in change.deltas:
                allowed["envios", twin.field.removeprefix("envios.")] |= {"status"}
            continue
        if change.live_id is not None and (change.action is not Action.UPDATE or outcome.live_id == change.live_id):
            allowed[SECTIONS[change.address.kind], change.live_id] |= fields
        if outcome.live_id is not None and change.address.kind == "mensagem":
            allowed["mensagens", outcome.live_id] |= fields
    return allowed


def _made(run: Run, section: str) -> int:
    """How many records the run made of one section."""
    assert run.result is not None
    counted = Counter(
        SECTIONS[outcome.change.address.kind]
        for outcome in run.result.outcomes
        if outcome.change.action in (Action.CREATE, Action.SCHEDULE, Action.REPLACE)
        or (outcome.change.action is Action.UPDATE and outcome.live_id != outcome.change.live_id)
    )
    return counted[section]


def _foreign_lists_stay(run: Run, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Nobody joins or leaves a list, nor gets a value of a field, that is not declared."""
    scene = run.planned.scene
    ours = {
        kind: {match.observed.id for address, match in scene.matches.items() if address.kind == kind and match.observed}
        for kind in ("lista", "campo")
    }
    now = {row["id"]: row for row in after["contatos"]}
    for row in before["contatos"]:
        same = now[row["id"]]
        assert set(same["listas"]) - ours["lista"] - _new(before, after, "listas") == set(row["listas"]) - ours["lista"]
        kept = {name: value for name, value in row["campos"].items() if name not in ours["campo"]}
        assert kept.items() <= same["campos"].items()


def _new(before: Mapping[str, Any], after: Mapping[str, Any], section: str) -> set[str]:
    return {row["id"] for row in after[section]} - {row["id"] for row in before[section]}


@given(data=st.data(), case=cases())
def test_an_opt_out_always_wins(data: st.DataObject, case: Case) -> None:
    """Who has unsubscribed is never activated or put on a list, also when they do so between plan and apply."""
    with world_of(case.seed, case.declared) as world:
        people = [row["id"] for row in world.sandbox.state()["contatos"]]
        leaving = data.draw(st.sampled_from(people)) if people else None
        before: dict[str, Any] = {}

        def meanwhile() -> None:
            if leaving is not None:
                world.sandbox.edit("contatos", leaving, descadastrado=True)
            before.update({row["id"]: row for row in world.sandbox.state()["contatos"] if row["descadastrado"]})

        run = world.apply(meanwhile=meanwhile)
        if run.result is None:
            return
        world.apply()
        after = {row["id"]: row for row in world.sandbox.state()["contatos"]}
    for ident, row in before.items():
        assert (after[ident]["descadastrado"], after[ident]["ativo"]) == (True, False)
        if ident != leaving:
            assert set(after[ident]["listas"]) <= set(row["listas"])
    event(f"{len(before)} opted out")


def _subscribing(change: Change) -> bool:
    return change.action in (Action.SUBSCRIBE, Action.ACTIVATE)


@given(cases())
def test_no_plan_raises_an_opt_out(case: Case) -> None:
    """No plan has a change that would activate or subscribe somebody who has unsubscribed: it is blocked, with why."""
    out = {row["id"] for row in case.seed["contatos"] if row.get("descadastrado")}
    with world_of(case.seed, case.declared) as world:
        plan = world.plan().plan
    assert not [change for change in plan.changes if change.live_id in out and _subscribing(change)]
