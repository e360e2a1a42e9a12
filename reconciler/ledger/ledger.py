"""The ledger while it is open for writing: every step is written to the store first and remembered second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from reconciler.engine.bond import Bond
from reconciler.engine.model import Address, Binding, Finding, Intent, Tempo, Use
from reconciler.engine.people import Bonds
from reconciler.engine.saved import Position
from reconciler.engine.sight import Embeds, Sight
from reconciler.ledger import wire
from reconciler.ledger.heartbeat import Heartbeat
from reconciler.ledger.lease import Lease
from reconciler.ledger.register import Register
from reconciler.ledger.scribe import Scribe, out_of_order
from reconciler.ledger.state import State
from reconciler.ledger.store import Hold
from reconciler.ledger.uses import Uses


class Ledger:
    """Memory and journal of one account, held at any Store; a context manager.

    Safe to use from several threads: what they begin or end at the same time shares one sync. After the first error of
    the store nothing more is written, and every further step raises that error again: what is on the disk stays a
    prefix of what was done. Whoever gets a LedgerError makes no further call. With a `beat` the lease is renewed that
    often by itself. `register` is where people are written down, and how they were seen.
    """

    def __init__(self, state: State, hold: Hold, beat: timedelta | None = None) -> None:
        self._state = state
        self._scribe = Scribe(state, hold)
        self.register = Register(self._scribe)
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
        with self._scribe.still():
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
    def sight(self) -> Sight:
        """Under which meanings the digests of people hold."""
        return self._state.sight

    @property
    def embeds(self) -> Embeds | None:
        """What the listing of people was found to carry, if that was found out."""
        return self._state.embeds

    @property
    def lease(self) -> Lease:
        """What makes this run the one that may write."""
        return self._scribe.hold.lease

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Warnings about the ledger itself, such as a last entry that was cut short."""
        return self._state.findings

    def token(self, address: Address) -> str:
        """The text that stands for `address`: `kind.key`, or `kind.#<keyed hash>` where the key is personal data."""
        return self._state.token(address)

    def of(self, address: Address) -> Binding | None:
        """What is remembered of `address`; the binding's `key` is None where the key is personal data."""
        with self._scribe.still():
            return self._state.of(address)

    def bindings(self, kind: str = "") -> Iterator[tuple[str, Binding]]:
        """Every binding of `kind` (empty: of every kind) with its token, as of now."""
        with self._scribe.still():
            now = self._state.copy()
        return now.bindings(kind)

    @property
    def people(self) -> Bonds:
        """What is remembered of people, as of now."""
        with self._scribe.still():
            return self._state.people.copy()

    def stamp(self, email: str) -> bytes:
        """What stands for the person of this address, which is in lower case."""
        return self._state.stamp(email)

    def open_intents(self) -> tuple[Intent, ...]:
        """Intents that were begun and not ended, as of now, oldest first, as they stand in the ledger."""
        with self._scribe.still():
            return self._state.open_intents()

    def begin(self, intent: Intent) -> None:
        """Record `intent` durably: when this returns, neither a kill nor a power cut loses it.

        Raises LedgerError, also if its id is open already; ValueError if its time has no zone.
        """
        with self._scribe.step():
            stored = self._state.shielded_intent(intent)
            if stored.id in self._state.begun:
                raise out_of_order(f"The intent {stored.id} is open already.")
            seq = self._scribe.record("begin", wire.dump_intent(stored))
        self._scribe.sync(seq)

    def end(self, intent: Intent, result: str, evidence: Mapping[str, str]) -> None:
        """Record durably what came of `intent`, which may come from `open_intents` or be the one that was begun.

        Not for an unknown outcome: that intent stays open. Raises LedgerError, also if the intent is not open.
        """
        with self._scribe.step():
            stored = self._state.shielded_intent(intent)
            if stored.id not in self._state.begun:
                raise out_of_order(f"The intent {stored.id} is not open.")
            data = {"id": stored.id, "result": result, "evidence": self._state.shielded_texts(evidence)}
            seq = self._scribe.record("end", data)
        self._scribe.sync(seq)

    def bind(self, address: Address, binding: Binding) -> None:
        """Remember `binding` as that of `address`, whose kind and key count; durable with the next begin, end or flush.

        What is remembered already is not written again. Raises LedgerError.
        """
        if address.kind == wire.PERSON:
            self.bind_people([self._bond(address, binding)])
            return
        with self._scribe.step():
            token = self._state.token(address)
            data = wire.dump_binding(binding)
            if self._state.of(address) == wire.load_binding(token, data):
                return
            seq = self._scribe.record("bind", {"token": token, "binding": data})
        self._scribe.sync_often_enough(seq)

    def bind_all(self, bindings: Iterable[tuple[Address, Binding]]) -> None:
        """As `bind` does with each, but people are written down many at once. Raises LedgerError."""
        people: list[Bond] = []
        for address, binding in bindings:
            if address.kind == wire.PERSON:
                bond = self._bond(address, binding)
                known = self._state.people.of(bond.stamp)
                same = known is not None and known.id == bond.id
                people.append(bond._replace(seen=known.seen) if known is not None and same else bond)
            else:
                self.bind(address, binding)
        self.bind_people(people)

    def _bond(self, address: Address, binding: Binding) -> Bond:
        """What is kept of a person: no key, and no hash of any field."""
        return Bond(self._state.stamp_of(address), binding.id, binding.on_removal or None, binding.former_ids)

    def bind_people(self, bonds: Iterable[Bond]) -> None:
        """Remember these people, taken one by one and written down some thousands at once; durable as `bind` is.

        What is remembered already is not written again. Raises LedgerError.
        """
        self.register.bind(bonds)

    @property
    def announced(self) -> frozenset[bytes]:
        """The stamps of people who may have been created, and are not bound, as of now."""
        with self._scribe.still():
            return frozenset(self._state.announced)

    def announce(self, addresses: Sequence[Address]) -> None:
        """Record durably, in one entry, that these people may be created from now on; to be bound once they are.

        Raises LedgerError.
        """
        stamps = {self._state.stamp_of(address) for address in addresses}
        if not stamps:
            return
        with self._scribe.step():
            seq = self._scribe.record("announce", {"stamps": wire.dump_stamps(stamps)})
        self._scribe.sync(seq)

    def withdraw(self, addresses: Sequence[Address]) -> None:
        """Of what was announced, these were not created, and will not be. Durable as `bind` is. Raises LedgerError."""
        self.withdraw_stamps(self._state.stamp_of(address) for address in addresses)

    def withdraw_stamps(self, stamps: Iterable[bytes]) -> None:
        """As `withdraw`, of people by their stamps."""
        with self._scribe.step() as state:
            gone = state.announced.intersection(stamps)
            if not gone:
                return
            seq = self._scribe.record("withdraw", {"stamps": wire.dump_stamps(gone)})
        self._scribe.sync_often_enough(seq)

    def forget(self, address: Address) -> None:
        """Drop what is remembered of `address`, if anything; durable as `bind` is. Raises LedgerError."""
        with self._scribe.step():
            if self._state.of(address) is None:
                return
            seq = self._scribe.record("forget", {"token": self._state.token(address)})
        self._scribe.sync_often_enough(seq)

    def settle(self) -> None:
        """Every declared send is accounted for: what else is live is none of ours.

        Durable as `bind` is. Raises LedgerError.
        """
        with self._scribe.step():
            if not self._state.fresh:
                return
            seq = self._scribe.record("settle", {})
        self._scribe.sync_often_enough(seq)

    def use(self, plan: str, digest: str, at: datetime) -> None:
        """Record durably that `plan` is put into effect at `at`, before its first call (see `Use`).

        Raises LedgerError; ValueError if the time has no zone.
        """
        with self._scribe.step():
            seq = self._scribe.record("use", wire.dump_use(Use(plan, digest, at, self._state.seq + 1)))
        self._scribe.sync(seq)

    def used(self, plan: str) -> None:
        """Record that every change of `plan`, whose use is remembered, was made. Durable as `bind` is.

        Raises LedgerError.
        """
        with self._scribe.step():
            use = self._state.uses.of(plan)
            if use is None or use.finished:
                return
            seq = self._scribe.record("used", {"plan": plan})
        self._scribe.sync_often_enough(seq)

    def learn(self, tempo: Tempo) -> None:
        """Remember how fast the API may be called. Durable as `bind` is. Raises LedgerError."""
        with self._scribe.step():
            seq = self._scribe.record("tempo", wire.dump_tempo(tempo))
        self._scribe.sync_often_enough(seq)

    def flush(self) -> None:
        """Make everything recorded so far durable. Raises LedgerError."""
        with self._scribe.still():
            seq = self._state.seq
        self._scribe.sync(seq)

    def renew(self) -> None:
        """Have a whole term of the lease again. A lease that is lost is told at the next step, as every error here."""
        self._scribe.renew()

    def close(self) -> None:
        """Make everything durable, fold the journal into a new snapshot and let others in; more than once is harmless.

        Raises LedgerError if that fails now; an error that was raised before is not raised again.
        """
        if self._heart is not None:
            self._heart.stop()
            self._heart = None
        self._scribe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
