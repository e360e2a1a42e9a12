"""The first line of plans and results: people and time, in Portuguese."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from reconciler.engine.model import Action, Address, Audience, Blocked, Change, Finding, Outcome, Severity, Status
from reconciler.engine.plan import Plan
from reconciler.engine.result import Exit, Result
from reconciler.report import View
from reconciler.report.headline import plan_headline, result_headline

VIEW = View(salt=b"s", today=date(2026, 11, 2))
START = datetime(2026, 11, 26, 18, tzinfo=ZoneInfo("America/Sao_Paulo"))
GUARD = Finding(Severity.ERROR, "agora", "no")
STUCK = Blocked(Address("lista", "x"), None, "why", "what")


def send(people: int, start: datetime | None = START, *, exact: bool = True, key: str = "a") -> Change:
    """A send to one list."""
    return Change(Address("envio", key), Action.SCHEDULE, "", audience=Audience(people, exact, start, (("l", people),)))


def other(action: Action, key: str = "x", kind: str = "lista") -> Change:
    """A change that sends nothing."""
    return Change(Address(kind, key), action, "")


LATER = START.replace(day=30)
PLANS = [
    (
        [send(51_000), send(314, LATER, key="b")],
        (51_314, True),
        "2 envios para 51.314 pessoas; o primeiro qui 26/11 18:00",
    ),
    (
        [send(51_000), send(500, exact=False, key="b")],
        (51_314, False),
        "2 envios para até 51.314 pessoas (até 51.500 mensagens); o primeiro qui 26/11 18:00",
    ),
    (
        [send(300), send(300, LATER, key="b")],
        (300, True),
        "2 envios para 300 pessoas (600 mensagens); o primeiro qui 26/11 18:00",
    ),
    ([send(1)], (1, True), "1 envio para 1 pessoa; sai qui 26/11 18:00"),
    ([send(9, None), send(9, key="b")], (18, True), "2 envios para 18 pessoas; o primeiro agora"),
    ([send(9, None)], (9, True), "1 envio para 9 pessoas; sai agora"),
    ([send(9, START.replace(year=2027))], (9, True), "1 envio para 9 pessoas; sai sex 26/11/2027 18:00"),
    ([send(0), other(Action.CREATE)], (0, True), "1 envio para 0 pessoas; sai qui 26/11 18:00"),
    ([other(Action.CREATE)], (0, True), "nenhum envio; 1 mudança"),
    ([other(Action.CREATE, f"l{number}") for number in range(1_200)], (0, True), "nenhum envio; 1.200 mudanças"),
    ([other(Action.CANCEL, kind="envio")], (0, True), "nenhum envio; 1 mudança; 1 envio a cancelar"),
    ([other(Action.ADOPT)], (0, True), "nada a mudar; 1 objeto a adotar"),
    (
        [other(Action.ADOPT), other(Action.ADOPT, "y"), other(Action.CREATE, "z")],
        (0, True),
        "nenhum envio; 1 mudança; 2 objetos a adotar",
    ),
    ([], (0, True), "nada a mudar"),
]


@pytest.mark.parametrize(("changes", "reached", "text"), PLANS)
def test_plan_headline(changes: list[Change], reached: tuple[int, bool], text: str) -> None:
    """A plan's first line says how many sends go to how many people and when, or that nothing is sent."""
    assert plan_headline(Plan("p", tuple(changes), reached=reached), VIEW) == text


def test_what_holds_a_plan_up_is_in_its_headline() -> None:
    """Whoever reads one line only learns that guards refuse or that a person must decide."""
    plan = Plan("p", (send(9),), (STUCK, STUCK), refusals=(GUARD,), reached=(9, True))
    text = "1 envio para 9 pessoas; sai qui 26/11 18:00; recusado por 1 regra; 2 itens bloqueados"
    assert plan_headline(plan, VIEW) == text


LIST = other(Action.CREATE)
SENDS = (send(300), send(200, LATER, key="b"))
RESULTS = [
    ([(LIST, "done")], None, "tudo feito: 1 mudança"),
    (
        [(SENDS[0], "done"), (SENDS[1], "done")],
        None,
        "tudo feito: 2 mudanças; 2 envios para 400 pessoas (500 mensagens); o primeiro qui 26/11 18:00",
    ),
    (
        [(LIST, "failed"), (SENDS[0], "done"), (SENDS[1], "skipped")],
        None,
        "feito em parte: 1 de 3 mudanças; 1 envio para 300 pessoas; sai qui 26/11 18:00; 1 falhou; 1 ficou à espera",
    ),
    ([(LIST, "failed")], None, "nada foi feito: 0 de 1 mudança; 1 falhou"),
    ([(SENDS[0], "unknown")], None, "resultado desconhecido: 0 de 1 mudança; 1 sem resposta certa"),
    (
        [(LIST, "done"), (SENDS[0], "pending")],
        (Exit.INTERRUPTED, "SIGINT"),
        "interrompido: 1 de 2 mudanças; 1 não foi alcançada",
    ),
    ([(LIST, "pending")], (Exit.ERROR, "disk full"), "parou antes do fim: 0 de 1 mudança; 1 não foi alcançada"),
    ([], (Exit.DIFFERS, "changed"), "nada foi feito, o plano não é o que foi revisado"),
    ([], None, "nada a mudar"),
]


@pytest.mark.parametrize(("given", "ended", "text"), RESULTS)
def test_result_headline(given: list[tuple[Change, str]], ended: tuple[Exit, str] | None, text: str) -> None:
    """A result's first line says what was done and what was not, and never claims more than happened."""
    plan = Plan("p", tuple(change for change, _ in given), reached=(400, True))
    outcomes = tuple(Outcome(change, Status(status)) for change, status in given)
    assert result_headline(Result(plan, outcomes, ended=ended), VIEW) == text


def test_people_of_some_sends_are_an_upper_bound() -> None:
    """When only some of the plan's sends were made, people on several of their lists may be counted twice: até."""
    sends = (*SENDS, send(100, LATER, key="c"))
    outcomes = (*(Outcome(change, Status.DONE) for change in SENDS), Outcome(sends[2], Status.FAILED))
    text = result_headline(Result(Plan("p", sends, reached=(400, True)), outcomes), VIEW)
    assert "2 envios para até 500 pessoas; o primeiro qui 26/11 18:00" in text


def test_blocked_items_are_in_a_result_headline() -> None:
    """Even when all is done, what a person must decide is not forgotten."""
    plan = replace(Plan("p"), blocked=(STUCK,))
    assert result_headline(Result(plan, ()), VIEW) == "nada a mudar; 1 item bloqueado"
