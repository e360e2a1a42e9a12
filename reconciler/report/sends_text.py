"""Sends in a plan's text: a table of what goes out, when, to whom. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from reconciler.engine.model import Action, Audience, Change
from reconciler.report.lines import Line, Span, Style, line, mark, pad, widest
from reconciler.report.values import differences, few
from reconciler.report.words import moment, number

_IN_TABLE = frozenset({"mensagem", "listas", "data_de_inicio"})
"""Fields that the table itself shows; of what is new they need not be said twice."""


class _Row(NamedTuple):
    send: str
    action: str
    when: str
    people: str
    lists: str
    message: str


EXPIRY: Final = "then a send of it is too near its start (antecedencia_minima)"
"""What ends the time in which a plan can be applied."""

_HEADS = _Row("send", "action", "when", "people", "lists", "mensagem")


def sends(changes: Sequence[Change]) -> Iterator[Line]:
    """Changes with an audience as a table; under each row its reason, what differs, and which live send it ends."""
    rows = [_row(change, change.audience) for change in changes if change.audience is not None]
    if not rows:
        return
    columns = [widest(texts) for texts in zip(_HEADS, *rows, strict=True)]
    yield line("    ", Span(_text(_HEADS, columns), Style.FAINT))
    for change, row in zip(changes, rows, strict=True):
        look = mark(change)
        yield line("  ", Span(look.symbol, look.style), " ", Span(_text(row, columns), Style.STRONG))
        yield line("      ", Span(change.reason, Style.FAINT))
        if change.action is Action.REPLACE and change.live_id:
            yield line("      ", Span(f"cancels the live send {change.live_id} first", Style.FAINT))
        told = [delta for delta in change.deltas if change.live_id or delta.field not in _IN_TABLE]
        yield from differences(change, told, indent=6, explained=few)


def audience_people(audience: Audience) -> str:
    """How many people, with a sign where it is an upper bound."""
    return f"{'' if audience.exact else '≤ '}{number(audience.people)}"


def _row(change: Change, audience: Audience) -> _Row:
    lists = ", ".join(f"{key} {number(people)}" for key, people in audience.lists)
    message = change.values.get("mensagem")
    return _Row(
        str(change.address),
        str(change.action),
        moment(audience.start),
        audience_people(audience),
        lists,
        message if isinstance(message, str) else "",
    )


def _text(row: _Row, columns: Sequence[int]) -> str:
    cells = [pad(text, size) for text, size in zip(row, columns, strict=True)]
    cells[3] = " " * (columns[3] - len(row.people)) + row.people
    return "  ".join(cells)
