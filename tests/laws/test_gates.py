"""Sends that come after another channel: they wait until it is so, and are looked at again before that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.app import agreed_to, declared_sends
from reconciler.engine.channels import Observation
from reconciler.engine.check import Ruling, Where
from reconciler.engine.model import Action, Address, Status
from reconciler.engine.resolution import Answer, UnresolvableError
from reconciler.engine.result import Exit
from reconciler.engine.saved import Standing
from reconciler.ledger import open_ledger
from reconciler.report import Outliner
from reconciler.settling import resolve_account
from reconciler.transport import Access, NotSent
from tests.cases.channels import Shown
from tests.laws.world import SETTINGS, World, plan_bytes, result_bytes

SOURCE = "ogmma.lotes"
RUNNING = {"batchId": "b1", "name": "Natal", "status": "IN_PROGRESS", "totalRecipients": 100, "sent": 40, "failed": 0}
RUNNING |= {"progress": 40, "createdAt": "2026-11-02T10:00:00+00:00", "completedAt": None}
DONE = RUNNING | {"status": "COMPLETED", "sent": 99, "failed": 1, "progress": 100}
BAD = DONE | {"status": "PARTIALLY_FAILED", "sent": 97, "failed": 3}
CAMPAIGN: dict[str, Any] = {
    "listas": {"todos": {}},
    "mensagens": {"natal": {"assunto": "Oi", "html": "<p>Oi</p>", "mensagem_descadastro": "Sair?"}},
    "envios": {
        "natal": {
            "mensagem": "natal",
            "listas": ["todos"],
            "data_de_inicio": "2026-11-03T09:00",
            "depois_de": ["verificacao.whatsapp"],
        }
    },
    "verificacoes": {
        "whatsapp": {"fonte": SOURCE, "onde": {"name": "Natal"}, "espera": {"status": "COMPLETED", "falhas": "<= 2%"}},
        "andamento": {"fonte": SOURCE, "onde": {"name": "Natal"}, "espera": {"progresso": ">= 10"}},
    },
}
SEED = {
    "listas": [{"id": "l1", "nome": "todos", "ativo": True}],
    "contatos": [{"id": "c1", "email": "ana@exemplo.com.br", "ativo": True, "listas": ["l1"]}],
    "remetentes": [{"id": "r1", "nome": "L", "email": "l@loja.exemplo", "principal": True, "confirmado": True}],
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A workspace with a send that comes after a batch, which is under way."""
    with World.of(tmp_path, SEED, CAMPAIGN) as made:
        made.write(
            "reconciler.yaml", SETTINGS | {"contas": {"principal": {"ogmma": {"chave": {"env": "OGMMA_API_KEY"}}}}}
        )
        made.channels = Shown({SOURCE: [RUNNING]})
        yield made


def test_a_gated_send_is_scheduled_by_the_first_apply_in_which_its_check_holds(world: World) -> None:
    """Until then it is no change and no failure; afterwards it is as any other, and the next plan is empty."""
    first = world.apply()
    assert first.result is not None
    assert first.result.exit is Exit.OK
    assert [item.address for item in first.plan.waiting] == [Address("envio", "natal")]
    assert "envio.natal" in result_bytes(first)[1]
    assert not world.sandbox.state()["envios"]
    assert world.plan().plan.idle

    world.channels = Shown({SOURCE: [DONE]})
    second = world.apply()
    assert [change.id for change in second.plan.changes] == ["envio.natal/schedule"]
    assert second.clean
    assert not second.plan.waiting
    assert world.plan().plan.idle
    assert [item["status"] for item in world.sandbox.state()["envios"]] == ["Agendado"]


def test_the_gate_is_looked_at_again_right_before_the_send(world: World) -> None:
    """What does not hold any more when the call is made keeps it from being made."""
    world.channels = Shown({SOURCE: [DONE]})
    shown = world.channels

    def meanwhile() -> None:
        shown.channels = {SOURCE: [BAD]}

    run = world.apply(meanwhile=meanwhile)
    assert run.result is not None
    outcome = next(item for item in run.result.outcomes if item.change.action is Action.SCHEDULE)
    assert outcome.status is Status.FAILED
    assert "changed since plan: verificacao.whatsapp does not hold any more: status PARTIALLY_FAILED" in outcome.detail
    assert not world.sandbox.state()["envios"]


