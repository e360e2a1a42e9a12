"""Rows of values that have types, as a Parquet file or a database gives them → rows of cells, as in a CSV."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any, Final, Protocol
from uuid import UUID

from reconciler.config.accepting import Accepting
from reconciler.config.cells import Cells
from reconciler.config.columns import columns_of, said
from reconciler.config.csv_rows import Located
from reconciler.config.findings import Findings
from reconciler.config.rows import Row, Rows, completed
from reconciler.config.source import Source
from reconciler.config.sources import ContatosDe
from reconciler.config.spool import Spool
from reconciler.config.syntax import Problem
from reconciler.engine.roll import Position
from reconciler.engine.rows import MAX_LINE

_SEPARATOR: Final = ","
_SURE: Final = 2.0**53
_AT_ONCE: Final = 128
"""Rows that are taken together: half of them go once more where a row is not plainly right."""


class Records(Protocol):
    """What gives rows of values."""

    @property
    def name(self) -> str:
        """The name under which findings show it."""

    def opened(self) -> AbstractContextManager[tuple[list[str], Iterator[Sequence[Any]]]]:
        """The columns' names, and the rows in turn. Raises Problem (offset 0), now or while they are read."""


class RecordReader:
    """Reads rows of values once; each is kept on disk, to be read again. A row's line is its number, from 1."""

    def __init__(self, records: Records, spec: ContatosDe, accepting: Accepting) -> None:
        self.name = records.name
        self._records = records
        self._spec = spec
        self._accepting = accepting
        self._spool = Spool()
        self._fields: Mapping[str, int] = {}

    def rows(self, findings: Findings) -> Iterator[Rows]:
        """Every row, some at a time. Raises Problem when the rest cannot be read."""
        with self._records.opened() as (names, rows):
            header = _shown(names)
            fields = columns_of(names, _starts(header), Source(self.name, _line(header)), self._spec, findings)
            if fields is None:
                return
            self._fields = fields
            plain = Cells(fields, len(names), self._spec, self._accepting)
            shown = self._shown(rows, names, findings)
            while some := list(islice(shown, _AT_ONCE)):
                yield self._kept(some, plain)

    def _shown(
        self, rows: Iterable[Sequence[Any]], names: Sequence[str], findings: Findings
    ) -> Iterator[tuple[int, list[str]]]:
        """The rows that say anything, with their numbers, as texts."""
        for number, values in enumerate(rows, 1):
            cells = self._cells(values, names, number, findings)
            if cells is None or not any(map(str.strip, cells)):
                continue
            if number > MAX_LINE:
                raise Problem("too-large", 0, f"there are more than {MAX_LINE:,} rows", "split them")
            yield number, cells

    def _kept(self, rows: Sequence[tuple[int, list[str]]], plain: Cells) -> Rows:
        """Some rows, put by to be read again, with where each was put."""
        found = plain.people([cells for _, cells in rows])
        return [
            ((self._spool.add(cells), number), accepted or self._row(cells, number))
            for (number, cells), accepted in zip(rows, found, strict=True)
        ]

    def row(self, position: Position) -> Row:
        """A row that was read before, once more."""
        return self._row(self._spool.row(position[0]), position[1])

    def _row(self, cells: list[str], number: int) -> Row:
        located = Located(Source(self.name, _line(_shown(cells)), number), _SEPARATOR, self._fields)
        return Row(completed(said(cells, self._fields), self._spec), located)

    def _cells(self, values: Sequence[Any], names: Sequence[str], number: int, findings: Findings) -> list[str] | None:
        """The values as texts; None for a row with one that is no text of any kind, which is said."""
        try:
            return [value if value.__class__ is str else cell_of(value) for value in values]
        except TypeError:
            pass
        cells = [_lenient(value) for value in values]
        wrong = [index for index in self._fields.values() if cells[index] is None]
        shown = _shown(cell or "" for cell in cells)
        source = Source(self.name, _line(shown), number)
        for index in dict.fromkeys(wrong):
            kind = type(values[index]).__name__
            findings.add(
                source.finding(
                    "bad-type",
                    _starts(shown)[index],
                    f"the value of {names[index]!r} in row {number:,} is no text",
                    reason=f"it is of the type {kind}",
                    remedy="convert the column to text, or leave it out",
                    value=kind,
                )
            )
        return None if wrong else [cell or "" for cell in cells]


def cell_of(value: Any) -> str:
    """What a value says, as it would stand in a CSV: nothing for null; numbers without needless decimals; days as
    1990-02-12. Raises TypeError for what is no text of any kind (bytes, mappings).
    """  # noqa: D205
    match value:
        case None:
            text = ""
        case bool():
            text = "true" if value else "false"
        case float():
            whole = value.is_integer() and abs(value) < _SURE
            text = "" if math.isnan(value) else str(int(value)) if whole else repr(value)
        case Decimal():
            text = "" if value.is_nan() else format(value, "f")
        case datetime():
            day = value.time() == time() and value.tzinfo is None
            text = value.date().isoformat() if day else value.isoformat(" ", "seconds")
        case date() | time():
            text = value.isoformat()
        case str() | int() | UUID():
            text = str(value)
        case list() | tuple() | set() | frozenset():
            text = " ".join(cell_of(item) for item in value)
        case _:
            raise TypeError
    return text


def _lenient(value: Any) -> str | None:
    try:
        return cell_of(value)
    except TypeError:
        return None


def _shown(cells: Iterable[str]) -> list[str]:
    """Cells as they are shown with findings, in one line and in quotes where they need them."""
    lines = (" ".join(cell.split("\n")) for cell in cells)
    return ['"' + line.replace('"', '""') + '"' if _SEPARATOR in line or '"' in line else line for line in lines]


def _line(shown: list[str]) -> str:
    return _SEPARATOR.join(shown)


def _starts(shown: list[str]) -> list[int]:
    """Where each cell begins."""
    found = [0]
    for cell in shown:
        found.append(found[-1] + len(cell) + 1)
    return found[:-1]
