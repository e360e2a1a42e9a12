"""This machine's clock and the API's: what they disagree about is told, and far apart nothing is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.engine.model import Action, Status
from reconciler.engine.result import Exit
from reconciler.ledger import read_ledger
from reconciler.offline.standin import StandinClock
from reconciler.reach import Reach
from reconciler.sandbox import Effect, Fault, FaultKind, Sandbox
from tests.laws.world import World, plan_bytes

START = "2026-11-20T09:00"
_SEED: dict[str, Any] = {
    "remetentes": [{"id": "r1", "nome": "L", "email": "l@loja.exemplo", "principal": True, "confirmado": True}],
    "listas": [{"id": "l1", "nome": "todos", "ativo": True}],
    "contatos": [{"id": "c1", "nome": "Caju", "email": "caju@exemplo.com.br", "ativo": True, "listas": ["l1"]}],
    "mensagens": [{"id": "m1", "nome": "velha", "assunto": "Oi", "html": "<p>1</p>", "mensagem_descadastro": "Sair?"}],
    "envios": [
        {"id": f"e{n}", "mensagem": "m1", "listas": ["l1"], "data_de_inicio": f"2026-11-1{n}T09:00"} for n in range(4)
    ]
    + [{"id": "e9", "mensagem": "m1", "listas": ["l1"], "data_de_inicio": "2026-11-19T09:00", "status": "Suspenso"}],
}
_CAMPAIGN: dict[str, Any] = {
    "campos": {"cidade": {}},
    "listas": {"todos": {}, "novos": {}},
    "mensagens": {
        "velha": {"assunto": "Oi", "html": "<p>1</p>", "mensagem_descadastro": "Sair?"},
        "nova": {"assunto": "Oi", "html": "<p>2</p>", "mensagem_descadastro": "Sair?"},
    },
    "envios": {
        "novo": {"mensagem": "nova", "listas": ["todos"], "data_de_inicio": START},
        "agora": {
            "mensagem": "nova",
            "listas": ["todos"],
            "data_de_inicio": "agora",
            "regras": {"permitir_agora": True},
        },
        "movido": {"id": "e0", "mensagem": "velha", "listas": ["todos"], "data_de_inicio": START},
        "trocado": {"id": "e1", "mensagem": "nova", "listas": ["todos"], "data_de_inicio": "2026-11-11T09:00"},
        "pausado": {
            "id": "e2",
            "mensagem": "velha",
            "listas": ["todos"],
            "data_de_inicio": "2026-11-12T09:00",
            "estado": "pausado",
        },
        "cancelado": {
            "id": "e3",
            "mensagem": "velha",
            "listas": ["todos"],
            "data_de_inicio": "2026-11-13T09:00",
            "estado": "cancelado",
        },
        "retomado": {"id": "e9", "mensagem": "velha", "listas": ["todos"], "data_de_inicio": "2026-11-19T09:00"},
    },
}
"""One of each that sends, one of each that stops, and what is no send at all."""
_SENDS = {"envio.novo", "envio.agora", "envio.movido", "envio.trocado", "envio.retomado"}
_OTHERS = {"campo.cidade", "lista.novos", "mensagem.nova", "envio.pausado", "envio.cancelado"}


class Elsewhere(Reach):
    """The same account, as if it were no sandbox on this machine: its clock and ours have to agree."""

    @property
    def loopback(self) -> bool:
        """Somebody else's machine."""
        return False


class Off(StandinClock):
    """This machine's clock, so many seconds ahead of the account's (behind, if they are negative)."""

    def __init__(self, sandbox: Sandbox, seconds: float) -> None:
        super().__init__(sandbox)
        self.ahead = timedelta(seconds=seconds)

    def now(self) -> datetime:
        """What this machine shows."""
        return super().now() + self.ahead


@dataclass
class Remote(World):
    """A world whose account counts as a real one."""

    def reach(self) -> Reach:
        """How the account is reached."""
        near = super().reach()
        return Elsewhere(**{item.name: getattr(near, item.name) for item in fields(near)})


def remote(root: Path, ahead: float, campaign: dict[str, Any] | None = None) -> Remote:
    """The account of these tests, far away, and this machine's clock `ahead` of it."""
    near = World.of(root, _SEED, campaign or _CAMPAIGN)
    return Remote(near.root, near.sandbox, Off(near.sandbox, ahead))


@pytest.mark.parametrize("ahead", [0, 59, -58, 62, -62, 298, -298])
def test_within_five_minutes_everything_is_made(ahead: float, tmp_path: Path) -> None:
    """From a minute on the difference is told, up to five it stops nothing."""
    with remote(tmp_path, ahead) as world:
        run = world.apply()
        assert run.clean
        told = [finding for finding in run.plan.warnings if finding.rule == "clock"]
        assert bool(told) is (abs(ahead) > 60)
        assert run.result is not None
        assert run.result.exit is Exit.OK


