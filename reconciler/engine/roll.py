"""The declared people as a table: who is declared and a digest of what is, some 50 bytes each. Pure.

A million people as objects take gigabytes, and nearly all of them are just as declared. So a row of the table only says
whom it is about (a *mark*, 16 bytes of hashes of the e-mail), what it declares (a *digest*), which fields those are (a
*shape*, of which there are few), and where it stands. The few rows that differ from the account are read again from
where they stand, and become a Declared then.

Rows are numbered in the order of their sources: a row's number is its place. A mark is looked up in an open-addressed
table of places, two thirds full: half the time of a bisection, and no sorting. Marks and digests are Python's own hash,
of the e-mail in two forms and of a tuple of texts, which is keyed with a secret of the process: they mean nothing
outside of it, and take a quarter of the time of any other. What the ledger knows people by has to mean the same for
years, so the two meet at a live row alone, whose e-mail gives the one as well as the other.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from copy import copy
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from marshal import dumps
from sys import byteorder
from typing import Any, Final, TypeAlias

from reconciler.engine.model import Declared, Finding, Place, Severity
from reconciler.engine.rows import FIELDS, LINE_BITS, MAX_LINE, Origin, Position, Rows, Shape

__all__ = ["FIELDS", "Enrolment", "Origin", "Position", "Roll", "RowChangedError", "Said", "Shape"]

Hash: TypeAlias = Callable[[str], int]
"""64 signed bits of a text, evenly spread."""

Said: TypeAlias = tuple[str, int, tuple[Any, ...]]
"""What a row says: the e-mail in lower case, the number of its shape, and what `canonical` gives for it."""

_other: Final[Callable[[str], str]] = "@".__add__
"""The form of an e-mail of which the second half of its mark is the hash."""

_AT_ONCE: Final = 1024


def canonical(shape: Shape, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """What `values` say of the fields of `shape`, in one form for declared and live people alike.

    Two people are as one to the decisions about contatos if and only if these are equal: `listas` (keys) in order,
    values of `campos` (by key) without spaces round them, and an absent one as good as an empty one.
    """
    found: list[Any] = []
    for name in shape.fields:
        if name == "campos":
            texts = values.get("campos") or {}
            found.extend([texts[key].strip() if key in texts else "" for key in shape.campos])
        elif name == "listas":
            found.append(tuple(sorted(values.get("listas") or ())))
        else:
            found.append(values.get(name))
    return tuple(found)


def digest(shape: Shape, values: Mapping[str, Any]) -> int:
    """64 bits of what `values` say of the fields of `shape`; equal for equal ones within this process."""
    return hash(canonical(shape, values))


class RowChangedError(Exception):
    """A row is no longer what it was when its file was read; `finding` says which."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.summary)
        self.finding = finding


