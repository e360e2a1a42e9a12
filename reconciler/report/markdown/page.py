"""A Markdown report laid out within a budget of characters. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from reconciler.report.frame import Frame
from reconciler.report.layout import Section, Shown, chosen, left_out
from reconciler.report.markdown.escape import code, longest, row

_COMMAND: Final = 1_000
_NOTE: Final = 100
"""At most so many characters are a section's part of the note on top, beside its name, and its own note."""


def table(heading: str, heads: Sequence[str]) -> Callable[[str], str]:
    """Builds a section whose items are rows of a table."""
    top = f"{heading}\n\n{row(heads)}\n{row('---' for _ in heads)}".lstrip("\n")
    return lambda body: f"{top}\n{body}" if body else top


def listed(heading: str) -> Callable[[str], str]:
    """Builds a section whose items are items of a list."""
    return lambda body: f"{heading}\n\n{body}".strip("\n")


def laid_out(top: Sequence[str], sections: Sequence[Section], bottom: Sequence[str], frame: Frame) -> str:
    """The report: `top`, then a note on what is left out, if anything is, then the sections, then `bottom`."""
    fixed = sum(len(text) + 2 for text in (*top, *bottom))
    built = sum(len(section.build(".")) + len(section.name) + _NOTE for section in sections)
    room = frame.budget - fixed - built - len(code(frame.whole, _COMMAND)) - _NOTE
    shown = chosen(sections, room, _weight)
    parts = (*top, *_left_out(shown, frame.whole), *map(_markdown, shown), *bottom)
    return "\n\n".join(filter(None, parts)) + "\n"


def _weight(text: str) -> int:
    return len(text) + 1 + 2 * longest(text)  # a fence round it is longer than any backticks inside


def _markdown(shown: Shown) -> str:
    text = shown.text
    return f"{text}\n\n_{shown.note}_" if text and shown.note else text


def _left_out(shown: Sequence[Shown], whole: str) -> Sequence[str]:
    told = left_out(shown)
    return (f"> **Cut to fit:** left out are {told}. All of it: {code(whole, _COMMAND)}",) if told else ()
