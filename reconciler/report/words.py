"""The words of a report: one filter for foreign text, numbers, plurals and moments. Pure."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Final

from reconciler.report.view import View

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0e\uffa0\U000e0100-\U000e01ef]"
)
"""Printable to Python though nobody sees it: fillers and variation selectors (not U+FE0F, which emoji carry)."""

NAME: Final = 160
"""How many characters of a name, or of anything else that is code, are shown."""
WORDS: Final = 1_000
"""How many characters of a running text are shown."""

DAYS: Final = ("seg", "ter", "qua", "qui", "sex", "sáb", "dom")
_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    """`text` on one line, without effect on a terminal: control, bidi, zero-width and unassigned characters as escapes.

    Everything that campaigns or the API say passes through here before it is printed, so that a name cannot forge a
    line, a colour or an order of letters. Filtering twice changes nothing.
    """
    if text.isprintable() and not _INVISIBLE.search(text):
        return text
    return "".join(char if _seen(char) else _SHORT_ESCAPES.get(char) or ascii(char)[1:-1] for char in text)


def _seen(char: str) -> bool:
    if char.isprintable():
        return _INVISIBLE.match(char) is None
    return unicodedata.category(char) == "Zs"


def shortened(text: str, limit: int) -> str:
    """`text`, visible, and at most `limit` characters long: the rest is cut off and counted."""
    text = visible(text)
    if len(text) <= limit:
        return text
    return f"{text[:limit]}… ({count(len(text), 'character')})"


def width(text: str) -> int:
    """How many columns of a terminal visible `text` takes: wide letters and emoji take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) or char == "\ufe0f" else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def number(value: int) -> str:
    """`value` as it is written in Brazil, thousands with dots: `51.314`."""
    return f"{value:,}".replace(",", ".")


def count(value: int, one: str, many: str = "") -> str:
    """`value` with its noun: `1 call`, `1.204 calls`; `many` where it is not `one` with an s."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def persons(people: int, *, exact: bool = True) -> str:
    """So many people, with a sign where it is an upper bound: `1 person`, `≤ 1.204 people`."""
    return f"{'' if exact else '≤ '}{count(people, 'person', 'people')}"


def duration(seconds: float) -> str:
    """How long something takes, as roughly as it can be known: `about 40 s`, `about 27 min`, `about 5 h 40 min`."""
    if seconds < 60:
        return f"about {max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"about {minutes} min"
    hours, minutes = divmod(round(seconds / 600) * 10 if seconds > 7200 else minutes, 60)
    if hours >= 48:
        return f"about {round(hours / 24)} days"
    return f"about {hours} h" + (f" {minutes} min" if minutes else "")


def per_second(rate: float) -> str:
    """A pace: `0.5/s`, `20/s`."""
    return f"{rate:.2g}/s" if rate < 10 else f"{round(rate)}/s"


def section(kind: str) -> str:
    """The section of the YAML that holds resources of `kind`, by the Portuguese plural: `mensagem` → `mensagens`."""
    if kind.endswith("ao"):
        return kind.removesuffix("ao") + "oes"
    return kind.removesuffix("m") + "ns" if kind.endswith("m") else kind + "s"


def moment(start: datetime | None) -> str:
    """A start in full, in its own zone: `qui 26/11/2026 18:00 -03:00`; None is as soon as it is applied."""
    if start is None:
        return "agora (when applied)"
    return f"{DAYS[start.weekday()]} {start:%d/%m/%Y %H:%M} {_offset(start)}".rstrip()


def brief_moment(start: datetime | None, view: View) -> str:
    """A start in a headline: `qui 26/11 18:00`, with year and offset only where they are not the reader's."""
    if start is None:
        return "agora"
    day = f"{start:%d/%m}" if start.year == view.today.year else f"{start:%d/%m/%Y}"
    text = f"{DAYS[start.weekday()]} {day} {start:%H:%M}"
    return text if start.utcoffset() == start.astimezone(view.zone).utcoffset() else f"{text} {_offset(start)}".rstrip()


def _offset(start: datetime) -> str:
    text = f"{start:%z}"
    return f"{text[:3]}:{text[3:5]}" if text else ""
