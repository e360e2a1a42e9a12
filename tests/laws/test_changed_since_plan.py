"""Between plan and send, others go on working: what the plan rests on is read again, and a difference stops it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.engine.model import Action, Status
from reconciler.engine.result import Exit
from reconciler.providers.criaenvio.envios import calls
from reconciler.sandbox import Sandbox
from reconciler.transport import Access
from tests.laws.world import SETTINGS, World

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


def test_a_text_that_somebody_wrote_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """Of two edits of one message the unreviewed one stays, and the send that waits for ours is not made."""
    message = {**_CAMPAIGN["mensagens"]["natal"], "assunto": "Olá"}
    with World.of(tmp_path, _seed(), {**_CAMPAIGN, "mensagens": {"natal": message}}) as world:
        run = world.apply(meanwhile=lambda: _edit_message(world.sandbox))
        assert run.result is not None
        came = {str(item.change.action): item for item in run.result.outcomes}
        assert came["update"].status is Status.FAILED
        assert "changed since plan: somebody edited mensagem.natal" in came["update"].detail
        assert came["schedule"].status is Status.SKIPPED
        (stored,) = world.sandbox.state()["mensagens"]
        assert (stored["assunto"], stored["html"]) == ("Oi", "<p>Outra coisa</p>")
        assert world.sandbox.state()["envios"] == []


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


def _hand(world: World, **body: str) -> str:
    """Somebody schedules a send in the vendor's screen."""
    reach = world.reach()
    with reach.client(world.account, Access.WRITE) as client:
        return str(calls.create(client, {"mensagem": "m1", "listas": "l1", **body})["id"])


def _touch(**fields: str) -> Callable[[World], object]:
    return lambda world: world.sandbox.edit("envios", "e1", **fields)


def _let_it_start(world: World) -> None:
    world.sandbox.clock.advance(timedelta(days=40))


_MOVED = "2026-12-19T09:00"
"""The start that the live send has before it is moved: never the declared one."""
_TOUCHED: dict[str, tuple[Callable[[World], object], tuple[Action, ...], str]] = {
    "cancelled": (_touch(status="Cancelado"), (Action.RESCHEDULE, Action.RESUME, Action.REPLACE), "is cancelado"),
    "paused": (_touch(status="Suspenso"), (Action.RESCHEDULE, Action.REPLACE), "is suspenso"),
    "resumed": (_touch(status="Agendado"), (Action.RESUME,), "is agendado"),
    "moved": (
        _touch(data_de_inicio="2026-12-24T10:00"),
        (Action.RESCHEDULE, Action.RESUME, Action.REPLACE),
        "for 24/12/2026 10:00",
    ),
    "started": (_let_it_start, (Action.RESCHEDULE, Action.REPLACE), "is enviando"),
}


@pytest.mark.parametrize(
    ("touched", "action"), [(name, action) for name, (_, actions, _) in _TOUCHED.items() for action in actions], ids=str
)
def test_a_send_that_somebody_touched_is_left_alone(tmp_path: Path, touched: str, action: Action) -> None:
    """Cancelled, paused, resumed or moved by hand, or gone out: that stands, and nothing is sent beside it."""
    touch, _, told = _TOUCHED[touched]
    live = {"status": "Suspenso" if action is Action.RESUME else "Agendado", "data_de_inicio": _MOVED}
    seed = _seed(**live, **({"mensagem": "m0"} if action is Action.REPLACE else {}))
    seed["mensagens"].append({**seed["mensagens"][0], "id": "m0", "nome": "velha"})
    if touched == "started":
        seed["envios"][0]["data_de_inicio"] = "2026-12-12T07:59:59"
        seed["suposicoes"] = {"contatos_por_segundo": 0.1}
    send = {**_CAMPAIGN["envios"]["natal"], "id": "e1"}
    with World.of(tmp_path, seed, {**_CAMPAIGN, "envios": {"natal": send}}) as world:
        run = world.apply(meanwhile=lambda: touch(world))
        assert run.result is not None
        (outcome,) = (item for item in run.result.outcomes if item.change.action is action)
        assert outcome.status is Status.FAILED
        assert outcome.detail.startswith("changed since plan: e1 was ")
        assert told in outcome.detail
        assert [row["id"] for row in world.sandbox.state()["envios"]] == ["e1"]
        seen = world.sandbox.history.requests()
        assert not [item.path for item in seen if item.method == "POST" or item.path.endswith("cancelar")]


def test_a_send_that_somebody_made_meanwhile_is_ours(tmp_path: Path) -> None:
    """Exactly the declared one, in the vendor's screen: it is taken, no other is made, and the next plan is empty."""
    with _world(tmp_path, Action.SCHEDULE) as world:
        run = world.apply(meanwhile=lambda: _hand(world, data_de_inicio="20/12/2026 09:00"))
        assert run.clean
        assert len(world.sandbox.state()["envios"]) == 1
        assert not world.plan().plan.changes


