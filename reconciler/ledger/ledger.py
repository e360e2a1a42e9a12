"""The ledger while it is open for writing: every step is written to the store first and remembered second."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from types import TracebackType
from typing import Any, Self

from reconciler.engine.model import Address, Binding, Finding, Intent, Tempo, Use
from reconciler.engine.saved import Position
from reconciler.ledger import chain, snapshot, wire
from reconciler.ledger.errors import LedgerError
from reconciler.ledger.heartbeat import Heartbeat
from reconciler.ledger.lease import Lease
from reconciler.ledger.state import State
from reconciler.ledger.store import Hold
from reconciler.ledger.uses import Uses

_STEPS_AT_RISK = 1000
"""How many bindings a power cut may cost at most: each is found again by its natural key."""


class Ledger:
    """Memory and journal of one account, held at any Store; a context manager.

    Safe to use from several threads: what they begin or end at the same time shares one sync. After the first error of
    the store nothing more is written, and every further step raises that error again: what is on the disk stays a
    prefix of what was done. Whoever gets a LedgerError makes no further call. With a `beat` the lease is renewed that
    often by itself.
    """

    def __init__(self, state: State, hold: Hold, beat: timedelta | None = None) -> None:
        self._state = state
        self._hold = hold
        self._steps = Lock()  # guards the state and the order of lines
        self._syncs = Lock()  # taken before _steps, never while holding it
        self._synced = self._folded = state.seq
        self._failure: LedgerError | None = None
        self._closed = False
        self._heart = None if beat is None else Heartbeat(self.renew, beat)

    @property
    def lineage(self) -> str | None:
        """The id that the ledger got at its creation."""
        return self._state.lineage

    @property
    def rebuilt(self) -> datetime | None:
        """When this ledger took the place of a lost one, whose sends it does not remember; None if it never did."""
        return self._state.rebuilt

    @property
    def fresh(self) -> bool:
        """Whether live sends may have been made on behalf of a ledger before this one (see `settle`)."""
        return self._state.fresh

    @property
    def position(self) -> Position:
        """Where it stands now."""
        with self._steps:
            return self._state.position

    @property
    def uses(self) -> Uses:
        """The plans that were put into effect; to be read only."""
        return self._state.uses

    @property
    def tempo(self) -> Tempo | None:
        """How fast the API may be called, as far as that was found out."""
        return self._state.tempo

    @property
    def lease(self) -> Lease:
        """What makes this run the one that may write."""
        return self._hold.lease

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Warnings about the ledger itself, such as a last entry that was cut short."""
        return self._state.findings

    def token(self, address: Address) -> str:
        """The text that stands for `address`: `kind.key`, or `kind.#<keyed hash>` where the key is personal data."""
        return self._state.token(address)

    def of(self, address: Address) -> Binding | None:
        """What is remembered of `address`; the binding's `key` is None where the key is personal data."""
        with self._steps:
            return self._state.of(address)

    def bindings(self) -> tuple[tuple[str, Binding], ...]:
        """Every binding with its token, as of now."""
        with self._steps:
            return self._state.bindings()

    def open_intents(self) -> tuple[Intent, ...]:
        """Intents that were begun and not ended, as of now, oldest first, as they stand in the ledger."""
        with self._steps:
            return self._state.open_intents()

    def begin(self, intent: Intent) -> None:
        """Record `intent` durably: when this returns, neither a kill nor a power cut loses it.

        Raises LedgerError, also if its id is open already; ValueError if its time has no zone.
        """
        with self._step():
            stored = self._state.shielded_intent(intent)
            if stored.id in self._state.begun:
                raise _out_of_order(f"The intent {stored.id} is open already.")
            seq = self._record("begin", wire.dump_intent(stored))
        self._sync(seq)

    def end(self, intent: Intent, result: str, evidence: Mapping[str, str]) -> None:
        """Record durably what came of `intent`, which may come from `open_intents` or be the one that was begun.

        Not for an unknown outcome: that intent stays open. Raises LedgerError, also if the intent is not open.
        """
        with self._step():
            stored = self._state.shielded_intent(intent)
            if stored.id not in self._state.begun:
                raise _out_of_order(f"The intent {stored.id} is not open.")
            data = {"id": stored.id, "result": result, "evidence": self._state.shielded_texts(evidence)}
            seq = self._record("end", data)
        self._sync(seq)

    def bind(self, address: Address, binding: Binding) -> None:
        """Remember `binding` as that of `address`, whose kind and key count; durable with the next begin, end or flush.

        What is remembered already is not written again. Raises LedgerError.
        """
        with self._step():
            token = self._state.token(address)
            data = wire.dump_binding(self._state.shielded_binding(address, binding))
            if self._state.bound.get(token) == wire.load_binding(token, data):
                return
            seq = self._record("bind", {"token": token, "binding": data})
        self._sync_often_enough(seq)

    def forget(self, address: Address) -> None:
        """Drop what is remembered of `address`, if anything; durable as `bind` is. Raises LedgerError."""
        with self._step():
            token = self._state.token(address)
            if token not in self._state.bound:
                return
            seq = self._record("forget", {"token": token})
        self._sync_often_enough(seq)

    def settle(self) -> None:
        """Every declared send is accounted for: what else is live is none of ours.

        Durable as `bind` is. Raises LedgerError.
        """
        with self._step():
            if not self._state.fresh:
                return
            seq = self._record("settle", {})
        self._sync_often_enough(seq)

    def use(self, plan: str, digest: str, at: datetime) -> None:
        """Record durably that `plan` is put into effect at `at`, before its first call (see `Use`).

        Raises LedgerError; ValueError if the time has no zone.
        """
        with self._step():
            seq = self._record("use", wire.dump_use(Use(plan, digest, at, self._state.seq + 1)))
        self._sync(seq)

    def used(self, plan: str) -> None:
        """Record that every change of `plan`, whose use is remembered, was made. Durable as `bind` is.

        Raises LedgerError.
        """
        with self._step():
            use = self._state.uses.of(plan)
            if use is None or use.finished:
                return
            seq = self._record("used", {"plan": plan})
        self._sync_often_enough(seq)

    def learn(self, tempo: Tempo) -> None:
        """Remember how fast the API may be called. Durable as `bind` is. Raises LedgerError."""
        with self._step():
            seq = self._record("tempo", wire.dump_tempo(tempo))
        self._sync_often_enough(seq)

    def flush(self) -> None:
        """Make everything recorded so far durable. Raises LedgerError."""
        with self._steps:
            seq = self._state.seq
        self._sync(seq)

    def renew(self) -> None:
        """Have a whole term of the lease again. A lease that is lost is told at the next step, as every error here."""
        with self._syncs:
            if self._closed or self._failure is not None:
                return
            try:
                self._hold.renew()
            except LedgerError as error:
                if error.finding.rule == "ledger-taken":
                    self._failure = error  # anything else may be over by the next step, which finds out for itself

    def close(self) -> None:
        """Make everything durable, fold the journal into a new snapshot and let others in; more than once is harmless.

        Raises LedgerError if that fails now; an error that was raised before is not raised again.
        """
        if self._heart is not None:
            self._heart.stop()
            self._heart = None
        with self._syncs, self._steps:
            if self._closed:
                return
            self._closed = True
            news = self._failure is None and self._state.seq > self._folded
            self._hold.close(snapshot.dump(self._state) if news else None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _step(self) -> Iterator[None]:
        """One step at a time, and none after an error or the end."""
        with self._steps:
            self._check_usable()
            yield

    def _record(self, op: str, data: Mapping[str, Any]) -> int:
        """Write one entry, then follow it; to be called within a step. Its place in the sequence."""
        seq, before = self._state.seq + 1, self._state.chain
        line, total = chain.encode(seq, before, op, data)
        try:
            self._hold.append(line)
            self._state.follow(chain.Entry(seq, before, op, data, total))
        except LedgerError as error:
            self._failure = error
            raise
        except (
            BaseException
        ):  # Ctrl-C between the two: another entry would get the number that this one has on the disk
            self._failure = _out_of_order("The program was interrupted while it wrote an entry.")
            raise
        return seq

    def _sync(self, seq: int) -> None:
        """Return when entry `seq` is durable: whoever waited while another synced finds the work done."""
        with self._syncs:
            if self._synced >= seq:
                return
            with self._steps:
                self._check_usable()
                latest = self._state.seq
            try:
                self._hold.sync()
            except LedgerError as error:
                self._failure = (
                    error  # never tried again: a second fsync may report success for pages that were dropped
                )
                raise
            self._synced = latest

    def _sync_often_enough(self, seq: int) -> None:
        if seq - self._synced >= _STEPS_AT_RISK:
            self._sync(seq)

    def _check_usable(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._closed:
            raise _out_of_order("It is closed.")


def _out_of_order(reason: str) -> LedgerError:
    return LedgerError(
        "ledger-order", "the ledger cannot take this step", reason, "Run again: the journal says where to go on."
    )
