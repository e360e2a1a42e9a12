"""A Markdown report laid out within a budget of characters: whole resources, the riskiest first. Pure.

A comment on GitHub holds 65,536 characters. What does not fit is left out by whole resources, so that no table, fence
or sentence is ever cut open, and nobody takes a part for the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from reconciler.engine.model import Change
from reconciler.report.lines import TAKES, mark
from reconciler.report.markdown.escape import code, longest, row
from reconciler.report.words import number

BUDGET: Final = 60_000
"""Characters of a report: leaves room for what whoever posts it adds."""
_COMMAND: Final = 1_000
_NOTE: Final = 100
"""At most so many characters are a section's part of the note on top, beside its name, and its own note."""


class Risk(IntEnum):
    """How much it matters that a reader sees something, first what must not be missed."""

    SENDS = 0
    REFUSED = 1
    LETTING_GO = 2
    TROUBLE = 3
    WARNINGS = 4
    DETAILS = 5  # of what is sent: the table has said the most of it
    REST = 6
    BACKGROUND = 7


def risk(change: Change) -> Risk:
    """How much one change matters: first what reaches people, then what takes away or cannot be undone."""
    if change.audience is not None:
        return Risk.SENDS
    return Risk.LETTING_GO if change.irreversible or mark(change) is TAKES else Risk.REST


def by_risk(changes: Iterable[Change]) -> Mapping[Risk, Sequence[Change]]:
    """Changes by how much they matter, each in its order."""
    found: dict[Risk, list[Change]] = {}
    for change in changes:
        found.setdefault(risk(change), []).append(change)
    return found


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report.

    `name` is what its items are, in the plural; of a section that is all or nothing, what it is. `build` makes the
    section's text of those that are shown, joined by line ends. `items` are things of any one type, by risk, and `told`
    makes the Markdown of one: lines, never none. Nothing is told of items for which there is no room.
    """

    name: str
    build: Callable[[str], str]
    items: Mapping[Risk, Sequence[Any]] = field(default_factory=dict)
    told: Callable[[Any], str] = str

    @property
    def size(self) -> int:
        """How many items it has."""
        return sum(map(len, self.items.values()))

    @property
    def entire(self) -> bool:
        """Whether it is all or nothing."""
        return self.size == 1 and Risk.BACKGROUND in self.items


def table(heading: str, heads: Sequence[str]) -> Callable[[str], str]:
    """Builds a section whose items are rows of a table."""
    top = f"{heading}\n\n{row(heads)}\n{row('---' for _ in heads)}".lstrip("\n")
    return lambda body: f"{top}\n{body}" if body else top


def listed(heading: str) -> Callable[[str], str]:
    """Builds a section whose items are items of a list."""
    return lambda body: f"{heading}\n\n{body}".strip("\n")


@dataclass(slots=True)
class _Shown:
    """What of a section is shown: the items' texts by risk, and how many are left out."""

    section: Section
    texts: dict[Risk, list[str]] = field(default_factory=dict)
    left: int = 0

    def take(self, degree: Risk, room: int) -> int:
        """Show items of one risk as long as there is room; how much is left of it."""
        items = self.section.items.get(degree, ())
        for place, item in enumerate(items):
            text = self.section.told(item)
            size = len(text) + 1 + 2 * longest(text)  # a fence round it is longer than any backticks inside
            if size > room:
                self.left += len(items) - place
                return room
            self.texts.setdefault(degree, []).append(text)
            room -= size
        return room

    @property
    def missing(self) -> str:
        """What is left out, in words."""
        name, size = self.section.name, self.section.size
        return name if self.section.entire else f"{number(self.left)} of {number(size)} {name}"

    @property
    def markdown(self) -> str:
        """The section's text; none of one that is all or nothing, and left out."""
        if self.left and self.section.entire:
            return ""
        found = [text for degree in sorted(self.texts) for text in self.texts[degree]]
        note = f"\n\n_{number(self.left)} more left out, for lack of room._" if self.left else ""
        return self.section.build("\n".join(found)) + note


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a report says of its surroundings.

    `command` is the command line that applies the plan, or goes on with it; `whole` is one that shows everything that
    is left out here. `budget` is in characters.
    """

    command: str
    whole: str
    budget: int = BUDGET


def laid_out(top: Sequence[str], sections: Sequence[Section], bottom: Sequence[str], frame: Frame) -> str:
    """The report: `top`, then a note on what is left out, if anything is, then the sections, then `bottom`."""
    fixed = sum(len(text) + 2 for text in (*top, *bottom))
    built = sum(len(section.build(".")) + len(section.name) + _NOTE for section in sections)
    room = frame.budget - fixed - built - len(code(frame.whole, _COMMAND)) - _NOTE
    shown = [_Shown(section) for section in sections]
    for degree in Risk:
        for each in shown:
            room = each.take(degree, room)
    parts = (*top, *_left_out(shown, frame.whole), *(each.markdown for each in shown), *bottom)
    return "\n\n".join(filter(None, parts)) + "\n"


def _left_out(shown: Iterable[_Shown], whole: str) -> Sequence[str]:
    cut = [each for each in shown if each.left]
    if not cut:
        return ()
    told = ", ".join(each.missing for each in cut)
    return (f"> **Cut to fit:** left out are {told}. All of it: {code(whole, _COMMAND)}",)
