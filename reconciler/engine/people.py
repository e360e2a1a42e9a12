"""What is remembered of people: who stands for which live contact, as a table of some 50 bytes a person. Pure.

A person is known by a stamp alone: 16 bytes, evenly spread (the ledger's keyed hash of the e-mail address). The table
is sorted by stamp; what changed lately lies beside it, and is merged into it when it is much, or when places are asked
for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from reconciler.engine.bond import STAMP, Bond, Sheet
from reconciler.engine.columns import Table

_MANY: Final = 1 << 13
_SHARE: Final = 32
"""From how many changes on, and from what part of the table on, they are merged: one takes some 300 bytes, and a merge
copies the table."""


class Bonds:
    """The people who are remembered, each once.

    Their *places* are 0 to len-1, in the order of stamps, and hold until something is changed. To be changed from one
    thread at a time, as a dict is.
    """

    __slots__ = ("_count", "_recent", "_table")

    def __init__(self, bonds: Iterable[Bond] = ()) -> None:
        self._table = Table()
        self._recent: dict[bytes, Bond | None] = {}  # None: forgotten
        self._count = 0
        self.update(bonds)

    @classmethod
    def of_sheets(cls, sheets: Iterable[Sheet]) -> Bonds:
        """The bonds of all sheets, whose stamps ascend from the first to the last. Raises ValueError, TypeError."""
        bonds = cls()
        for sheet in sheets:
            bonds._table.add(sheet)
        bonds._count = len(bonds._table)
        return bonds

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Bond]:
        """Everybody, by place."""
        table = self._settled()
        return map(table.bond, range(len(table)))

    def of(self, stamp: bytes) -> Bond | None:
        """What is remembered of one person; changes that lie beside the table are not merged for it."""
        if stamp in self._recent:
            return self._recent[stamp]
        place = self._table.place(stamp)
        return None if place is None else self._table.bond(place)

    def place(self, stamp: bytes) -> int | None:
        """Where the person of this stamp stands."""
        return self._settled().place(stamp)

    def places_of_id(self, live_id: str) -> Iterator[int]:
        """Where everybody stands who is bound to this live contact: more than one when an address was changed.

        No former id counts.
        """
        return self._settled().places_of_id(live_id)

    def stamp(self, place: int) -> bytes:
        """Whose place this is."""
        return self._settled().stamp(place)

    def id(self, place: int) -> str:
        """The live contact's id; empty when nothing live stands for the person any more."""
        return self._settled().id(place)

    def policy(self, place: int) -> str | None:
        """The person's own `ao_remover`, as it was declared last."""
        return self._settled().policy(place)

    def former(self, place: int) -> tuple[str, ...]:
        """Earlier ids, oldest first."""
        return self._settled().former(place)

    def sheets(self, rows: int) -> Iterator[Sheet]:
        """Everybody, by place, so many a sheet."""
        table = self._settled()
        return (table.sheet(begin, min(begin + rows, len(table))) for begin in range(0, len(table), rows))

    def bind(
        self, stamp: bytes, live_id: str, policy: str | None = None, former: tuple[str, ...] = (), seen: int = 0
    ) -> None:
        """Remember this of the person, in the place of what was. Raises ValueError if it is no stamp."""
        if len(stamp) != STAMP:
            raise ValueError(f"a stamp has {STAMP} bytes, not {len(stamp)}")
        if self.of(stamp) is None:
            self._count += 1
        self._change(stamp, Bond(stamp, live_id, policy or None, former, seen))

    def update(self, bonds: Iterable[Bond]) -> None:
        """Bind them all."""
        for bond in bonds:
            self.bind(*bond)

    def forget(self, stamp: bytes) -> None:
        """Remember nothing of the person."""
        if self.of(stamp) is not None:
            self._count -= 1
            self._change(stamp, None)

    def copy(self) -> Bonds:
        """The same people, to be changed apart from these; what is alike is held once."""
        table = self._settled()
        copied = Bonds()
        copied._table, copied._count = table, len(table)
        return copied

    @property
    def table(self) -> Table:
        """The people as of now, for whoever asks often; nothing that is changed later changes it."""
        return self._settled()

    def _change(self, stamp: bytes, bond: Bond | None) -> None:
        self._recent[stamp] = bond
        if len(self._recent) >= max(_MANY, len(self._table) // _SHARE):
            self._settled()

    def _settled(self) -> Table:
        """The table with everything in it; a table that was given out is never changed."""
        if self._recent:
            self._table = self._table.merged(self._recent)
            self._recent = {}
        return self._table
