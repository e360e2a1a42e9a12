"""Making a plan's changes: what runs when, what is journaled when, and what is said about each."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from reconciler.engine.executor import (
    ChangeFailedError,
    Intend,
    Performed,
    RunEndedError,
)
from reconciler.engine.model import Change, Status
from reconciler.engine.result import Exit
from tests.engine.making import change, plan_of
from tests.engine.running import LONG, Account, Journal, raises, run_through, statuses


def test_failure_skips_what_needs_it_and_only_that() -> None:
    """A refused change skips what needs it, directly, through others or through a group, and nothing else."""
    refused = raises(ChangeFailedError("400: no"))
    account = Account(Journal(), {"lista.a/create": refused})
    plan = plan_of(
        change("lista.a/create"),
        change("lista.b/create"),
        change("contato.x@exemplo.com.br/subscribe", needs=("lista.a/create",), feeds=("lista.a/members",)),
        change("contato.x@exemplo.com.br/set-fields"),
        change("envio.a/schedule", needs=("lista.a/members",)),
        change("envio.b/schedule", needs=("lista.b/create",)),
    )
    run, outcomes = run_through(plan, account)
    assert statuses(outcomes) == {
        "lista.a/create": "failed",
        "lista.b/create": "done",
        "contato.x@exemplo.com.br/subscribe": "skipped",
        "contato.x@exemplo.com.br/set-fields": "done",
        "envio.a/schedule": "skipped",
        "envio.b/schedule": "done",
    }
    assert outcomes["envio.a/schedule"].detail.startswith("waits for contato.x@exemplo.com.br/subscribe")
    assert outcomes["lista.a/create"].detail == "400: no"
    assert "end lista.a not-sent" in account.journal.lines
    assert run.ended is None


def test_batches_are_one_call() -> None:
    """Changes of one batch are made together where the last of them stands; one that is skipped is left out."""
    account = Account(Journal(), {"lista.b/create": raises(ChangeFailedError("no"))})
    plan = plan_of(
        change("lista.a/deactivate", batch="off"),
        change("lista.b/create"),
        change("lista.b/deactivate", batch="off", needs=("lista.b/create",)),
        change("lista.c/create"),
        change("lista.c/deactivate", batch="off", needs=("lista.c/create",)),
    )
    _, outcomes = run_through(plan, account)
    assert account.calls == [["lista.b/create"], ["lista.c/create"], ["lista.a/deactivate", "lista.c/deactivate"]]
    assert outcomes["lista.b/deactivate"].status is Status.SKIPPED


def test_one_resource_changes_one_at_a_time() -> None:
    """Changes of one resource are made one after the other, and a failed one does not keep the next from being made."""
    account = Account(Journal(), {"lista.a/update": raises(ChangeFailedError("no"))})
    _, outcomes = run_through(plan_of(change("lista.a/update"), change("lista.a/activate")), account, workers=4)
    assert account.calls == [["lista.a/update"], ["lista.a/activate"]]
    assert outcomes["lista.a/activate"].status is Status.DONE


def test_independent_changes_run_side_by_side() -> None:
    """Two independent changes are under way at the same time: each waits for the other here."""
    both = threading.Barrier(2, timeout=LONG)

    def act(changes: Sequence[Change], _intend: Intend) -> Sequence[Performed]:
        both.wait()
        return [Performed("x") for _ in changes]

    account = Account(Journal(), {"lista.a/create": act, "lista.b/create": act})
    _, outcomes = run_through(plan_of(change("lista.a/create"), change("lista.b/create")), account, workers=2)
    assert set(statuses(outcomes).values()) == {"done"}


def test_sends_are_strictly_one_at_a_time() -> None:
    """Never two changes of envios at once, whatever the number of workers, while others go on beside them."""
    lock = threading.Lock()
    under_way: list[int] = [0]
    most: list[int] = [0]

    def act(changes: Sequence[Change], _intend: Intend) -> Sequence[Performed]:
        with lock:
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
        threading.Event().wait(0.01)
        with lock:
            under_way[0] -= 1
        return [Performed("x") for _ in changes]

    sends = [change(f"envio.e{number}/schedule") for number in range(6)]
    account = Account(Journal(), {item.id: act for item in sends})
    _, outcomes = run_through(plan_of(*sends, change("lista.a/create")), account, workers=4)
    assert most == [1]
    assert set(statuses(outcomes).values()) == {"done"}
    made = [name for call in account.calls for name in call if name.startswith("envio")]
    assert made == [item.id for item in sends], "and in the plan's order"


def test_stopping_finishes_what_is_in_flight() -> None:
    """Once asked to stop, nothing new is begun; what was begun is finished and recorded, the rest is pending."""
    account = Account(Journal())
    plan = plan_of(change("lista.a/create"), change("lista.b/create"), change("lista.c/create"))
    _, outcomes = run_through(plan, account, stopping=lambda: len(account.calls) == 1)
    assert statuses(outcomes) == {"lista.a/create": "done", "lista.b/create": "pending", "lista.c/create": "pending"}
    assert "bind lista.a #a" in account.journal.lines


def test_run_that_makes_no_sense_any_more_ends() -> None:
    """When the API is unavailable nothing further is called, and the exit code says why."""
    account = Account(Journal(), {"lista.a/create": raises(RunEndedError(Exit.LATER, "five failures in a row"))})
    run, outcomes = run_through(plan_of(change("lista.a/create"), change("lista.b/create")), account)
    assert run.ended == (Exit.LATER, "five failures in a row")
    assert statuses(outcomes) == {"lista.a/create": "failed", "lista.b/create": "pending"}
    assert "end lista.a not-sent" in account.journal.lines


def test_fault_of_the_program_is_unknown_and_ends() -> None:
    """An error that nobody expected leaves its change unknown, and the report of the others whole."""
    account = Account(Journal(), {"lista.b/create": raises(KeyError("nome"))})
    run, outcomes = run_through(
        plan_of(change("lista.a/create"), change("lista.b/create"), change("lista.c/create")), account
    )
    assert run.ended is not None
    assert run.ended[0] is Exit.ERROR
    assert statuses(outcomes) == {"lista.a/create": "done", "lista.b/create": "unknown", "lista.c/create": "pending"}
    assert "begin lista.b" in account.journal.lines
    assert not any(line.startswith("end lista.b") for line in account.journal.lines)


def test_long_chains_are_no_depth() -> None:
    """Ten thousand changes that wait for each other are skipped without running out of stack."""
    account = Account(Journal(), {"lista.0/create": raises(ChangeFailedError("no"))})
    chain = [change("lista.0/create")]
    chain += [change(f"lista.{n}/create", needs=(f"lista.{n - 1}/create",)) for n in range(1, 10_000)]
    _, outcomes = run_through(plan_of(*chain), account)
    assert account.calls == [["lista.0/create"]]
    assert outcomes["lista.9999/create"].status is Status.SKIPPED
