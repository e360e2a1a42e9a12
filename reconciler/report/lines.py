"""Lines of a report as data, and the one place that makes them text: filtered and, when asked, coloured. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from reconciler.engine.model import Action, Change
from reconciler.engine.outline import Step
from reconciler.report.view import View
from reconciler.report.words import visible, width

WIDE = 110
"""Where running lists are wrapped, in columns."""


class Style(StrEnum):
    """How a piece of a line looks where colours are allowed: the ANSI code, empty for none."""

    PLAIN = ""
    STRONG = "1"
    FAINT = "2"
    ADD = "32"
    CHANGE = "33"
    TAKE = "31"
    GRAVE = "1;31"
    KNOWN = "36"


class Span(NamedTuple):
    """A piece of a line: text as it came, and its look."""

    text: str
    style: Style = Style.PLAIN


Line: TypeAlias = tuple[Span, ...]


class Mark(NamedTuple):
    """The symbol before a change, its look, and what the legend says of it."""

    symbol: str
    style: Style
    meaning: str


ADDS = Mark("+", Style.ADD, "adds")
CHANGES = Mark("~", Style.CHANGE, "changes")
TAKES = Mark("-", Style.TAKE, "takes away")
KNOWS = Mark("=", Style.KNOWN, "adopts what is there (no call)")
GRAVE = Mark("!", Style.GRAVE, "cannot be undone once it is done")
MARKS = (ADDS, CHANGES, TAKES, KNOWS, GRAVE)

_BY_ACTION = {
    Action.CREATE: ADDS,
    Action.SUBSCRIBE: ADDS,
    Action.SCHEDULE: ADDS,
    Action.UNSUBSCRIBE: TAKES,
    Action.DEACTIVATE: TAKES,
    Action.CANCEL: TAKES,
    Action.CANCEL_TWINS: TAKES,
    Action.DELETE: TAKES,
    Action.ADOPT: KNOWS,
}


def mark(change: Change | Step) -> Mark:
    """The symbol of one change: what cannot be undone is marked as such, whatever it does."""
    return GRAVE if change.irreversible else _BY_ACTION.get(change.action, CHANGES)


def line(*parts: str | Span) -> Line:
    """A line of pieces; plain texts look plain."""
    return tuple(part if isinstance(part, Span) else Span(part) for part in parts)


def pad(text: str, columns: int) -> str:
    """`text`, visible, filled with blanks up to `columns`."""
    text = visible(text)
    return text + " " * (columns - width(text))


def widest(texts: Iterable[str]) -> int:
    """How many columns the widest of `texts` takes once it is visible."""
    return max((width(visible(text)) for text in texts), default=0)


def title(text: str, note: str = "") -> Iterator[Line]:
    """A section's heading, with an empty line before it."""
    yield ()
    yield line(Span(text, Style.STRONG), Span(f"  {note}" if note else "", Style.FAINT))


def labelled(label: str, text: str, *, indent: int, column: int) -> Line:
    """`label`, faint, and `text` behind it, which starts `column` columns further in."""
    return line(" " * indent, Span(pad(label, column), Style.FAINT), text)


def wrapped(first: str, items: Sequence[str], *, indent: int) -> Iterator[Line]:
    """`items` with commas between them, wrapped at `WIDE`; `first` leads, later lines are indented by `indent`."""
    text, room = first, first
    for place, item in enumerate(items):
        piece = visible(item) + ("," if place < len(items) - 1 else "")
        if text.strip() and width(text) + width(piece) > WIDE and text != room:
            yield line(text.rstrip())
            text = room = " " * indent
        text += piece + " "
    yield line(text.rstrip())


def rendered(lines: Iterable[Line], view: View) -> str:
    """The report's text: every piece made visible, coloured if the view allows it, each line ended."""
    return "".join(_text(spans, view) + "\n" for spans in lines)


def _text(spans: Line, view: View) -> str:
    pieces = [visible(span.text) for span in spans]
    room = len("".join(pieces).rstrip(" "))
    text = ""
    for span, piece in zip(spans, pieces, strict=True):
        seen = piece[:room]
        room -= len(seen)
        text += f"\x1b[{span.style}m{seen}\x1b[0m" if view.color and span.style and seen else seen
    return text
