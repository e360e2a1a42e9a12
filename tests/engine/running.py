"""A run over a plan without an account: what is called and what is journaled, in order; and either can fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from reconciler.engine.executor import (
    Apply,
    Crew,
    Intend,
    JournalError,
    Performed,
)
from reconciler.engine.model import Action, Address, Binding, Change, Intent, Outcome
from reconciler.engine.plan import Plan

AT = datetime(2026, 11, 2, 11, 0, tzinfo=UTC)
LONG = 5.0
"""Seconds after which a test that waits for another thread gives up."""


@dataclass
class Journal:
    """A ledger's write side that keeps everything in order, and can break."""

    lines: list[str] = field(default_factory=list)
    bound: dict[Address, Binding] = field(default_factory=dict)
    intents: list[Intent] = field(default_factory=list)
    breaks_at: str = ""

    def _write(self, line: str) -> None:
        if self.breaks_at and line.startswith(self.breaks_at):
            raise JournalError("the disk is full")
        self.lines.append(line)

    def begin(self, intent: Intent) -> None:
        """Durable when it returns."""
        self._write(f"begin {intent.address}")
        self.intents.append(intent)

    def end(self, intent: Intent, result: str, evidence: Mapping[str, str]) -> None:
        """What came of `intent`."""
        assert not evidence
        self._write(f"end {intent.address} {result}")

    def bind(self, address: Address, binding: Binding) -> None:
        """`address` now stands for this."""
        self._write(f"bind {address} {binding.id}")
        self.bound[address] = binding

    def announce(self, addresses: Sequence[Address]) -> None:
        """Durable when it returns."""
        self._write(f"announce {' '.join(map(str, addresses))}")

    def withdraw(self, addresses: Sequence[Address]) -> None:
        """These were not created."""
        self._write(f"withdraw {' '.join(map(str, addresses))}")

    def forget(self, address: Address) -> None:
        """`address` is no longer ours."""
        self._write(f"forget {address}")


@dataclass
class Account:
    """Makes changes by doing what `acts` says for them, else by giving the address the id `#key`."""

    journal: Journal
    acts: Mapping[str, Callable[[Sequence[Change], Intend], Sequence[Performed]]] = field(default_factory=dict)
    calls: list[list[str]] = field(default_factory=list)
    seen: list[Mapping[Address, str]] = field(default_factory=list)

    def __call__(self, changes: Sequence[Change], ids: Mapping[Address, str], intend: Intend) -> Sequence[Performed]:
        """What `Perform` asks for."""
        self.calls.append([item.id for item in changes])
        self.seen.append(dict(ids))
        self.journal.lines.append(f"call {changes[0].id}")
        act = self.acts.get(changes[0].id)
        return act(changes, intend) if act else [Performed(f"#{item.address.key}") for item in changes]


def raises(error: Exception) -> Callable[[Sequence[Change], Intend], Sequence[Performed]]:
    """An act that writes its intent down and then fails."""

    def act(_changes: Sequence[Change], intend: Intend) -> Sequence[Performed]:
        intend({"mensagem": "m1"})
        raise error

    return act


def is_send(change: Change) -> bool:
    """Envios go out one at a time."""
    return change.address.kind == "envio"


def is_herded(change: Change) -> bool:
    """Contatos are created in herds."""
    return change.address.kind == "contato" and change.action is Action.CREATE


def run_through(
    plan: Plan, account: Account, *, workers: int = 1, stopping: Callable[[], bool] = lambda: False
) -> tuple[Apply, dict[str, Outcome]]:
    """One run to its end, and what came of every change by its id."""
    numbers = iter(range(100))
    crew = Crew(workers, is_send, is_herded, stopping, lambda: AT, lambda: f"{next(numbers)}")
    run = Apply(plan, account, account.journal, crew)
    outcomes = {outcome.change.id: outcome for outcome in run}
    assert len(outcomes) == len(plan.changes), "each change has exactly one outcome"
    return run, outcomes


def statuses(outcomes: Mapping[str, Outcome]) -> dict[str, str]:
    """What came of every change, in a word."""
    return {name: str(outcome.status) for name, outcome in outcomes.items()}
