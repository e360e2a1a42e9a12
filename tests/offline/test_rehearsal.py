"""Rehearsals where something is in the way: an account that moves on, calls that are open, a vendor of other habits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from reconciler.app import Planned
from reconciler.engine.model import Action, Address, Intent
from reconciler.engine.proof import Proof, Verdict
from reconciler.engine.result import Exit
from reconciler.ledger import open_ledger, read_ledger
from reconciler.offline.judging import fault
from reconciler.offline.rehearsal import exit_of, rehearsed
from reconciler.offline.snapshot import taken
from reconciler.sandbox import AssumptionError
from reconciler.settling import plan_ahead
from reconciler.transport import Access
from tests.e2e.workspace import LEAVE, SEED, SENDING
from tests.laws.world import ZONE, World

SENT = {
    "id": "M1",
    "nome": "ola",
    "assunto": "Olá",
    "html": "<p>antes</p>",
    "mensagem_descadastro": LEAVE,
    "ja_enviada": True,
}
LIVE = {"id": "E1", "mensagem": "M1", "listas": ["Lsp"], "data_de_inicio": "2026-11-05T09:00"}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A list of twelve people, and a message to them that is declared."""
    with World.of(tmp_path, SEED, SENDING) as made:
        yield made


def planned_of(world: World) -> Planned:
    """The account's plan."""
    way = world.reach()
    memory = read_ledger(way.ledger, account="principal", origin="sandbox")
    with way.client(world.account, Access.READ) as client:
        return plan_ahead(world.account, client, memory, way, ())


def proof_of(world: World, planned: Planned, **assumed: Any) -> Proof:
    """What a rehearsal of a plan shows on the account as it is now."""
    way = world.reach()
    memory = read_ledger(way.ledger, account="principal", origin="sandbox")
    with way.client(world.account, Access.READ) as client:
        snapshot = taken(world.account, client, memory, way)
    proof = rehearsed(planned, snapshot, assumed).plan.proof
    assert proof is not None
    return proof


def test_an_account_that_has_changed_since_it_was_planned_is_told(world: World) -> None:
    """What is proved is the plan that is shown, and no other."""
    planned = planned_of(world)
    world.sandbox.edit("contatos", "C0", ativo=False)
    proof = proof_of(world, planned)
    assert proof.verdict is Verdict.NOT_PROVED
    assert [fault.rule for fault in proof.faults] == ["copy"]
    world.sandbox.edit("listas", "Lsp", nome="outra")
    assert {fault.rule for fault in proof_of(world, planned).faults} >= {"copy"}


def test_a_call_that_is_open_is_settled_on_the_copy(world: World) -> None:
    """A rehearsal waits out what may still arrive by the copy's clock, which costs no time, and leaves the ledger."""
    way = world.reach()
    with open_ledger(way.ledger, account="principal", origin="sandbox") as ledger:
        at = datetime(2026, 11, 2, 8, 0, tzinfo=ZONE)
        ledger.begin(Intent("campo.x/create#1", Address("campo", "x"), Action.CREATE, at))
        before = ledger.open_intents()
    began = time.monotonic()
    planned = planned_of(world)
    assert proof_of(world, planned).verdict is Verdict.PROVED
    assert time.monotonic() - began < 60
    assert read_ledger(way.ledger, account="principal", origin="sandbox").open_intents() == before


def test_a_send_whose_message_gets_a_new_id_is_rehearsed(tmp_path: Path) -> None:
    """It is cancelled, and another goes out with the new text, once."""
    with World.of(tmp_path, {**SEED, "mensagens": [SENT], "envios": [LIVE]}, SENDING) as world:
        planned = planned_of(world)
        proof = proof_of(world, planned)
    assert {str(change.action) for change in planned.plan.changes} == {"adopt", "update", "replace"}
    assert (proof.verdict, proof.sends, proof.messages) == (Verdict.PROVED, 1, 12)


def test_a_message_that_counts_as_sent_too_early_is_noticed(tmp_path: Path) -> None:
    """A vendor who renumbers what is only scheduled: the plan, made before, leaves a send with the earlier text."""
    seed = {**SEED, "mensagens": [{**SENT, "ja_enviada": False}]}
    two = {"dois": {**SENDING["envios"]["um"], "data_de_inicio": "2026-11-06T09:00"}}
    with World.of(tmp_path, seed, {**SENDING, "envios": {**SENDING["envios"], **two}}) as world:
        proof = proof_of(world, planned_of(world), ja_enviada_ao_agendar=True, segundos_em_criacao=2.0)
    assert proof.verdict is Verdict.PROVED
    assert (proof.sends, proof.messages) == (2, 24)


def test_a_vendor_who_does_not_reach_everybody_is_noticed(world: World) -> None:
    """One who is so slow that a day after the start not everybody has got it who was counted."""
    faults = proof_of(world, planned_of(world), contatos_por_segundo=0.0001).faults
    assert [fault.summary for fault in faults] == ["was to reach 12 people, and reached 9"]


def test_an_assumption_that_is_none(world: World) -> None:
    """It is refused as the sandbox refuses it."""
    with pytest.raises(AssumptionError):
        proof_of(world, planned_of(world), nada=1)


def test_exit_codes(world: World) -> None:
    """A plan without a proof is judged by itself."""
    planned = planned_of(world)
    assert exit_of(planned.plan) is Exit.OK
    assert exit_of(replace(planned.plan, proof=Proof((fault("failed", "it did not work"),)))) is Exit.ERROR
