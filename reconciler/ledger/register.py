"""People in the ledger while it is open for writing: who is bound, and how they were seen, thousands at a time."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

from reconciler.engine.bond import Bond, Sheet
from reconciler.engine.sight import Embeds, Sight
from reconciler.ledger import wire
from reconciler.ledger.scribe import Scribe
from reconciler.ledger.seen import dump_embeds, dump_sight

_AT_ONCE: Final = 4096
"""So many people stand in one entry at most."""
_ENTRIES: Final = 32
"""After so many entries of people they are made durable: a store that writes no sooner holds them in memory."""


class Register:
    """What is written down of people. Every step raises LedgerError, and is durable with the next that is made so."""

    def __init__(self, scribe: Scribe) -> None:
        self._scribe = scribe

    @property
    def sight(self) -> Sight:
        """Under which meanings the digests of people hold."""
        with self._scribe.still() as state:
            return state.sight

    def bind(self, bonds: Iterable[Bond]) -> None:
        """Remember these people, taken one by one and written down some thousands at once.

        What is remembered already is not written again.
        """
        rest, written = iter(bonds), 0
        while some := {bond.stamp: bond for bond in islice(rest, _AT_ONCE)}:
            with self._scribe.step() as state:
                known = {stamp for stamp, bond in some.items() if state.people.of(stamp) == bond}
                news = [some[stamp] for stamp in sorted(some.keys() - (known - state.announced))]
                if not news:
                    continue
                seq = self._scribe.record("people", wire.dump_sheet(Sheet.of(news)))
            written += 1
            if written % _ENTRIES == 0:
                self._scribe.sync(seq)
            else:
                self._scribe.sync_often_enough(seq)

    def vouch(self, seen: Iterable[tuple[bytes, int]]) -> None:
        """Take these digests for those of the people with these stamps; who is not remembered is passed over."""
        with self._scribe.still() as state:
            known = [(state.people.of(stamp), digest) for stamp, digest in seen]
        self.bind(bond._replace(seen=digest) for bond, digest in known if bond is not None)

    def doubt(self, stamps: Iterable[bytes]) -> None:
        """Of the people with these stamps it is not known any more how they are. Durable when it returns."""
        with self._scribe.still() as state:
            before = state.seq
        self.vouch((stamp, 0) for stamp in stamps)
        with self._scribe.still() as state:
            after = state.seq
        if after > before:
            self._scribe.sync(after)

    def see(self, sight: Sight) -> None:
        """Digests of people hold from now on under this sight."""
        with self._scribe.step() as state:
            if state.sight == sight:
                return
            seq = self._scribe.record("sight", dump_sight(sight))
        self._scribe.sync_often_enough(seq)

    def carries(self, embeds: Embeds) -> None:
        """Remember what the listing of people carries."""
        with self._scribe.step() as state:
            if state.embeds == embeds:
                return
            seq = self._scribe.record("embeds", dump_embeds(embeds))
        self._scribe.sync_often_enough(seq)
