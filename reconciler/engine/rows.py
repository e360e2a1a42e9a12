"""The columns in which a roll holds its rows, the shapes that they share, and where they came from. Pure."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from reconciler.engine.model import Declared

FIELDS: Final = ("nome", "sexo", "data_de_nascimento", "ativo", "listas", "campos")
"""What a row may declare of a person, in the order of a digest's values. The e-mail is what the row is known by."""

LINE_BITS: Final = 26
MAX_LINE: Final = (1 << LINE_BITS) - 1
MAX_OFFSET: Final = (1 << (64 - LINE_BITS)) - 1
"""A row's line and its offset share 64 bits: files of up to 67 million lines and 256 GiB."""


Position: TypeAlias = tuple[int, int]
"""Offset in bytes, and line."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Which fields a row declares: names out of FIELDS in that order, and the keys of its `campos`, sorted."""

    fields: tuple[str, ...]
    campos: tuple[str, ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Shape:
        """The shape of a Declared's fields."""
        return cls(tuple(name for name in FIELDS if name in values), tuple(sorted(values.get("campos") or ())))


class Origin(Protocol):
    """A file, or something else in which rows stand, from which they can be read again."""

    @property
    def name(self) -> str:
        """The file's name, relative to the workspace."""

    def read(self, positions: Iterable[Position]) -> Iterator[Declared | None]:
        """The people at some (offset, line), as they were enrolled; None where nobody can be read any more."""


class Rows:
    """42 bytes a row: mark, two digests, shape and position, and beside them what few rows or none have of their own.

    `highs` and `lows` are the halves of the marks, `said` a hash of each row that is the same in every process.
    """

    def __init__(self) -> None:
        self.highs = array("q")
        self.lows = array("q")
        self.digests = array("q")
        self.said = array("Q")
        self.shape_of = array("H")
        self.positions = array("Q")
        self.shapes: list[Shape] = []
        self.origins: list[Origin] = []
        self.starts: list[int] = []
        self.special: dict[int, Declared] = {}

    def __len__(self) -> int:
        return len(self.digests)

    def add_shape(self, shape: Shape) -> None:
        """One more shape. There are few as a rule, but a file of many half-empty columns may have any number."""
        if len(self.shapes) == 1 << 16:
            self.shape_of = array("I", self.shape_of)
        self.shapes.append(shape)

    def trim(self) -> None:
        """Give back what the columns hold ready for more rows, up to an eighth of them."""
        for name in ("highs", "lows", "digests", "said", "shape_of", "positions"):
            setattr(self, name, getattr(self, name)[:])

    def source_of(self, place: int) -> int:
        """The number of the source in which a row stands."""
        return bisect_right(self.starts, place) - 1

    def position(self, place: int) -> Position:
        """The offset and the line of a row."""
        packed = self.positions[place]
        return packed >> LINE_BITS, packed & MAX_LINE
