"""Plans against snapshots where the ledger has calls whose outcome is open, and people whose addresses change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.engine.model import Action, Address, Intent
from reconciler.ledger import open_ledger
from reconciler.offline.against import planned_against
from tests.e2e.workspace import SEED, SENDING
from tests.laws.test_offline_laws import NOW, SECRET, file_of, live_plan, told
from tests.laws.world import World

PEOPLE = [
    {"id": "P1", "email": "antes@exemplo.org", "nome": "Ana", "sexo": "f", "data_de_nascimento": "1990-02-12"},
    {"id": "P2", "email": "outra@exemplo.org", "nome": "Bia", "campos": {"K": "Santos"}},
    {"id": "P3", "email": "igual@exemplo.org", "nome": "Caio", "campos": {"K": " Santos "}},
]
SAME = [
    {"email": "depois@exemplo.org", "email_anterior": "antes@exemplo.org", "nome": "Ana", "sexo": "f"},
    {"email": "nova@exemplo.org", "id": "P2", "nome": "Bia", "campos": {"cidade": "Santos"}},
    {"email": "IGUAL@exemplo.org", "nome": "Caio", "data_de_nascimento": "1980-01-31", "campos": {"cidade": "Santos"}},
]
"""Two whose address changes, and nothing else of them; one who has a birthday now."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An account with people, and a message that is there already."""
    seed = {**SEED, "campos": [{"id": "K", "nome": "cidade"}], "contatos": [*SEED["contatos"], *PEOPLE]}
    with World.of(tmp_path, seed, {**SENDING, "envios": {}}) as made:
        made.apply()
        yield made


def plans(world: World) -> tuple[Any, Any]:
    """What is told of the account's plan, and of that against a snapshot of it."""
    file, veil = file_of(world)
    people = {item["id"]: item["email"] for item in world.sandbox.state()["contatos"]}
    offline = planned_against(world.account, file, SECRET, (), NOW).plan
    return told(live_plan(world).plan, veil, people), told(offline)


def test_a_send_whose_outcome_is_open_is_asked_about_offline_too(world: World) -> None:
    """While it may still arrive, and when only a person can tell: as the account's own plan says it."""
    way = world.reach()
    (message,) = [item["id"] for item in world.sandbox.state()["mensagens"]]
    evidence = {"mensagem": message, "listas": "Lsp", "data_de_inicio": "05/11/2026 09:00", "request": "x"}
    with open_ledger(way.ledger, account="principal", origin="sandbox") as ledger:
        ledger.begin(
            Intent("envio.um/schedule#1", Address("envio", "um"), Action.SCHEDULE, world.sandbox.now(), 1, evidence)
        )
    world.declare(SENDING)
    for _ in range(2):
        live, offline = plans(world)
        assert offline == live
        world.settle()


def test_who_changes_the_address_is_compared_with_who_it_was(world: World) -> None:
    """By the earlier address, by a pin, by the ledger: what has not changed of a person is no difference."""
    world.declare({**SENDING, "envios": {}, "campos": {"cidade": {}}, "contatos": SAME})
    live, offline = plans(world)
    assert offline == live
    assert live["figures"][0].actions["update"] == 3
    world.apply()
    world.sandbox.edit("contatos", "P1", email="ainda-outra@exemplo.org")
    live, offline = plans(world)
    assert offline == live
    assert live["figures"][0].actions == {"update": 1}
