"""A CSV file of contacts → rows. Quoted cells may hold separators and line ends; the text is never held whole."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final, NamedTuple

from reconciler.config.accepting import Accepted, Accepting
from reconciler.config.cells import Cells
from reconciler.config.columns import columns_of, said
from reconciler.config.document import Seq
from reconciler.config.findings import Findings
from reconciler.config.lines import At, Broken, Lines, mapping, put
from reconciler.config.rows import Row, Rows, completed
from reconciler.config.source import Source
from reconciler.config.sources import SEPARATORS, ContatosDe
from reconciler.config.spot import Spot
from reconciler.config.syntax import Problem

_COMPLAINTS: Final = (
    ("unexpected end of data", "the file ends inside a quoted cell", "close the quote that is opened here"),
    ("field larger", "a cell is larger than 128 KiB", "a quote is probably not closed here"),
    ("expected after", "text stands after the closing quote of a cell", 'write "" for a quote inside a cell'),
)


_AT_ONCE: Final = 128
"""Lines that are taken together: half of them go once more where a row is not plainly right."""


@dataclass(frozen=True, slots=True)
class _Header:
    """What the first line says: how cells are separated, how many there are, and field → index of its column."""

    separator: str
    width: int
    fields: Mapping[str, int]


class CsvReader:
    """Reads one CSV file; the first line names the columns."""

    def __init__(self, spec: ContatosDe, accepting: Accepting) -> None:
        self._spec = spec
        self._accepting = accepting
        self._header: _Header | None = None

    def rows(self, lines: Lines, findings: Findings) -> Iterator[Rows]:
        """Every row, some at a time. Raises Broken when the rest cannot be read."""
        header = self._header = self._begun(lines, findings)
        if header is None:
            return
        plain = Cells(header.fields, header.width, self._spec, self._accepting)
        for records in _records(lines, header.separator):
            found = plain.people(records.cells)
            if None not in found:
                yield list(zip(lines.positions(records.begins[:-1]), found, strict=True))  # type: ignore[arg-type]
            else:
                yield from self._one_by_one(records, found, lines, findings, header)
            lines.keep = records.begins[-1]

    def _one_by_one(
        self, records: _Records, found: list[Accepted | None], lines: Lines, findings: Findings, header: _Header
    ) -> Iterator[Rows]:
        """Rows of which some are not plainly right: what is said of one stands behind what is said of those before."""
        for begin, end, cells, accepted in zip(
            records.begins[:-1], records.begins[1:], records.cells, found, strict=True
        ):
            if accepted is not None:
                yield [(lines.position(begin), accepted)]
            elif any(map(str.strip, cells)):
                record = lines.source(begin, end)
                problem = _wrong_length(cells, header.width)
                if problem is None:
                    yield [(lines.position(begin), self._row(record, cells, header))]
                else:
                    summary = f"the row has {len(cells)} cells, the first line names {header.width} columns"
                    findings.problem(record, problem, summary)

    def row(self, lines: Lines) -> Row | None:
        """The row at which `lines` stand."""
        header, found = self._header, None
        if header is not None:
            found = next(_records(lines, header.separator, 1), None)
        if header is None or found is None or _wrong_length(found.cells[0], header.width) is not None:
            return None
        return self._row(lines.source(*found.begins), found.cells[0], header)

    def _row(self, record: Source, cells: list[str], header: _Header) -> Row:
        located = Located(record, header.separator, header.fields)
        return Row(completed(said(cells, header.fields), self._spec), located)

    def _begun(self, lines: Lines, findings: Findings) -> _Header | None:
        """What the first line says that is not empty."""
        begin, first = lines.keep, None
        for line in lines:
            lines.keep += 1
            if line.strip():
                first = line
                break
        if first is None:
            summary, remedy = "the file is empty", "its first line must name the columns"
            findings.add(lines.source(begin, lines.keep).finding("missing-column", 0, summary, remedy=remedy))
            return None
        source = Source(lines.name, first, lines.keep - 1)
        separator = self._spec.separador or max(SEPARATORS, key=re.sub(r'"[^"]*"', "", first).count)
        names = [name.strip() for name in next(csv.reader([first], delimiter=separator), [])]
        fields = columns_of(names, _offsets(first, separator), source, self._spec, findings)
        return None if fields is None else _Header(separator, len(names), fields)


class _Records(NamedTuple):
    """Some records: the first line of each and, last, of what comes after them; and the cells of each."""

    begins: list[int]
    cells: list[list[str]]


def _records(lines: Lines, separator: str, at_once: int = _AT_ONCE) -> Iterator[_Records]:
    """All records, those of some lines at a time. Raises Broken, after what stands before that."""
    broken: Broken | None = None
    while broken is None:
        some: list[str] = []
        try:
            for line in islice(lines, at_once):
                some.append(line)  # noqa: PERF402 - those before a broken one count
        except Broken as error:
            broken = error
        if not some:
            break
        text = "".join(some).replace("\r\n", "\n")
        if '"' not in text and "\r" not in text and len(text) < csv.field_size_limit():
            # Nothing to be found out: a third of the time that the library takes.
            cells = [line.split(separator) for line in text.removesuffix("\n").split("\n")]
            yield _Records(list(range(lines.keep, lines.keep + len(some) + 1)), cells)
        else:
            yield from _quoted(some, lines, separator, broken)
    if broken is not None:
        raise broken


def _quoted(some: list[str], lines: Lines, separator: str, broken: Broken | None) -> Iterator[_Records]:
    """The records that begin in `some` lines; the last one may go on in `lines`, unless these are broken."""
    reader = csv.reader(chain(some, _rest(lines, broken)), delimiter=separator, strict=True)
    first = lines.keep
    found = _Records([first], [])
    try:
        while reader.line_num < len(some):
            found.cells.append(next(reader))
            found.begins.append(first + reader.line_num)
    except (csv.Error, Broken) as error:
        yield found
        if isinstance(error, Broken):
            raise
        raise Broken(lines.source(found.begins[-1], first + reader.line_num), _problem(str(error))) from None
    yield found


def _rest(lines: Lines, broken: Broken | None) -> Iterator[str]:
    if broken is not None:
        raise broken
    yield from lines


def _problem(complaint: str) -> Problem:
    for words, reason, remedy in _COMPLAINTS:
        if words in complaint:
            return Problem("bad-csv", 0, reason, remedy)
    return Problem("bad-csv", 0, "this cannot be split into cells", "save the file as CSV with line ends \\n or \\r\\n")


def _wrong_length(cells: list[str], expected: int) -> Problem | None:
    if len(cells) < expected:
        return Problem("short-row", 0, "cells are missing", "write the separators of empty cells too; check the quotes")
    if any(cell.strip() for cell in cells[expected:]):
        return Problem("long-row", 0, "there are more cells than columns", "quote cells that contain the separator")
    return None


@dataclass(frozen=True, slots=True)
class Located:
    """Finds the cells of a row again, for a finding, when it is called."""

    record: Source
    separator: str
    fields: Mapping[str, int]

    def __call__(self) -> Spot:
        """The row, with its cells and where they begin."""
        text = self.record.text
        offsets = _offsets(text, self.separator)
        cells = next(csv.reader(text.splitlines(keepends=True), delimiter=self.separator))
        starts = {field: offsets[index] for field, index in self.fields.items()}
        root = mapping(0)
        for field, value in said(cells, self.fields).items():
            if isinstance(value, dict):
                inner = mapping(0)
                for key, cell in value.items():
                    put(inner, key, cell, starts[f"campos.{key}"])
                put(root, field, inner, 0)
            elif isinstance(value, list):
                items = Seq(value)
                items.mark = At(starts[field])
                items.marks = [At(max(text.find(key, starts[field]), 0)) for key in value]
                put(root, field, items, starts[field])
            else:
                put(root, field, value, starts[field])
        return Spot(self.record, root)


def _offsets(record: str, separator: str) -> list[int]:
    """Where each cell of a record begins."""
    found, quoted = [0], False
    for index, character in enumerate(record):
        if character == '"':
            quoted = not quoted
        elif character == separator and not quoted:
            found.append(index + 1)
    return found
