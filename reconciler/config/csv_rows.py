"""A CSV file of contacts → rows. Quoted cells may hold separators and line ends; the text is never held whole."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.config.campaign import SEPARATORS, ContatosDe
from reconciler.config.columns import columns_of, said
from reconciler.config.document import Seq
from reconciler.config.findings import Findings
from reconciler.config.lines import At, Broken, Lines, Row, mapping, put
from reconciler.config.source import Source
from reconciler.config.spot import Spot
from reconciler.config.syntax import Problem

_COMPLAINTS: Final = (
    ("unexpected end of data", "the file ends inside a quoted cell", "close the quote that is opened here"),
    ("field larger", "a cell is larger than 128 KiB", "a quote is probably not closed here"),
    ("expected after", "text stands after the closing quote of a cell", 'write "" for a quote inside a cell'),
)


def csv_rows(lines: Lines, spec: ContatosDe, findings: Findings) -> Iterator[Row]:
    """The rows of a CSV; the first line names the columns. Raises Broken when the rest cannot be read."""
    first = next((line for line in lines if line.strip()), None)
    header = lines.release()
    if first is None:
        summary, remedy = "the file is empty", "its first line must name the columns"
        findings.add(header.finding("missing-column", 0, summary, remedy=remedy))
        return
    header = Source(header.name, first, lines.number)
    separator = spec.separador or max(SEPARATORS, key=re.sub(r'"[^"]*"', "", first).count)
    names = [name.strip() for name in next(csv.reader([first], delimiter=separator), [])]
    fields = columns_of(names, _offsets(first, separator), header, spec, findings)
    if fields is None:
        return
    for record, cells in _records(lines, separator):
        if not any(cell.strip() for cell in cells):
            continue
        problem = _wrong_length(cells, len(names))
        if problem is None:
            yield Row(record.place(0).line, said(cells, fields), _Located(record, separator, fields))
        else:
            summary = f"the row has {len(cells)} cells, the first line names {len(names)} columns"
            findings.problem(record, problem, summary)


def _records(lines: Lines, separator: str) -> Iterator[tuple[Source, list[str]]]:
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Broken(lines.release(), _problem(str(error))) from None
        yield lines.release(), cells


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
class _Located:
    """Finds the cells of a row again, for a finding."""

    record: Source
    separator: str
    fields: Mapping[str, int]

    def __call__(self) -> Spot:
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
