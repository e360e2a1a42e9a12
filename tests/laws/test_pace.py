"""The pace from one run to the next, and reads that overlap: against an account that allows only so much."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reconciler.engine.model import Tempo
from reconciler.ledger import read_ledger
from reconciler.sandbox import Fault, FaultKind
from reconciler.transport import Access
from tests.laws.world import World, plan_bytes, world_of

PEOPLE = [{"email": f"p{n}@exemplo.org", "id": f"C{n}", "listas": ["L1"]} for n in range(40)]
SEED = {"listas": [{"id": "L1", "nome": "sp"}], "campos": [{"id": "K1", "nome": "cidade"}], "contatos": PEOPLE}
CAMPAIGN = {
    "listas": {"sp": {}},
    "campos": {"cidade": {}},
    "contatos": [{"email": p["email"], "campos": {"cidade": "Olinda"}} for p in PEOPLE],
}
REFUSALS = [Fault(kind=FaultKind.THROTTLE, method="GET", path=path) for path in ("/campos", "/contatos")]
"""Two, at different times, of calls that are made one by one."""


def remembered(world: World) -> float | None:
    """What the ledger says of the pace."""
    reach = world.reach()
    tempo = read_ledger(reach.ledger, account=world.account.name, origin=reach.api).tempo
    return None if tempo is None else tempo.edge


def test_what_a_run_found_out_is_remembered() -> None:
    """An apply leaves it in the ledger, where the next run begins; a plan reads it, writes nothing, and says it."""
    with world_of(SEED, CAMPAIGN) as world:
        assert world.plan().plan.pace is None
        assert remembered(world) is None
        for fault in REFUSALS:
            world.sandbox.faults.add(fault)
        assert world.apply().clean
        edge = remembered(world)
        assert edge is not None
        with world.reach().client(world.account, *_reading(world)) as client:
            assert client.rate == pytest.approx(0.97 * edge)
        assert remembered(world) == edge


def test_an_old_memory_is_forgotten() -> None:
    """After a week nothing is held back any more by what an earlier run saw."""
    with world_of(SEED, CAMPAIGN) as world:
        for fault in REFUSALS:
            world.sandbox.faults.add(fault)
        assert world.apply().clean
        assert remembered(world) is not None
        world.clock.sleep(timedelta(days=8).total_seconds())
        with world.reach().client(world.account, *_reading(world)) as client:
            assert client.rate is None


def test_contacts_are_read_side_by_side() -> None:
    """Where each contact has to be read by itself, several are at a time; the plan is the same to the byte."""
    with world_of(SEED, CAMPAIGN) as world:
        world.sandbox.assume(embeds_na_listagem=False)
        with world.watched() as seen:
            first = plan_bytes(world.plan())
        assert seen["GET /contatos/{id}"] == len(PEOPLE)
        assert plan_bytes(world.plan()) == first


def _reading(world: World) -> tuple[Access, Tempo | None]:
    reach = world.reach()
    return Access.READ, read_ledger(reach.ledger, account=world.account.name, origin=reach.api).tempo
