"""What a run writes down, when, and what it says when that cannot be done."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from reconciler.engine.executor import (
    ChangeFailedError,
    Intend,
    OutcomeUnknownError,
    Performed,
)
from reconciler.engine.herald import AT_ONCE
from reconciler.engine.model import Address, Binding, Change, Status
from reconciler.engine.result import Exit
from tests.engine.making import change, plan_of
from tests.engine.running import AT, Account, Journal, raises, run_through, statuses


def test_everything_is_made_in_order_and_remembered() -> None:
    """Changes are made in the plan's order; each one's id is in the ledger and before the next one's eyes."""
    account = Account(Journal())
    plan = plan_of(change("lista.a/create"), change("mensagem.m/create"), change("envio.e/schedule"))
    run, outcomes = run_through(plan, account)
    assert account.calls == [["lista.a/create"], ["mensagem.m/create"], ["envio.e/schedule"]]
    assert set(statuses(outcomes).values()) == {"done"}
    assert account.seen[2] == {Address("lista", "a"): "#a", Address("mensagem", "m"): "#m"}
    assert run.ids[Address("envio", "e")] == "#e"
    assert account.journal.bound[Address("envio", "e")] == Binding("envio", "e", "#e")
    assert run.ended is None


def test_begun_is_durable_before_the_request() -> None:
    """The intent is in the journal before the request leaves, and its end after the binding that it led to."""
    journal = Journal()

    def act(changes: Sequence[Change], intend: Intend) -> Sequence[Performed]:
        intend({"mensagem": "m1"})
        journal.lines.append("request")
        return [Performed("e1") for _ in changes]

    run_through(plan_of(change("envio.e/schedule")), Account(journal, {"envio.e/schedule": act}))
    assert journal.lines == [
        "call envio.e/schedule",
        "begin envio.e",
        "request",
        "bind envio.e e1",
        "end envio.e confirmed",
    ]
    intent = journal.intents[0]
    assert (intent.address, intent.at, intent.attempt) == (Address("envio", "e"), AT, 1)
    assert intent.evidence == {"mensagem": "m1"}


def test_contacts_are_announced_many_at_once() -> None:
    """One entry stands before the first of some hundreds of creations; those after them are announced in their turn."""
    journal = Journal()
    plan = plan_of(*[change(f"contato.p{number:03}@x.org/create") for number in range(AT_ONCE + 3)])
    _, outcomes = run_through(plan, Account(journal))
    announced = [(place, line.split()[1:]) for place, line in enumerate(journal.lines) if line.startswith("announce")]
    assert [len(addresses) for _, addresses in announced] == [AT_ONCE, 3]
    for place, addresses in announced:
        calls = [journal.lines.index(f"call {address}/create") for address in addresses]
        assert min(calls) == place + 1
    assert set(statuses(outcomes).values()) == {"done"}
    assert not [line for line in journal.lines if line.startswith(("begin", "withdraw"))]


def test_what_was_announced_and_not_made_is_withdrawn() -> None:
    """Refused, skipped or not reached: none of it was made. What may have been made stays announced."""
    journal = Journal()
    plan = plan_of(
        change("lista.l/create"),
        change("contato.a@x.org/create"),
        change("contato.b@x.org/create"),
        change("contato.c@x.org/create"),
        change("contato.d@x.org/create", needs=("lista.l/create",)),
    )
    failures = {
        "lista.l/create": ChangeFailedError("no"),
        "contato.b@x.org/create": ChangeFailedError("no such address"),
        "contato.c@x.org/create": OutcomeUnknownError("nobody knows"),
    }

    def failing(error: Exception) -> Callable[[Sequence[Change], Intend], Sequence[Performed]]:
        def act(_changes: Sequence[Change], _intend: Intend) -> Sequence[Performed]:
            raise error

        return act

    account = Account(journal, {name: failing(error) for name, error in failures.items()})
    _, outcomes = run_through(plan, account)
    assert statuses(outcomes)["contato.d@x.org/create"] == "skipped"
    told = [line for line in journal.lines if line.startswith(("announce", "withdraw"))]
    everybody = " ".join(f"contato.{name}@x.org" for name in "abcd")
    assert told == [f"announce {everybody}", "withdraw contato.b@x.org contato.d@x.org"]


def test_nobody_is_created_unannounced() -> None:
    """When the journal cannot be written the first creation is not made, and the run ends."""
    account = Account(Journal(breaks_at="announce"))
    run, outcomes = run_through(plan_of(change("contato.a@x.org/create"), change("lista.l/create")), account)
    assert ["contato.a@x.org/create"] not in account.calls
    assert statuses(outcomes)["contato.a@x.org/create"] == "failed"
    assert run.ended is not None
    assert run.ended[0] is Exit.ERROR


def test_a_journal_that_cannot_withdraw_says_so() -> None:
    """What came of the changes is told all the same."""
    account = Account(Journal(breaks_at="withdraw"), {"contato.a@x.org/create": raises(ChangeFailedError("no"))})
    run, outcomes = run_through(plan_of(change("contato.a@x.org/create")), account)
    assert statuses(outcomes) == {"contato.a@x.org/create": "failed"}
    assert run.ended == (Exit.ERROR, "the disk is full")