class Roll:
    """Everybody who is declared, by place. Made by an Enrolment, or from Declared objects in memory by `of`.

    `special` are the few, by place, about whom mark and digest do not say all: they are pinned to an id, had another
    e-mail, or have a policy or rules of their own.
    """

    def __init__(self, rows: Rows, hashed: Hash) -> None:
        self.special: Mapping[int, Declared] = rows.special
        self._hash = hashed
        self._rows = rows
        self._highs, self._lows = rows.highs, rows.lows
        self._slots = array("I", bytes(4 * (len(rows) * 3 // 2 + 1)))
        self._repeats = array("I")
        self._index()

    @classmethod
    def of(cls, declared: Iterable[Declared], hashed: Hash = hash) -> Roll:
        """The roll of some people who are objects already."""
        enrolment, held = Enrolment(hashed), tuple(declared)
        enrolment.begin(_Held(held))
        for index, item in enumerate(held):
            enrolment.add_person(item, (index, item.place.line & MAX_LINE))
        return enrolment.close()

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[int]:
        """Every place, in the order of the sources."""
        return iter(range(len(self)))

    @property
    def repeats(self) -> Iterator[tuple[int, int]]:
        """Rows about somebody about whom there is one before: (place, the first one's place), in order."""
        pairs = iter(self._repeats)
        return zip(pairs, pairs, strict=True)

    @property
    def shapes(self) -> Sequence[Shape]:
        """Every shape that a row has, each once."""
        return self._rows.shapes

    def place(self, email: str) -> int | None:
        """The place of the one with this e-mail, which is in lower case; None if that one is not declared."""
        high, slots = self._hash(email), self._slots
        slot = high % len(slots)
        while found := slots[slot]:
            if self._highs[found - 1] == high and self._lows[found - 1] == self._hash(_other(email)):
                return found - 1
            slot = (slot + 1) % len(slots)
        return None

    def find(self, email: str) -> int | None:
        """The place of the one with this e-mail, in any case; None if that one is not declared."""
        return self.place(email.lower())

    @property
    def digests(self) -> Sequence[int]:
        """By place, the digest of what is declared there, under its shape."""
        return self._rows.digests

    @property
    def shape_of(self) -> Sequence[int]:
        """By place, which of `shapes` it is."""
        return self._rows.shape_of

    def said(self, place: int) -> int:
        """64 bits of who is declared at a place, and how: the same in every process."""
        return self._rows.said[place]

    def shape(self, place: int) -> Shape:
        """Which fields are declared at a place."""
        return self._rows.shapes[self._rows.shape_of[place]]

    def declared(self, place: int) -> Declared:
        """The one at a place, read again. Raises RowChangedError."""
        with closing(self.read((place,))) as found:
            return next(found)

    def read(self, places: Iterable[int]) -> Generator[Declared, None, None]:
        """Those at some places, read again: each source is opened once for places that follow each other in it.

        Raises RowChangedError when a row is not the one that was enrolled.
        """
        for number, group in groupby(places, self._rows.source_of):
            origin, wanted = self._rows.origins[number], tuple(group)
            for place, item in zip(wanted, origin.read(map(self._rows.position, wanted)), strict=True):
                yield self.special.get(place) or self._verified(place, item)

    def singled_out(self, place: int, item: Declared) -> Roll:
        """The same roll, but that the one at a place is `item`, and special."""
        roll = copy(self)
        roll.special = {**self.special, place: item}
        return roll

    @property
    def fingerprint(self) -> str:
        """What all rows say, whatever their order, in a few letters: the same in every process."""
        return f"{sum(self._rows.said):x}"

    def where(self, place: int) -> tuple[Origin, tuple[int, int]]:
        """Where the one at a place stands: the source, and the offset and the line in it."""
        return self._rows.origins[self._rows.source_of(place)], self._rows.position(place)

    def changed(self, place: int) -> RowChangedError:
        """Says that the row of the one at a place is not what it was."""
        origin, (_, line) = self.where(place)
        return RowChangedError(
            Finding(
                Severity.ERROR,
                "file-changed",
                f"{origin.name} changed while it was read",
                "a contato that stood here is not here any more, or says something else",
                "run it again, and let nothing write the file meanwhile",
                Place(origin.name, line, 1),
            )
        )

    def _verified(self, place: int, item: Declared | None) -> Declared:
        if item is None or digest(self.shape(place), item.fields) != self.digests[place]:
            raise self.changed(place)
        email = item.address.key
        if (self._hash(email), self._hash(_other(email))) != (self._highs[place], self._lows[place]):
            raise self.changed(place)
        return item

    def _index(self) -> None:
        """Put every place where its mark says; who comes a second time stays out, and is noted."""
        highs, lows, slots = self._highs, self._lows, self._slots
        size = len(slots)
        for place, high in enumerate(highs):
            slot = high % size
            while other := slots[slot]:
                if highs[other - 1] == high and lows[other - 1] == lows[place]:
                    self._repeats.extend((place, other - 1))
                    break
                slot = (slot + 1) % size
            else:
                slots[slot] = place + 1


class Enrolment:
    """A roll in the making: sources one after the other, and the rows of each in turn, some hundreds at a time."""

    def __init__(self, hashed: Hash = hash) -> None:
        self._hash = hashed
        self._rows = Rows()
        self._numbers: dict[Shape, int] = {}
        self._names: list[bytes] = []
        self._waiting: list[tuple[Position, Said]] = []

    def __len__(self) -> int:
        return len(self._rows) + len(self._waiting)

    def begin(self, origin: Origin) -> None:
        """What is added from now on stands in `origin`."""
        self._rows.origins.append(origin)
        self._rows.starts.append(len(self))

    def shape(self, shape: Shape) -> int:
        """The number of a shape, to add rows with."""
        number = self._numbers.setdefault(shape, len(self._numbers))
        if number == len(self._names):
            self._rows.add_shape(shape)
            self._names.append(blake2b(repr(shape).encode("utf-8", "surrogatepass"), digest_size=8).digest())
        return number

    def add(self, rows: Iterable[tuple[Position, Said]]) -> None:
        """Some rows: where each stands, and what it says."""
        self._waiting += rows
        if len(self._waiting) >= _AT_ONCE:
            self._enrol()

    def add_person(self, item: Declared, position: Position) -> None:
        """One row that is an object already; it is kept if mark and digest do not say all about it."""
        shape = Shape.of(item.fields)
        if item.id or item.former or item.on_removal or item.rules:
            self._rows.special[len(self)] = item
        self.add([(position, (item.address.key, self.shape(shape), canonical(shape, item.fields)))])

    def close(self) -> Roll:
        """The roll of all that was added; nothing may be added any more."""
        self._enrol()
        self._rows.trim()
        return Roll(self._rows, self._hash)

    def _enrol(self) -> None:
        """Put what is waiting into the columns: one after the other takes half as long as row by row."""
        if not self._waiting:
            return
        rows, (positions, said) = self._rows, zip(*self._waiting, strict=True)
        self._waiting = []
        emails, shapes, values = zip(*said, strict=True)
        rows.highs.extend(map(self._hash, emails))
        rows.lows.extend(map(self._hash, map(_other, emails)))
        rows.digests.extend(map(hash, values))
        rows.shape_of.extend(shapes)
        rows.positions.extend([offset << LINE_BITS | line for offset, line in positions])
        # The first format of marshal: equal bytes for equal texts.
        told = zip(map(self._names.__getitem__, shapes), emails, values, strict=True)
        hashes = array("Q", b"".join([blake2b(dumps(each, 0), digest_size=8).digest() for each in told]))
        if byteorder == "little":
            hashes.byteswap()
        rows.said += hashes


@dataclass(frozen=True, slots=True)
class _Held:
    """People who are objects already."""

    people: tuple[Declared, ...]

    @property
    def name(self) -> str:
        return self.people[0].place.file if self.people else ""

    def read(self, positions: Iterable[tuple[int, int]]) -> Iterator[Declared | None]:
        for index, _ in positions:
            yield self.people[index]
