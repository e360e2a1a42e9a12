"""Laws of what is offline: a snapshot is planned as its account, and a rehearsal comes to what the account comes to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from reconciler.app import Planned
from reconciler.config import nobody
from reconciler.engine.model import Address, Value
from reconciler.engine.plan import Plan, canonical
from reconciler.engine.proof import Verdict
from reconciler.ledger import State, read_ledger
from reconciler.offline.against import planned_against
from reconciler.offline.file import SnapshotFile, dump, load
from reconciler.offline.rehearsal import rehearsed
from reconciler.offline.snapshot import taken, veiled
from reconciler.offline.veil import Veil
from reconciler.settling import plan_ahead
from reconciler.transport import Access
from tests.laws.cases import Case, campaigns, cases, edits
from tests.laws.world import ZONE, World, world_of

SECRET = b"a key that nobody guesses, of 32 characters or more"
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=ZONE)


def memory_of(world: World) -> State:
    """What the ledger remembers."""
    return read_ledger(world.reach().ledger, account="principal", origin="sandbox")


def file_of(world: World) -> tuple[SnapshotFile, Veil]:
    """A snapshot of the account, out of its file, and what hides the people in it.

    As the command takes it: nothing is known of what the workspace declares.
    """
    memory, way = memory_of(world), world.reach()
    veil = Veil.of(SECRET, memory.identity)
    bare = replace(world.account, declared=(), people=nobody())
    with way.client(bare, Access.READ) as client:
        snapshot = veiled(bare, client, memory, way, veil)
    return load("conta.snapshot", dump(snapshot, veil.seal)), veil


def live_plan(world: World) -> Planned:
    """The plan that `plan` makes of the account itself."""
    way = world.reach()
    with way.client(world.account, Access.READ) as client:
        return plan_ahead(world.account, client, memory_of(world), way, ())


def told(plan: Plan, veil: Veil | None = None, live: Mapping[str, str] | None = None) -> dict[str, Any]:
    """All that a plan says of what would happen; of people, if there is a veil, what is said of those behind it.

    `live` has the address of each live contact by id.
    """
    changes = (_change(canonical(change), veil, live or {}) for change in plan.changes)
    return {
        "changes": sorted(json.dumps(change, sort_keys=True) for change in changes),
        "blocked": sorted((_name(item.address, veil), str(item.action)) for item in plan.blocked),
        "refusals": sorted(item.rule for item in plan.refusals),
        "waiting": sorted(str(item.address) for item in plan.waiting),
        "warnings": sorted(item.rule for item in plan.warnings),
        "figures": (plan.summary, plan.reached, plan.adopted),
    }


def _name(address: Address, veil: Veil | None) -> str:
    return f"contato.{veil.email(address.key)}" if veil and address.kind == "contato" else str(address)


def _change(change: dict[str, Any], veil: Veil | None, live: Mapping[str, str]) -> dict[str, Any]:
    kind, _, key = change["address"].partition(".")
    if kind != "contato":
        hidden = [_need(need, veil) for need in change["needs"]]
        return {**change, "needs": sorted(hidden)}
    email = veil.email(key) if veil else key
    home = veil.email(live.get(change["live_id"], key)) if veil else key
    deltas = [[field, *(_value(home, field, value, veil) for value in values)] for field, *values in change["deltas"]]
    values = {field: _value(home, field, value, veil) for field, value in change["values"].items()}
    needs = sorted(_need(need, veil) for need in change["needs"])
    hidden_id = veil.live_id(change["live_id"]) if veil and change["live_id"] else change["live_id"]
    ours = {"address": f"contato.{email}", "live_id": hidden_id}
    return {**change, **ours, "deltas": deltas, "values": values, "needs": needs}


def _need(need: str, veil: Veil | None) -> str:
    if veil is None or not need.startswith("contato.") or "@" not in need:
        return need
    key, _, action = need.removeprefix("contato.").rpartition("/")
    return f"contato.{veil.email(key)}/{action}"


def _value(email: str, field: str, value: Any, veil: Veil | None) -> Value:
    if veil is None or value is None:
        return value  # type: ignore[no-any-return]
    if field == "email":
        return veil.email(value)
    name, _, campo = field.partition(".")
    held: Mapping[str, Any] = {name: {campo: value}} if campo else {name: value}
    hidden = veil.fields(email, held)[name]
    return hidden[campo] if campo and isinstance(hidden, Mapping) else hidden


@given(case=cases(), applied=st.booleans(), data=st.data())
def test_a_snapshot_is_planned_as_its_account(case: Case, applied: bool, data: st.DataObject) -> None:
    """Changes, what is blocked, refused, warned of and waiting, and all figures are the same, whoever is hidden.

    Before and after an apply (with a ledger that remembers it), and for other declarations than it was taken with.
    """
    with world_of(case.seed, case.declared) as world:
        if applied:
            world.apply()
        file, veil = file_of(world)
        if applied:
            world.declare(data.draw(edits(case.declared)))
        live = live_plan(world).plan
        offline = planned_against(world.account, file, SECRET, (), NOW).plan
        people = {item["id"]: item["email"] for item in world.sandbox.state()["contatos"]}
    event(f"{min(len(live.changes), 10)} changes")
    assert told(offline) == told(live, veil, people)
    assert offline.digest != live.digest


@given(case=cases())
def test_without_the_key_people_are_left_out_and_nothing_else(case: Case) -> None:
    """Without the key a plan is that of the same workspace without its contatos, and says whom it left out."""
    with world_of(case.seed, case.declared) as world:
        file, _ = file_of(world)
        keyless = planned_against(world.account, file, None, (), NOW).plan
        people = len(world.account.people)
        world.declare({name: section for name, section in case.declared.items() if name != "contatos"})
        live = live_plan(world).plan
    warned = [item for item in keyless.warnings if item.rule == "snapshot"]
    assert len(warned) == bool(people)
    assert told(replace(keyless, warnings=tuple(w for w in keyless.warnings if w not in warned))) == told(live)


@given(case=st.one_of(cases(), campaigns()))
def test_a_rehearsal_comes_to_what_the_account_comes_to(case: Case) -> None:
    """A plan is proved if and only if applying it makes every change and leaves nothing to do.

    And the rehearsal leaves the account as it was.
    """
    with world_of(case.seed, case.declared) as world:
        planned = live_plan(world)
        before, way = world.sandbox.state(), world.reach()
        with way.client(world.account, Access.READ) as client:
            snapshot = taken(world.account, client, memory_of(world), way)
        proof = rehearsed(planned, snapshot, case.seed["suposicoes"]).plan.proof  # type: ignore[arg-type]
        assert world.sandbox.state() == before
        assert proof is not None
        event(str(proof.verdict))
        assert not {fault.rule for fault in proof.faults} & {"copy", "touched", "mailed-twice", "audience", "too-early"}
        run = world.apply()
        if run.result is None:
            assert proof.verdict is Verdict.NOT_REHEARSED
            return
        idle = world.plan().plan.idle
    assert (proof.verdict is Verdict.PROVED) == (run.clean and not run.result.notes and idle)