def test_attempts_have_an_intent_each() -> None:
    """Two attempts of one change are two intents, with ids of their own; the first ends when the second begins."""
    journal = Journal()

    def act(changes: Sequence[Change], intend: Intend) -> Sequence[Performed]:
        intend({})
        intend({})
        return [Performed("e1") for _ in changes]

    run_through(plan_of(change("envio.e/schedule")), Account(journal, {"envio.e/schedule": act}))
    assert [intent.attempt for intent in journal.intents] == [1, 2]
    assert len({intent.id for intent in journal.intents}) == 2
    steps = [line for line in journal.lines if line.startswith(("begin", "end"))]
    assert steps == ["begin envio.e", "begin envio.e", "end envio.e absent", "end envio.e confirmed"], (
        "at no moment is there none: it may hold what only it knows"
    )


def test_unknown_outcome_leaves_the_intent_open() -> None:
    """Nobody says what became of a request whose outcome is unknown: its intent stays open, its address unbound."""
    account = Account(Journal(), {"envio.e/schedule": raises(OutcomeUnknownError("no answer"))})
    plan = plan_of(change("envio.e/schedule"), change("envio.f/schedule"))
    run, outcomes = run_through(plan, account)
    assert statuses(outcomes) == {"envio.e/schedule": "unknown", "envio.f/schedule": "done"}
    assert "begin envio.e" in account.journal.lines
    assert not any(line.startswith(("end envio.e", "bind envio.e")) for line in account.journal.lines)
    assert Address("envio", "e") not in run.ids


def test_failure_half_way_is_remembered() -> None:
    """A change that failed after it had taken something away leaves what is true: no live object, and its past ids."""
    failed = ChangeFailedError("not made", Performed(None, former=("e1",)))
    account = Account(Journal(), {"envio.e/replace": raises(failed)})
    _, outcomes = run_through(plan_of(change("envio.e/replace"), bound={"envio.e": "e1"}), account)
    assert outcomes["envio.e/replace"].status is Status.FAILED
    assert account.journal.bound[Address("envio", "e")] == Binding("envio", "e", "", former_ids=("e1",))


def test_new_ids_are_followed() -> None:
    """A change that gives its address a new id passes it on, and the old one becomes a former one."""
    account = Account(Journal(), {"mensagem.m/update": lambda _c, _i: [Performed("m2", {"html": "s"}, {"html": "t"})]})
    plan = plan_of(change("mensagem.m/update"), change("envio.e/schedule"), bound={"mensagem.m": "m1"})
    run_through(plan, account)
    assert account.seen[1][Address("mensagem", "m")] == "m2"
    assert account.journal.bound[Address("mensagem", "m")] == Binding(
        "mensagem", "m", "m2", former_ids=("m1",), sent={"html": "s"}, stored={"html": "t"}
    )


def test_letting_go_is_forgotten() -> None:
    """What is let go is no longer ours; what is declared inactive stays ours."""
    account = Account(Journal())
    plan = plan_of(
        change("lista.a/deactivate"), change("lista.b/deactivate", place=None), bound={"lista.a": "l1", "lista.b": "l2"}
    )
    run_through(plan, account)
    assert [line for line in account.journal.lines if not line.startswith("call")] == [
        "bind lista.a #a",
        "forget lista.b",
    ]


def test_journal_that_breaks_before_the_call_stops_it() -> None:
    """If the intent cannot be written the request is not made, and none after it."""
    reached: list[str] = []

    def act(changes: Sequence[Change], intend: Intend) -> Sequence[Performed]:
        intend({})
        reached.append("request")
        return [Performed("x") for _ in changes]

    account = Account(Journal(breaks_at="begin"), {"envio.e/schedule": act})
    run, outcomes = run_through(plan_of(change("envio.e/schedule"), change("lista.b/create")), account)
    assert reached == []
    assert run.ended == (Exit.ERROR, "the disk is full")
    assert statuses(outcomes) == {"envio.e/schedule": "failed", "lista.b/create": "pending"}
    assert outcomes["envio.e/schedule"].detail.startswith("not made")


@pytest.mark.parametrize("breaks_at", ["bind", "end"])
def test_journal_that_breaks_after_the_call_says_so(breaks_at: str) -> None:
    """A call that was made and could not be recorded is done, and said to be unrecorded; nothing follows."""

    def act(changes: Sequence[Change], intend: Intend) -> Sequence[Performed]:
        intend({})
        return [Performed("x") for _ in changes]

    account = Account(Journal(breaks_at=breaks_at), {"envio.e/schedule": act})
    run, outcomes = run_through(plan_of(change("envio.e/schedule"), change("lista.b/create")), account)
    assert run.ended == (Exit.ERROR, "the disk is full")
    assert statuses(outcomes) == {"envio.e/schedule": "done", "lista.b/create": "pending"}
    assert outcomes["envio.e/schedule"].detail.startswith("done, but not recorded")


@pytest.mark.parametrize("breaks_at", ["bind", "end"])
def test_journal_that_breaks_while_a_failure_is_recorded(breaks_at: str) -> None:
    """A failure that could not be recorded is told all the same, with all that it left behind, and ends the run."""
    failed = ChangeFailedError("e1 was cancelled, nothing was made", Performed(None, former=("e1",)))
    account = Account(Journal(breaks_at=breaks_at), {"envio.e/replace": raises(failed)})
    run, outcomes = run_through(
        plan_of(change("envio.e/replace"), change("lista.b/create"), bound={"envio.e": "e1"}), account
    )
    assert run.ended == (Exit.ERROR, "the disk is full")
    assert statuses(outcomes) == {"envio.e/replace": "failed", "lista.b/create": "pending"}
    detail = outcomes["envio.e/replace"].detail
    assert detail == "e1 was cancelled, nothing was made, but not recorded: the disk is full"
