"""What a channel shows, one object after another, as a table, as JSON lines or as CSV. Pure, and never held whole."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from reconciler.engine.channels import Observation, Scalar
from reconciler.report.folding import clipped
from reconciler.report.json_form import json_line
from reconciler.report.shading import Shade
from reconciler.report.words import number, width

OTHERS: Final = "outros"
"""The last column of a CSV: the fields that no document names, as JSON."""
_FORMULA: Final = "=+-@\t\r\n＝＋－＠"
"""What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection")."""
_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TIME: Final = 14
_GAP: Final = "  "


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: its heading, the field that stands in it, and how wide it is; numbers stand right."""

    heading: str
    field: str
    columns: int
    right: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """How objects of a source are shown: in which zone, by which mask, and its documented fields in their order."""

    source: str
    zone: tzinfo
    shade: Shade
    known: Sequence[str]


def json_lines(observations: Iterable[Observation], form: Form) -> Iterator[str]:
    """One JSON object a line, with every field."""
    for each in observations:
        fields = {name: _plain(value, form.zone) for name, value in form.shade.fields(each).items()}
        yield json_line({"source": each.source, "id": each.id, "fields": fields})


def csv_lines(observations: Iterable[Observation], form: Form) -> Iterator[str]:
    """A heading, and a row for each: the documented fields, then the others together, as JSON."""
    yield _csv_row([*form.known, OTHERS])
    for each in observations:
        fields = form.shade.fields(each)
        named = [_cell(_plain(fields.get(name), form.zone)) for name in form.known]
        rest = {name: _plain(value, form.zone) for name, value in fields.items() if name not in form.known}
        yield _csv_row([*named, _cell(json_line(rest).rstrip("\n")) if rest else ""])


def table_lines(observations: Iterable[Observation], form: Form, columns: Sequence[Column]) -> Iterator[str]:
    """A heading, and a line for each, in columns whose width is settled beforehand."""
    yield _row([column.heading for column in columns], columns)
    for each in observations:
        fields = form.shade.fields(each)
        yield _row([_shown(fields.get(column.field), form.zone) for column in columns], columns)


def columns_of(source: str, room: int) -> tuple[list[Column], list[str]]:
    """The columns of a source that fit into so many, and the headings of those that do not.

    The first ones matter most. What is left over belongs to the one whose width is not settled (0).
    """
    chosen: list[Column] = []
    left: list[Column] = []
    for column in _COLUMNS[source]:
        used = sum((each.columns or _LEAST) + len(_GAP) for each in chosen)
        (chosen if used + (column.columns or _LEAST) <= room and not left else left).append(column)
    used = sum(each.columns + len(_GAP) for each in chosen) - len(_GAP)
    spare = min(max(room - used, _LEAST), _MOST)
    found = [Column(each.heading, each.field, each.columns or spare, each.right) for each in chosen]
    order = [column.heading for column in _IN_ORDER[source]]
    return sorted(found, key=lambda each: order.index(each.heading)), [column.heading for column in left]


_LEAST: Final = 10
_MOST: Final = 60
_ENDED: Final = Column("ended", "completedAt", _TIME)
_COLUMNS: Final[Mapping[str, Sequence[Column]]] = {
    "ogmma.lotes": (
        Column("batchId", "batchId", 29),
        Column("status", "status", 16),
        Column("name", "name", 0),
        Column("failed", "failed", 7, right=True),
        Column("total", "totalRecipients", 9, right=True),
        Column("%", "progress", 5, right=True),
        Column("created", "createdAt", _TIME),
        Column("sent", "sent", 9, right=True),
        _ENDED,
    ),
    "mindo.envios_em_massa": (
        Column("id", "id", 36),
        Column("status", "status", 10),
        Column("template", "template.template_name", 0),
        Column("failed", "failed_count", 7, right=True),
        Column("total", "total_recipients", 9, right=True),
        Column("created", "created_at", _TIME),
        Column("read", "read_count", 9, right=True),
        Column("delivered", "delivered_count", 9, right=True),
        Column("%", "progress_percentage", 5, right=True),
        Column("sent", "sent_count", 9, right=True),
        Column("ended", "completed_at", _TIME),
    ),
    "ogmma.mensagens": (
        Column("id", "id", 24),
        Column("direction", "direction", 9),
        Column("status", "status", 10),
        Column("created", "createdAt", _TIME),
        Column("content", "content", 0),
        Column("from", "from", 16),
        Column("to", "to", 16),
        Column("type", "type", 8),
    ),
}
"""By how much they matter; 0 is whatever is left."""
_ORDER: Final = (
    *("batchId", "id", "direction", "type", "name", "template", "from", "to", "status", "total", "sent", "delivered"),
    *("read", "failed", "%", "created", "ended", "content"),
)
_IN_ORDER: Final = {
    source: sorted(columns, key=lambda each: _ORDER.index(each.heading)) for source, columns in _COLUMNS.items()
}


def _row(texts: Sequence[str], columns: Sequence[Column]) -> str:
    cells = []
    for text, column in zip(texts, columns, strict=True):
        kept = text if column.right else clipped(text, column.columns)  # a number that is cut off is another one
        blanks = " " * (column.columns - width(kept))
        cells.append(f"{blanks}{kept}" if column.right else f"{kept}{blanks}")
    return _GAP.join(cells).rstrip() + "\n"


def _shown(value: Scalar, zone: tzinfo) -> str:
    match value:
        case None:
            return "–"
        case bool():
            return str(value).lower()
        case int():
            return number(value)
        case float():
            return f"{value:g}"
        case datetime():
            return f"{_local(value, zone):%d/%m/%y %H:%M}"
    return clipped(value, _MOST)


def _plain(value: Scalar, zone: tzinfo) -> str | float | bool | None:
    return _local(value, zone).isoformat() if isinstance(value, datetime) else value


def _local(at: datetime, zone: tzinfo) -> datetime:
    with suppress(OverflowError):  # the first and the last days of the calendar, which nothing here has
        return at.astimezone(zone)
    return at


def _cell(value: str | float | bool | None) -> str:
    """A cell that a spreadsheet shows and does not calculate; control characters have no place in it."""
    if not isinstance(value, str):
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    text = _CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", value)
    return f"'{text}" if text.startswith(tuple(_FORMULA)) or text.lstrip().startswith(tuple("=+-@")) else text


def _csv_row(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