@pytest.mark.parametrize("start", ["20/12/2026 09:01", "19/12/2026 09:00", "agora"])
def test_a_send_that_is_nearly_ours_stops_it(tmp_path: Path, start: str) -> None:
    """The same message to the same lists at another time: these people would get it twice, so a person decides."""
    with _world(tmp_path, Action.SCHEDULE) as world:
        run = world.apply(meanwhile=lambda: _hand(world, data_de_inicio=start))
        assert run.result is not None
        (outcome,) = (item for item in run.result.outcomes if item.change.action is Action.SCHEDULE)
        assert outcome.status is Status.FAILED
        assert "changed since plan: somebody scheduled" in outcome.detail
        assert len(world.sandbox.state()["envios"]) == 1


def test_sends_that_were_there_before_the_plan_stop_nothing(tmp_path: Path) -> None:
    """The plan has told of them already: whoever applies it knows. Nor do the plan's own sends stop one another."""
    with _world(tmp_path, Action.SCHEDULE) as world:
        world.declare({**_CAMPAIGN, "envios": {}})
        assert world.apply().clean  # a ledger that is not new: it could account for whatever was live by then
        _hand(world, data_de_inicio="19/12/2026 09:00")
        again = {**_CAMPAIGN["envios"]["natal"], "data_de_inicio": "2026-12-21T09:00"}
        world.declare({**_CAMPAIGN, "envios": {**_CAMPAIGN["envios"], "outra-vez": again}})
        run = world.apply()
        assert run.clean
        assert "look-alike" in {finding.rule for finding in run.plan.warnings}
        assert len(world.sandbox.state()["envios"]) == 3


@pytest.mark.parametrize("action", [Action.SCHEDULE, Action.REPLACE], ids=str)
def test_a_sender_that_is_no_longer_confirmed_sends_nothing(tmp_path: Path, action: Action) -> None:
    """The vendor refuses it; what was to be replaced is cancelled by then, which leaves mail unsent, and is told."""
    with _world(tmp_path, action) as world:
        run = world.apply(meanwhile=lambda: world.sandbox.edit("remetentes", "r1", confirmado=False))
        assert run.result is not None
        (outcome,) = (item for item in run.result.outcomes if item.change.action is action)
        assert outcome.status is Status.FAILED
        assert "remetentes confirmados" in outcome.detail
        assert not [row for row in world.sandbox.state()["envios"] if row["status"] == "Agendado"]
        world.sandbox.clock.advance(timedelta(days=90))
        assert world.sandbox.history.deliveries() == []


_OPTING_OUT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "subscribe": ({"ativo": True}, {"listas": ["todos"]}),
    "activate": ({"ativo": False, "listas": ["l1"]}, {"ativo": True}),
    "update": ({"ativo": True, "listas": ["l1"]}, {"nome": "Outro"}),
}


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize("case", _OPTING_OUT)
def test_who_opts_out_meanwhile_stays_out(tmp_path: Path, case: str, lenient: bool) -> None:
    """Whatever was planned for them, and whatever the vendor lets through: they stay out, and get nothing."""
    live, declared = _OPTING_OUT[case]
    seed = _seed()
    seed["contatos"].append({"id": "cx", "nome": "X", "email": "x@exemplo.com.br", **live})
    seed["suposicoes"] = {"inscrever_descadastrado": lenient}
    contact = {"email": "x@exemplo.com.br", **declared}
    with World.of(tmp_path, seed, {**_CAMPAIGN, "contatos": [contact]}) as world:
        leave = {"descadastrado": True, "ativo": False}
        run = world.apply(meanwhile=lambda: world.sandbox.edit("contatos", "cx", **leave))
        assert run.result is not None
        (outcome,) = (item for item in run.result.outcomes if str(item.change.action) == case)
        assert (outcome.status is Status.FAILED) is (case == "activate" or (case == "subscribe" and not lenient))
        (row,) = (row for row in world.sandbox.state()["contatos"] if row["id"] == "cx")
        assert (row["descadastrado"], row["ativo"]) == (True, False)
        world.sandbox.clock.advance(timedelta(days=90))
        assert "x@exemplo.com.br" not in {item.email for item in world.sandbox.history.deliveries()}


@pytest.mark.parametrize("meanwhile", ["renamed", "removed"])
def test_a_field_that_somebody_renamed_is_not_erased(tmp_path: Path, meanwhile: str) -> None:
    """It is used for something else now. One that somebody removed is gone, which is what was wanted."""
    with World.of(tmp_path, {"campos": [{"id": "k1", "nome": "cidade"}]}, {"campos": {"cidade": {}}}) as world:
        assert world.apply().clean
        world.declare({})
        world.write("reconciler.yaml", {**SETTINGS, "ao_remover": {"campo": "remover"}})
        edits = {
            "renamed": lambda: world.sandbox.edit("campos", "k1", nome="tamanho"),
            "removed": lambda: world.sandbox.remove("campos", "k1"),
        }
        run = world.apply(("destroy=campo.cidade",), meanwhile=edits[meanwhile])
        assert run.result is not None
        (outcome,) = run.result.outcomes
        assert outcome.change.action is Action.DELETE
        assert outcome.status is (Status.FAILED if meanwhile == "renamed" else Status.DONE)
        if meanwhile == "renamed":
            assert "changed since plan: k1 was 'cidade', and is 'tamanho'; nothing was erased" in outcome.detail
            assert [row["nome"] for row in world.sandbox.state()["campos"]] == ["tamanho"]
        else:
            assert not world.plan(("destroy=campo.cidade",)).plan.changes