def test_a_source_that_cannot_be_read_any_more_closes_the_gate(world: World) -> None:
    """Nothing is sent on what was so when it was planned."""
    shown = world.channels = Shown({SOURCE: [DONE]})

    def meanwhile() -> None:
        shown.channels = {}

    run = world.apply(meanwhile=meanwhile)
    assert not run.clean
    assert not world.sandbox.state()["envios"]


class _Unreachable(Shown):
    """A port whose calls fail as those of a client do."""

    def read(self, _source: str, _where: Where, /) -> Iterable[Observation]:
        """Raise a failure of the transport."""
        raise NotSent(None, "no connection to the server")


def test_a_failure_of_a_client_is_told_and_the_rest_goes_on(world: World) -> None:
    """The check was not read, its gate stays closed, and everything else is made."""
    world.channels = _Unreachable()
    run = world.apply()
    assert run.clean
    assert [verdict.ruling for verdict in run.plan.verdicts] == [Ruling.NOT_READ, Ruling.NOT_READ]
    assert [warning.rule for warning in run.plan.warnings] == ["not-read"]
    assert "no connection to the server" in plan_bytes(run.planned)[1]
    assert {item["nome"] for item in world.sandbox.state()["mensagens"]} == {"natal"}


def test_a_source_is_read_once_for_all_checks_and_for_nobody_not_at_all(world: World) -> None:
    """Two checks of one source cost one reading, and what is not asked for is not read."""
    shown = world.channels = Shown({SOURCE: [DONE], "mindo.envios_em_massa": []})
    world.plan()
    assert shown.asked == [SOURCE]
    world.declare({name: part for name, part in CAMPAIGN.items() if name not in ("envios", "verificacoes")})
    world.plan()
    assert shown.asked == [SOURCE]


def test_what_is_the_accounts_own_needs_no_other_channel(world: World) -> None:
    """To stop sends, and to answer about them, nobody else is asked."""
    shown = world.channels = Shown({SOURCE: [DONE]})
    assert world.apply().clean
    asked = list(shown.asked)
    account, reach = world.account, world.reach()
    with open_ledger(reach.ledger, account=account.name, origin=reach.api) as ledger:
        with reach.client(account, Access.READ) as client:
            assert list(declared_sends(account, client, ledger, reach).values()) == [Address("envio", "natal")]
        with reach.working(account, ledger) as client, pytest.raises(UnresolvableError):
            resolve_account(account, client, ledger, reach, Answer(Address("envio", "natal"), None))
    assert shown.asked == asked


def test_who_approves_a_plan_approves_of_no_send_that_waits(world: World) -> None:
    """A waiting send is no part of the digest: once its checks hold, the plan is another one than the reviewed."""
    outliner = Outliner(b"salt")
    waiting = world.plan()
    reviewed = outliner.outline(waiting.plan)
    without = replace(waiting.plan, waiting=())
    assert without.digest == waiting.plan.digest
    assert agreed_to(waiting, reviewed, outliner.outline(waiting.plan), None).standing is Standing.AGREED

    world.channels = Shown({SOURCE: [DONE]})
    due = world.plan()
    found = agreed_to(due, reviewed, outliner.outline(due.plan), None)
    assert found.standing is Standing.DIFFERS
    assert [step.id for step in found.differences.new] == ["envio.natal/schedule"]

    world.channels = Shown({SOURCE: [BAD]})
    broken = world.plan()
    found = agreed_to(broken, outliner.outline(due.plan), outliner.outline(broken.plan), None)
    assert found.standing is Standing.DIFFERS
    assert [step.id for step in found.differences.gone] == ["envio.natal/schedule"]
