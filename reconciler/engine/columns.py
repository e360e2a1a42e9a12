"""A table of bonds in columns, some 50 bytes each, in the order of their stamps. Pure."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from struct import Struct, iter_unpack
from sys import byteorder
from typing import Final, TypeAlias

from reconciler.engine.bond import STAMP, Bond, Sheet

_WIDEST: Final = 40
_ODD: Final = 255
_HALVES: Final = Struct(">QQ")
_Cut: TypeAlias = tuple[int, int, bool]
"""Where a change goes: the place before which it stands, that from which the rest goes on, whether it puts a row in."""


class Table:
    """Columns, in the order of stamps: both halves of each, what was seen, ids side by side, a code for the policy.

    Who does not fit (earlier ids, an id that is long or not ASCII, a policy beyond 254 others) has the code _ODD, an
    empty id in its column, and stands in `odd`.
    """

    __slots__ = ("_codes", "_highs", "_ids", "_lows", "_odd", "_policies", "_seen", "_slots", "_width")

    def __init__(self, width: int = 1, policies: Iterable[str | None] = (None,)) -> None:
        self._highs, self._lows, self._seen = array("Q"), array("Q"), array("Q")
        self._ids, self._width = bytearray(), width
        self._codes, self._policies = bytearray(), list(policies)
        self._odd: dict[bytes, Bond] = {}
        self._slots: array[int] | None = None

    def __len__(self) -> int:
        return len(self._highs)

    def place(self, stamp: bytes) -> int | None:
        """Where this stamp stands, if it does."""
        high, low = _HALVES.unpack(stamp)
        highs = self._highs
        place = bisect_left(highs, high)
        while place < len(highs) and highs[place] == high:
            if self._lows[place] == low:
                return place
            place += 1
        return None

    def _before(self, stamp: bytes) -> int:
        """How many stamps are lower."""
        high, low = _HALVES.unpack(stamp)
        place = bisect_left(self._highs, high)
        while place < len(self._highs) and self._highs[place] == high and self._lows[place] < low:
            place += 1
        return place

    def stamp(self, place: int) -> bytes:
        """Whose place it is."""
        return _HALVES.pack(self._highs[place], self._lows[place])

    def id(self, place: int) -> str:
        """The live contact's id."""
        if self._codes[place] == _ODD:
            return self._odd[self.stamp(place)].id
        begin = place * self._width
        return self._ids[begin : begin + self._width].rstrip(b"\0").decode("ascii")

    def policy(self, place: int) -> str | None:
        """What is to become of who is no longer declared."""
        code = self._codes[place]
        return self._odd[self.stamp(place)].policy if code == _ODD else self._policies[code]

    def former(self, place: int) -> tuple[str, ...]:
        """Earlier ids, oldest first."""
        return self._odd[self.stamp(place)].former if self._codes[place] == _ODD else ()

    def seen(self, place: int) -> int:
        """A digest of the declaration that the live contact was last known to be as; 0 if none is known."""
        return self._seen[place]

    @property
    def seen_any(self) -> bool:
        """Whether anything is known of how anybody was seen."""
        return any(self._seen)

    def bond(self, place: int) -> Bond:
        """All of it."""
        return Bond(self.stamp(place), self.id(place), self.policy(place), self.former(place), self._seen[place])

    def places_of_id(self, live_id: str) -> Iterator[int]:
        """Where everybody stands who has this id. What finds them is made when it is first asked for."""
        if not live_id:
            return
        slots = self._slots = self._slots or self._by_id()
        slot = hash(self._key(live_id)) % len(slots)
        while found := slots[slot]:
            if self.id(found - 1) == live_id:
                yield found - 1
            slot = (slot + 1) % len(slots)

    def _by_id(self) -> array[int]:
        """Places, counted from 1 (0: free), each at the hash of its id, or at the next free slot after that."""
        size = 2 * len(self) + 1
        slots = array("I", bytes(size * array("I").itemsize))
        for found, (key,) in enumerate(iter_unpack(f"{self._width}s", self._ids), start=1):
            odd = self._codes[found - 1] == _ODD
            slot = hash(self._key(self.id(found - 1)) if odd else key) % size
            while slots[slot]:
                slot = (slot + 1) % size
            slots[slot] = found
        return slots

    def _key(self, live_id: str) -> bytes:
        """An id as it stands in its column, or as it would."""
        return live_id.encode("utf-8", "surrogatepass").ljust(self._width, b"\0")

    def sheet(self, begin: int, end: int) -> Sheet:
        """The people in these places."""
        codes = self._codes[begin:end]
        if any(codes):
            return Sheet.of([self.bond(place) for place in range(begin, end)])
        halves = array("Q", bytes(STAMP * len(codes)))
        halves[::2], halves[1::2] = self._highs[begin:end], self._lows[begin:end]
        if byteorder == "little":
            halves.byteswap()
        width = self._width
        ids = self._ids[begin * width : end * width].decode("ascii")
        seen = self._seen[begin:end]
        cut = [ids[at : at + width].rstrip("\0") for at in range(0, len(ids), width)]
        return Sheet(halves.tobytes(), cut, (), {}, seen if any(seen) else ())

    def add(self, sheet: Sheet) -> None:
        """Go on with a sheet, whose stamps are all higher. Raises ValueError or TypeError if it is none."""
        halves = sheet.halves()
        if self and halves and (self._highs[-1], self._lows[-1]) >= (halves[0], halves[1]):
            raise ValueError("stamps are not in order")
        text = "".join(sheet.ids)
        widest = max(map(len, sheet.ids), default=0)
        if sheet.former or sheet.policies or widest > _WIDEST or not _plain(text):
            for bond in sheet.bonds():
                self._append(bond)
            return
        self._widen(widest)
        self._highs += halves[::2]
        self._lows += halves[1::2]
        self._seen.extend(sheet.seen or array("Q", bytes(8 * len(sheet.ids))))
        self._codes += bytes(len(sheet.ids))
        self._ids += "".join([live_id.ljust(self._width, "\0") for live_id in sheet.ids]).encode("ascii")

    def merged(self, changes: Mapping[bytes, Bond | None]) -> Table:
        """A table with `changes` in it (None takes somebody out); this one stays as it is."""
        cuts: list[_Cut] = []
        for stamp in (order := sorted(changes)):
            place = self._before(stamp)
            there = place < len(self) and self.stamp(place) == stamp
            cuts.append((place, place + there, changes[stamp] is not None))
        fresh = Table(self._width, self._policies)
        fresh.add(Sheet.of([bond for stamp in order if (bond := changes[stamp]) is not None]))
        table = Table(fresh._width, fresh._policies)
        table._highs = array("Q", _spliced(self._highs, fresh._highs, 1, cuts))
        table._lows = array("Q", _spliced(self._lows, fresh._lows, 1, cuts))
        table._seen = array("Q", _spliced(self._seen, fresh._seen, 1, cuts))
        table._codes = _spliced(self._codes, fresh._codes, 1, cuts)
        ids = self._ids if self._width == fresh._width else _padded(self._ids, self._width, fresh._width)
        table._ids = _spliced(ids, fresh._ids, fresh._width, cuts)
        table._odd = {stamp: bond for stamp, bond in self._odd.items() if stamp not in changes} | fresh._odd
        return table

    def _append(self, bond: Bond) -> None:
        """Go on with one person, whose stamp is higher than all others."""
        code = self._code(bond.policy) if _fits(bond) else _ODD
        live_id = "" if code == _ODD else bond.id
        if code == _ODD:
            self._odd[bond.stamp] = bond
        high, low = _HALVES.unpack(bond.stamp)
        self._widen(len(live_id))
        self._highs.append(high)
        self._lows.append(low)
        self._seen.append(bond.seen)
        self._codes.append(code)
        self._ids += self._key(live_id)

    def _code(self, policy: str | None) -> int:
        if policy not in self._policies and len(self._policies) < _ODD:
            self._policies.append(policy)
        return self._policies.index(policy) if policy in self._policies else _ODD

    def _widen(self, width: int) -> None:
        """See to it that the column of ids has room for so many characters."""
        if width > self._width:
            self._ids, self._width = _padded(self._ids, self._width, width), width


def _plain(text: str) -> bool:
    return text.isascii() and "\0" not in text


def _fits(bond: Bond) -> bool:
    """Whether all but the policy has a place in the columns."""
    return not bond.former and len(bond.id) <= _WIDEST and _plain(bond.id)


def _spliced(
    column: array[int] | bytearray, fresh: array[int] | bytearray, unit: int, cuts: Iterable[_Cut]
) -> bytearray:
    """A column with its `fresh` rows, in order, each put in at the cut that takes one; a row has so many items."""
    old, new = memoryview(column), memoryview(fresh)
    parts: list[memoryview] = []
    at = taken = 0
    for place, after, takes in cuts:
        parts.append(old[at * unit : place * unit])
        if takes:
            parts.append(new[taken * unit : (taken + 1) * unit])
            taken += 1
        at = after
    return bytearray().join([*parts, old[at * unit :]])


def _padded(column: bytearray, width: int, wider: int) -> bytearray:
    """A column of texts of one width in another."""
    padded = bytearray(len(column) // width * wider)
    for nth in range(width):
        padded[nth::wider] = column[nth::width]
    return padded