@pytest.mark.parametrize("ahead", [302, -302, 600, -600, 86_400, -86_400])
def test_beyond_five_minutes_nothing_is_sent_and_all_else_is_made(ahead: float, tmp_path: Path) -> None:
    """Whatever would bring mail to somebody is blocked, with the difference and the remedy; what stops mail is not."""
    with remote(tmp_path, ahead) as world:
        before = len(world.sandbox.state()["envios"])
        run = world.apply()
        assert {str(item.address) for item in run.plan.blocked} == _SENDS
        assert {str(change.address) for change in run.plan.changes if change.action is not Action.ADOPT} == _OTHERS
        assert run.clean
        assert run.result is not None
        assert run.result.exit is Exit.BLOCKED
        rows = {row["id"]: row["status"] for row in world.sandbox.state()["envios"]}
        assert len(rows) == before
        assert (rows["e0"], rows["e1"], rows["e2"], rows["e3"], rows["e9"]) == (
            "Agendado",
            "Agendado",
            "Suspenso",
            "Cancelado",
            "Suspenso",
        )
        side = "ahead of" if ahead > 0 else "behind"
        document = json.loads(plan_bytes(run.planned)[0])
        (told,) = (item for item in document["warnings"] if item["rule"] == "clock")
        assert side in told["summary"]
        assert "set this machine's clock" in told["remedy"]
        assert all(side in item["reason"] for item in document["blocked"])
        world.clock.ahead = timedelta()
        again = world.apply()
        assert again.clean
        assert {str(change.address) for change in again.plan.changes} == _SENDS
        assert not world.plan().plan.changes


def test_a_sandbox_on_this_machine_has_the_truth(tmp_path: Path) -> None:
    """Its clock is moved at will: no difference is told, and sends are made by its time."""
    with World.of(tmp_path, _SEED, _CAMPAIGN) as near:
        world = World(near.root, near.sandbox, Off(near.sandbox, 86_400))
        run = world.apply()
        assert run.clean
        assert not [finding for finding in run.plan.warnings if finding.rule == "clock"]


class _Left(Off):
    """Whoever sits before this clock leaves when it is to wait for long."""

    def sleep(self, seconds: float) -> None:
        """Moves on, or leaves."""
        if seconds > 60:
            raise KeyboardInterrupt
        super().sleep(seconds)


@pytest.mark.parametrize(("first", "second"), [(0, 0), (-59, 59), (59, -59), (-290, 290)])
def test_the_quiet_period_is_counted_by_the_api(first: float, second: float, tmp_path: Path) -> None:
    """One machine asks and leaves, another settles: however late it takes effect, it is found."""
    campaign = {**_CAMPAIGN, "envios": {"novo": _CAMPAIGN["envios"]["novo"]}}
    with remote(tmp_path, 0, campaign) as world:
        late = Fault(kind=FaultKind.DROP, method="POST", path="/envios", effect=Effect.LATER, delay=145)
        world.sandbox.faults.add(late)
        world.clock = _Left(world.sandbox, first)
        with pytest.raises(KeyboardInterrupt):
            world.apply()
        memory = read_ledger(world.reach().ledger, account="principal", origin="sandbox")
        (left,) = memory.open_intents()
        (asked,) = (
            item for item in world.sandbox.history.requests() if (item.method, item.path) == ("POST", "/envios")
        )
        assert abs(left.at - asked.at) < timedelta(seconds=5)
        world.clock = Off(world.sandbox, second)
        run = world.apply()
        assert run.clean
        live = [row for row in world.sandbox.state()["envios"] if row["data_de_inicio"].startswith(START)]
        assert len(live) == 1
        assert [change.action for change in run.plan.changes] in ([], [Action.ADOPT])


def test_a_start_that_came_too_near_while_others_were_made_is_not_sent(tmp_path: Path) -> None:
    """Hours of other changes use up the lead: right before the call the API's clock is asked once more."""
    campaign = {**_CAMPAIGN, "envios": {"novo": {**_CAMPAIGN["envios"]["novo"], "data_de_inicio": "2026-11-02T09:00"}}}
    for passed, told in (
        (57, "min, too near to be sure that it goes out once"),
        (61, "its start has passed meanwhile"),
    ):
        with remote(tmp_path / str(passed), 0, campaign) as world:
            run = world.apply(meanwhile=lambda: world.sandbox.clock.advance(timedelta(minutes=passed)))  # noqa: B023
            assert run.result is not None
            (outcome,) = (item for item in run.result.outcomes if item.change.action is Action.SCHEDULE)
            assert (outcome.status, told in outcome.detail) == (Status.FAILED, True)
            assert run.result.exit is Exit.PARTLY
            assert len(world.sandbox.state()["envios"]) == len(_SEED["envios"])


def test_a_lead_that_is_still_enough_is_enough(tmp_path: Path) -> None:
    """What the rule asked for when it was planned may have shrunk by then: what is left must settle an open outcome."""
    campaign = {**_CAMPAIGN, "envios": {"novo": {**_CAMPAIGN["envios"]["novo"], "data_de_inicio": "2026-11-02T09:00"}}}
    with remote(tmp_path, 0, campaign) as world:
        assert world.apply(meanwhile=lambda: world.sandbox.clock.advance(timedelta(minutes=50))).clean
