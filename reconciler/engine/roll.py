"""The declared people as a table: who is declared and a digest of what is, some 50 bytes each. Pure.

A million people as objects take gigabytes, and nearly all of them are just as declared. So a row of the table only says
whom it is about (a *stamp*, 16 bytes of a keyed hash of the e-mail), what it declares (a *digest*), which fields those
are (a *shape*, of which there are few), and where it stands. The few rows that differ from the account are read again
from where they stand, and become a Declared then.

Rows are numbered in the order of their sources: a row's number is its place. A stamp is looked up in an open-addressed
table of places, two thirds full: half the time of a bisection, and no sorting. Digests are Python's own hash of a tuple
of texts, which is keyed with a secret of the process: they mean nothing outside of it. Nor do stamps need to: the roll
is made before a ledger is opened (only the workspace says where that is), so its stamps are made with whatever function
it is given (`stamp_of`), and both sides meet at a live row, whose e-mail gives the one stamp as well as the other.
"""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from copy import copy
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from typing import Any, TypeAlias

from reconciler.engine.model import Declared, Finding, Place, Severity
from reconciler.engine.rows import FIELDS, LINE_BITS, MAX_LINE, PAIR, Origin, Rows, Shape

__all__ = ["FIELDS", "Enrolment", "Origin", "Roll", "RowChangedError", "Shape", "canonical", "digest"]

Stamp: TypeAlias = Callable[[str], bytes]
"""An e-mail in lower case → 16 bytes that no other e-mail has."""


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

    `stamp_of` is the hash that the stamps are made with. `special` are the few, by place, about whom stamp and digest
    do not say all: they are pinned to an id, had another e-mail, or have a policy or rules of their own.
    """

    def __init__(self, rows: Rows, stamp_of: Stamp) -> None:
        self.stamp_of = stamp_of
        self.special: Mapping[int, Declared] = rows.special
        self._rows = rows
        self._stamps = memoryview(rows.stamps).cast("Q")
        self._slots = array("I", bytes(4 * (len(rows) * 3 // 2 + 1)))
        self._repeats = array("I")
        self._index()

    @classmethod
    def of(cls, declared: Iterable[Declared], stamp_of: Stamp) -> Roll:
        """The roll of some people who are objects already."""
        enrolment, held = Enrolment(stamp_of), tuple(declared)
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
    def shapes(self) -> tuple[Shape, ...]:
        """Every shape that a row has, each once."""
        return tuple(self._rows.shapes)

    def place(self, stamp: bytes) -> int | None:
        """The place of the one with this stamp; None if that one is not declared."""
        pair: tuple[int, int] = PAIR.unpack(stamp)
        high, low = pair
        stamps, slots = self._stamps, self._slots
        slot = high % len(slots)
        while found := slots[slot]:
            if stamps[2 * found - 2] == high and stamps[2 * found - 1] == low:
                return found - 1
            slot = (slot + 1) % len(slots)
        return None

    def find(self, email: str) -> int | None:
        """The place of the one with this e-mail, in any case; None if that one is not declared."""
        return self.place(self.stamp_of(email.lower()))

    def stamp(self, place: int) -> bytes:
        """The stamp of the one at a place."""
        return self._rows.stamp(place)

    def digest(self, place: int) -> int:
        """The digest of what is declared at a place, under its shape."""
        return self._rows.digests[place]

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
        if (
            item is None
            or self.stamp_of(item.address.key) != self.stamp(place)
            or digest(self.shape(place), item.fields) != self.digest(place)
        ):
            raise self.changed(place)
        return item

    def _index(self) -> None:
        """Put every place where its stamp says; who comes a second time stays out, and is noted."""
        stamps, slots = self._stamps, self._slots
        size = len(slots)
        for place, high in enumerate(stamps[::2]):
            slot = high % size
            while other := slots[slot]:
                if stamps[2 * other - 2] == high and stamps[2 * other - 1] == stamps[2 * place + 1]:
                    self._repeats.extend((place, other - 1))
                    break
                slot = (slot + 1) % size
            else:
                slots[slot] = place + 1


class Enrolment:
    """A roll in the making: sources one after the other, and the rows of each in turn."""

    def __init__(self, stamp_of: Stamp) -> None:
        self.stamp_of = stamp_of
        self._rows = Rows()
        self._numbers: dict[Shape, int] = {}
        self._begun: list[blake2b] = []

    def __len__(self) -> int:
        return len(self._rows)

    def begin(self, origin: Origin) -> None:
        """What is added from now on stands in `origin`."""
        self._rows.origins.append(origin)
        self._rows.starts.append(len(self))

    def shape(self, shape: Shape) -> int:
        """The number of a shape, to add rows with."""
        number = self._numbers.setdefault(shape, len(self._numbers))
        if number == len(self._rows.shapes):
            self._rows.add_shape(shape)
            self._begun.append(blake2b(repr(shape).encode("utf-8", "surrogatepass"), digest_size=8))
        return number

    def add(self, email: str, shape: int, values: tuple[Any, ...], position: tuple[int, int]) -> None:
        """One row: the e-mail in lower case, the shape's number, what `canonical` gives for it, and (offset, line)."""
        rows = self._rows
        rows.stamps += self.stamp_of(email)
        rows.digests.append(hash(values))
        rows.shape_of.append(shape)
        rows.positions.append(position[0] << LINE_BITS | position[1])
        said = self._begun[shape].copy()
        said.update(marshal.dumps((email, *values), 0))  # its first format: equal bytes for equal texts
        rows.said.append(int.from_bytes(said.digest()))

    def add_person(self, item: Declared, position: tuple[int, int]) -> None:
        """One row that is an object already; it is kept if stamp and digest do not say all about it."""
        shape = Shape.of(item.fields)
        self.add(item.address.key, self.shape(shape), canonical(shape, item.fields), position)
        if item.id or item.former or item.on_removal or item.rules:
            self._rows.special[len(self) - 1] = item

    def close(self) -> Roll:
        """The roll of all that was added; nothing may be added any more."""
        self._rows.trim()
        return Roll(self._rows, self.stamp_of)


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
