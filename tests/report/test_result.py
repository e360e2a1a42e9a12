"""The final report of an apply: complete and honest, whatever happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from reconciler.engine.model import Action, Address, Change, Finding, Outcome, Severity, Status
from reconciler.engine.plan import Plan
from reconciler.engine.result import Exit, Result
from reconciler.report import View, result_document, result_text

LIST = Change(Address("lista", "vip"), Action.CREATE, "missing")
AGAIN = "reconciler apply --account principal"


def ran(*given: tuple[Change, Status, str], **rest: object) -> Result:
    """A run with these outcomes."""
    outcomes = tuple(Outcome(*each) for each in given)
    return Result(Plan("principal", tuple(change for change, *_ in given)), outcomes, **rest)  # type: ignore[arg-type]


def after(result: Result, view: View) -> str:
    """What the report says is to be done next."""
    return result_text(result, view, command=AGAIN).partition("\nnext ")[2]


@pytest.mark.parametrize(
    ("result", "advice"),
    [
        (ran((LIST, Status.DONE, "")), "another plan should find nothing"),
        (ran((LIST, Status.FAILED, "no")), "correct what failed"),
        (ran((LIST, Status.UNKNOWN, "no answer")), "do not repeat by hand"),
        (ran((LIST, Status.PENDING, ""), ended=(Exit.LATER, "503")), "nothing is lost"),
        (ran((LIST, Status.PENDING, ""), ended=(Exit.INTERRUPTED, "SIGINT")), "run it again"),
    ],
)
def test_next_step_fits_what_happened(result: Result, advice: str, view: View) -> None:
    """Whatever is left to do is named, with the command line that does it; when all is done nothing is asked for."""
    text = after(result, view)
    assert advice in text
    assert (AGAIN in text) == (result.exit is not Exit.OK)


def test_contacts_that_failed_alike_are_one_item(view: View) -> None:
    """Contacts that failed for one reason are one item with their number; shown, each has its own."""
    people = [Change(Address("contato", f"m{number}@exemplo.org"), Action.CREATE, "") for number in range(1_500)]
    result = ran(*((change, Status.FAILED, "Limite excedido. (400)") for change in people))
    text = result_text(result, view, command=AGAIN)
    assert "  1.500 contatos (m***@exemplo.org, …)  create\n" in text
    assert len(text.splitlines()) < 15
    shown = result_text(result, replace(view, show_contacts=True), command=AGAIN)
    assert all(f"contato.{change.address.key}  create" in shown for change in people)


def test_what_was_waited_for_is_named_and_the_rest_counted(view: View) -> None:
    """A skipped send names the first changes that it waited for, also those of a group, and counts the others."""
    people = [
        Change(Address("contato", f"m{number}@exemplo.org"), Action.SUBSCRIBE, "", feeds=("publico.vip",))
        for number in range(30)
    ]
    send = Change(Address("envio", "a"), Action.SCHEDULE, "", needs=(LIST.id, "publico.vip"))
    given = [(LIST, Status.DONE, ""), *((change, Status.FAILED, "no") for change in people), (send, Status.SKIPPED, "")]
    text = result_text(ran(*given), view, command=AGAIN)
    assert "waited for  contato.m***@exemplo.org/subscribe (failed), contato.m***" in text
    assert "and 26 more" in text
    assert "lista.vip/create" not in text


def test_notes_and_early_end_are_told(view: View) -> None:
    """What came up on the way, and why the run ended before its plan did, is part of the report."""
    note = Finding(Severity.WARNING, "novo-id", "got a new id", address=Address("mensagem", "natal"))
    result = ran((LIST, Status.PENDING, ""), ended=(Exit.LATER, "503 five times in a row"), notes=(note,))
    text = result_text(result, view, command=AGAIN)
    assert "the run ended before its plan did: 503 five times in a row" in text
    assert "mensagem.natal: got a new id" in text
    assert "exit code 75: it is not over, and goes on later" in text


def test_every_send_is_told_with_start_and_id(results: Mapping[str, Result], view: View) -> None:
    """Of what was done, sends are told one by one: when they start, for how many people, and under which live id."""
    text = result_text(results["finished"], view, command=AGAIN)
    for outcome in results["finished"].outcomes:
        if outcome.change.audience is not None:
            found = [line for line in text.splitlines() if str(outcome.change.address) in line]
            assert [f"live id {outcome.live_id}" in line for line in found] == [True]


def test_what_is_cancelled_has_no_live_id(results: Mapping[str, Result], view: View) -> None:
    """A live id is told only where something live stands for the address; details of done changes are told."""
    document = result_document(results["finished"], view)
    ids = {change["id"]: change["live_id"] for change in document["changes"]}
    assert ids["envio.black-friday/cancel"] is None
    assert ids["mensagem.natal-2026/update"] == "m57"
    assert "detail      new id m57" in result_text(results["finished"], view, command=AGAIN)
