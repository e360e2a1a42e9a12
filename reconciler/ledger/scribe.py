"""How a ledger's entries come to stand in its store: one after the other, and durably where that is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final

from reconciler.ledger import chain, snapshot
from reconciler.ledger.errors import LedgerError
from reconciler.ledger.state import State
from reconciler.ledger.store import Hold

_STEPS_AT_RISK: Final = 1000
"""How many entries that were not asked to be durable a power cut may cost at most: what they bind is found again."""


class Scribe:
    """Writes to a Hold, and keeps the state abreast of it.

    After the first error of the store nothing more is written, and every further step raises that error again: what is
    on the disk stays a prefix of what was done.
    """

    def __init__(self, state: State, hold: Hold) -> None:
        self.state = state
        self.hold = hold
        self._steps = Lock()  # guards the state and the order of lines
        self._syncs = Lock()  # taken before _steps, never while holding it
        self._synced = self._folded = state.seq
        self._failure: LedgerError | None = None
        self._closed = False

    @contextmanager
    def still(self) -> Iterator[State]:
        """The state, while nothing changes it; also after an error, and after the end."""
        with self._steps:
            yield self.state

    @contextmanager
    def step(self) -> Iterator[State]:
        """One step at a time, and none after an error or the end."""
        with self._steps:
            self._check_usable()
            yield self.state

    def record(self, op: str, data: Mapping[str, Any]) -> int:
        """Write one entry, then follow it; to be called within a step. Its place in the sequence."""
        seq, before = self.state.seq + 1, self.state.chain
        line, total = chain.encode(seq, before, op, data)
        try:
            self.hold.append(line)
            self.state.follow(chain.Entry(seq, before, op, data, total))
        except LedgerError as error:
            self._failure = error
            raise
        except (
            BaseException
        ):  # Ctrl-C between the two: another entry would get the number that this one has on the disk
            self._failure = out_of_order("The program was interrupted while it wrote an entry.")
            raise
        return seq

    def sync(self, seq: int) -> None:
        """Return when entry `seq` is durable: whoever waited while another synced finds the work done."""
        with self._syncs:
            if self._synced >= seq:
                return
            with self._steps:
                self._check_usable()
                latest = self.state.seq
            try:
                self.hold.sync()
            except LedgerError as error:
                self._failure = (
                    error  # never tried again: a second fsync may report success for pages that were dropped
                )
                raise
            self._synced = latest

    def sync_often_enough(self, seq: int) -> None:
        """See to it that entry `seq` is durable before long."""
        if seq - self._synced >= _STEPS_AT_RISK:
            self.sync(seq)

    def renew(self) -> None:
        """Have a whole term of the lease again. A lease that is lost is told at the next step, as every error here."""
        with self._syncs:
            if self._closed or self._failure is not None:
                return
            try:
                self.hold.renew()
            except LedgerError as error:
                if error.finding.rule == "ledger-taken":
                    self._failure = error  # anything else may be over by the next step, which finds out for itself

    def close(self) -> None:
        """Fold everything into a new snapshot and let others in, unless that was done, or an error came before."""
        with self._syncs, self._steps:
            if self._closed:
                return
            self._closed = True
            news = self._failure is None and self.state.seq > self._folded
            self.hold.close(snapshot.dump(self.state) if news else None)

    def _check_usable(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._closed:
            raise out_of_order("It is closed.")


def out_of_order(reason: str) -> LedgerError:
    """The error for a step that cannot follow from the steps before."""
    return LedgerError(
        "ledger-order", "the ledger cannot take this step", reason, "Run again: the journal says where to go on."
    )
