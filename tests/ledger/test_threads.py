"""The ledger over any store: what it asks of one, when, and from several threads at once."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.engine.model import Action, Address, Binding, Intent
from reconciler.ledger import Claim, FileHome, Lease, Ledger, LedgerError, State, open_ledger, read_ledger
from reconciler.ledger.state import Identity
from reconciler.ledger.store import Text


@dataclass
class Tape:
    """A ledger's place in memory, which counts its syncs and can be told to fail at one of them."""

    fails_at: int = 0
    lease: Lease = field(default_factory=lambda: Claim("maria@maquina", "maquina", 1).lease(1))
    lines: list[bytes] = field(default_factory=list)
    durable: int = 0
    syncs: int = 0
    folds: int = 0
    released: int = 0

    def append(self, line: bytes) -> None:
        """Keep a line."""
        self.lines.append(line)

    def sync(self) -> None:
        """Make lines durable."""
        self.syncs += 1
        if self.syncs == self.fails_at:
            raise LedgerError("ledger-disk", "the tape", "It is torn.", "Mend it.")
        self.durable = len(self.lines)

    def text(self) -> AbstractContextManager[Text]:
        """Nothing but the lines."""
        return nullcontext(Text.held(None, b"".join(self.lines), "snapshot", "tape"))

    def renew(self) -> None:
        """Last a little longer."""

    def fold(self, snapshot: Iterable[bytes]) -> None:
        """Take a snapshot."""
        assert b"".join(snapshot)
        self.folds += 1

    def start_over(self, snapshot: Iterable[bytes], stamp: str) -> str:
        """Begin anew."""
        self.lines.clear()
        self.fold(snapshot)
        return stamp

    def close(self, snapshot: Iterable[bytes] | None) -> None:
        """Let go."""
        if snapshot is not None:
            self.fold(snapshot)
        self.released += 1


def ledger_on(tape: Tape) -> Ledger:
    """A new ledger that is kept on `tape`."""
    identity = Identity("conta", "sandbox", "1" * 32, "2" * 32)
    return Ledger(State(identity), tape)


def intent(number: int) -> Intent:
    """One of many calls."""
    at = datetime(2026, 11, 2, 8, tzinfo=UTC)
    return Intent(f"{number}", Address("envio", f"e{number}"), Action.SCHEDULE, at)


def test_begun_and_ended_are_durable_on_return() -> None:
    """Each is synced before it returns, together with every binding before it."""
    tape = Tape()
    with ledger_on(tape) as ledger:
        for number in range(5):
            ledger.begin(intent(number))
            assert tape.durable == len(tape.lines)
            ledger.bind(intent(number).address, Binding("envio", None, "x"))
            ledger.end(intent(number), "confirmed", {})
            assert tape.durable == len(tape.lines) == 3 * (number + 1)
    assert (tape.folds, tape.released) == (1, 1)


def test_fifty_thousand_bindings_cost_fifty_syncs() -> None:
    """A power cut may cost a thousand bindings, never more; and they are not synced one by one."""
    tape = Tape()
    with ledger_on(tape) as ledger:
        for number in range(50_000):
            ledger.bind(Address("contato", f"c{number}@exemplo.org"), Binding("contato", None, f"{number}"))
            assert len(tape.lines) - tape.durable < 1000
    assert tape.syncs == 50


def test_flush_syncs_only_what_is_not_durable() -> None:
    """Nothing new, no sync."""
    tape = Tape()
    ledger = ledger_on(tape)
    ledger.flush()
    ledger.bind(Address("lista", "a"), Binding("lista", "a", "l1"))
    ledger.flush()
    ledger.flush()
    assert (tape.syncs, tape.durable) == (1, 1)


def test_after_a_failed_sync_nothing_more_is_written() -> None:
    """The error comes again at every step, the sync is never repeated, closing folds nothing but lets others in."""
    tape = Tape(fails_at=2)
    ledger = ledger_on(tape)
    ledger.begin(intent(1))
    steps = [
        lambda: ledger.end(intent(1), "confirmed", {}),
        lambda: ledger.begin(intent(2)),
        lambda: ledger.bind(intent(1).address, Binding("envio", "e1", "x")),
        lambda: ledger.forget(intent(1).address),
        lambda: ledger.announce([Address("contato", "a@exemplo.org")]),
        lambda: ledger.withdraw([Address("contato", "a@exemplo.org")]),
        ledger.flush,
    ]
    for step in steps:
        with pytest.raises(LedgerError, match="It is torn"):
            step()
    ledger.close()
    assert (tape.syncs, len(tape.lines), tape.folds, tape.released) == (2, 2, 0, 1)


def test_an_interrupted_step_is_the_last(tmp_path: Path) -> None:
    """Ctrl-C inside the store: no later entry takes the number of the one that may be on the disk."""

    class Interrupted(Tape):
        def append(self, line: bytes) -> None:
            super().append(line)
            if len(self.lines) == 2:
                raise KeyboardInterrupt

    tape = Interrupted()
    ledger = ledger_on(tape)
    ledger.begin(intent(1))
    with pytest.raises(KeyboardInterrupt):
        ledger.begin(intent(2))
    with pytest.raises(LedgerError, match="interrupted"):
        ledger.begin(intent(3))
    ledger.close()
    assert (len(tape.lines), tape.folds) == (2, 0)
    with open_ledger(FileHome(tmp_path / "x.json"), account="conta", origin="sandbox") as fresh:
        assert fresh.open_intents() == ()


def test_threads_share_one_journal(tmp_path: Path) -> None:
    """Eight threads at once: every line follows from the one before, and every step is there."""
    path = FileHome(tmp_path / "conta.json")
    ledger = open_ledger(path, account="conta", origin="sandbox")

    def work(thread: int) -> None:
        for number in range(thread, 400, 8):
            ledger.begin(intent(number))
            assert f"{number}" in {left.id for left in ledger.open_intents()}
            ledger.bind(intent(number).address, Binding("envio", None, f"{number}"))
            if number % 10:
                ledger.end(intent(number), "confirmed", {"id": f"{number}"})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    unfolded = read_ledger(path, account="conta", origin="sandbox")
    ledger.close()
    folded = read_ledger(path, account="conta", origin="sandbox")
    for memory in (unfolded, folded):
        assert {left.id for left in memory.open_intents()} == {f"{number}" for number in range(0, 400, 10)}
        assert len(list(memory.bindings())) == 400
