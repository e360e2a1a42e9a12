"""Between plan and send, others go on working: what the plan rests on is read again, and a difference stops it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.engine.model import Action, Status
from reconciler.engine.result import Exit
from reconciler.sandbox import Sandbox
from tests.laws.world import World

START = "2026-12-20T09:00"
_PEOPLE = 60


def _seed(**envio: Any) -> dict[str, Any]:
    """An account with 60 people in one list, an empty list, and the message of the campaign as declared."""
    people = [
        {"id": f"c{n}", "nome": f"P{n}", "email": f"p{n}@exemplo.com.br", "ativo": True, "listas": ["l1"]}
        for n in range(_PEOPLE)
    ]
    message = {"id": "m1", "nome": "natal", "assunto": "Oi", "html": "<p>Oi</p>", "mensagem_descadastro": "Sair?"}
    live = {"id": "e1", "mensagem": "m1", "listas": ["l1"], **envio}
    return {
        "remetentes": [{"id": "r1", "nome": "L", "email": "l@loja.exemplo", "principal": True, "confirmado": True}],
        "listas": [{"id": "l1", "nome": "todos", "ativo": True}],
        "contatos": people,
        "mensagens": [message],
        "envios": [live] if envio else [],
    }


_CAMPAIGN: dict[str, Any] = {
    "listas": {"todos": {}},
    "mensagens": {"natal": {"assunto": "Oi", "html": "<p>Oi</p>", "mensagem_descadastro": "Sair?"}},
    "envios": {"natal": {"mensagem": "natal", "listas": ["todos"], "data_de_inicio": START}},
}
_SITUATIONS: dict[Action, dict[str, Any]] = {
    Action.SCHEDULE: {},
    Action.RESUME: {"status": "Suspenso", "data_de_inicio": START},
    Action.REPLACE: {"status": "Agendado", "data_de_inicio": START, "mensagem": "m0"},
}


def _leave(people: int) -> Callable[[Sandbox], None]:
    def edit(account: Sandbox) -> None:
        for number in range(people):
            account.edit("contatos", f"c{number}", descadastrado=True, ativo=False)

    return edit


def _edit_message(account: Sandbox) -> None:
    account.edit("mensagens", "m1", html="<p>Outra coisa</p>")


def _deactivate_list(account: Sandbox) -> None:
    account.edit("listas", "l1", ativo=False)


_EDITS: dict[str, tuple[Callable[[Sandbox], None], str]] = {
    "the message is edited": (_edit_message, "changed since plan: somebody edited mensagem.natal"),
    "the list is deactivated": (_deactivate_list, "changed since plan: lista.todos is not active any more"),
    "the list empties": (_leave(_PEOPLE), "todos had 60 people and now have 0"),
    "two of sixty leave": (_leave(2), "todos had 60 people and now have 58"),
}


def _world(root: Path, action: Action) -> World:
    seed = _seed(**_SITUATIONS[action])
    if action is Action.REPLACE:
        seed["mensagens"].append({**seed["mensagens"][0], "id": "m0", "nome": "velha"})
    campaign = {**_CAMPAIGN, "envios": {"natal": {**_CAMPAIGN["envios"]["natal"]}}}
    if action is not Action.SCHEDULE:
        campaign["envios"]["natal"]["id"] = "e1"
    return World.of(root, seed, campaign)


@pytest.mark.parametrize("action", _SITUATIONS, ids=str)
@pytest.mark.parametrize("edited", _EDITS)
def test_a_send_stops_when_what_it_rests_on_changed(tmp_path: Path, edited: str, action: Action) -> None:
    """What was edited by hand meanwhile: nothing is scheduled, moved or cancelled, and the report says why."""
    edit, told = _EDITS[edited]
    with _world(tmp_path, action) as world:
        before = world.sandbox.state()["envios"]
        run = world.apply(meanwhile=lambda: edit(world.sandbox))
        assert run.result is not None
        (outcome,) = (item for item in run.result.outcomes if item.change.action is action)
        assert outcome.status is Status.FAILED
        assert told in outcome.detail
        assert run.result.exit in (Exit.ERROR, Exit.PARTLY)
        assert world.sandbox.state()["envios"] == before


@pytest.mark.parametrize("action", _SITUATIONS, ids=str)
def test_a_send_goes_on_within_the_tolerance(tmp_path: Path, action: Action) -> None:
    """One of sixty people leaves meanwhile, which is within the 2 % of tolerancia_de_publico: the send is made."""
    with _world(tmp_path, action) as world:
        run = world.apply(meanwhile=lambda: _leave(1)(world.sandbox))
        assert run.clean
        sends = [row for row in world.sandbox.state()["envios"] if row["status"] == "Agendado"]
        assert len(sends) == 1


def test_the_plans_own_changes_are_no_surprise(tmp_path: Path) -> None:
    """People whom the same plan brings into the list are expected there: the send is made to all of them."""
    with _world(tmp_path, Action.SCHEDULE) as world:
        new = [{"email": f"novo{n}@exemplo.com.br", "listas": ["todos"]} for n in range(30)]
        world.declare({**_CAMPAIGN, "contatos": new})
        run = world.apply()
        assert run.clean
        assert run.plan.summary.recipients == _PEOPLE + 30


def test_the_next_plan_shows_what_was_changed_by_hand(tmp_path: Path) -> None:
    """After a send was stopped the next plan shows the hand's edit as a difference, and applying it makes the send."""
    with _world(tmp_path, Action.SCHEDULE) as world:
        world.apply(meanwhile=lambda: _edit_message(world.sandbox))
        run = world.apply()
        assert run.clean
        assert [change.id for change in run.plan.changes] == ["mensagem.natal/update", "envio.natal/schedule"]
        assert world.sandbox.state()["mensagens"][-1]["html"].count("Oi") == 1
