"""What of a report is shown where there is not room for all of it: whole resources, the riskiest first. Pure.

What does not fit is left out by whole resources, so that no table, fence or sentence is ever cut open, and nobody takes
a part for the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from reconciler.engine.model import Change
from reconciler.report.lines import TAKES, mark
from reconciler.report.words import number


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
    makes the text of one: lines, never none. Nothing is told of items for which there is no room.
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


@dataclass(slots=True)
class Shown:
    """What of a section is shown: the items' texts by risk, and how many are left out."""

    section: Section
    texts: dict[Risk, list[str]] = field(default_factory=dict)
    left: int = 0

    def take(self, degree: Risk, room: int, weight: Callable[[str], int]) -> int:
        """Show items of one risk as long as there is room; how much is left of it."""
        items = self.section.items.get(degree, ())
        for place, item in enumerate(items):
            text = self.section.told(item)
            size = weight(text)
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
    def note(self) -> str:
        """What stands below the section where something is left out of it."""
        return f"{number(self.left)} more left out, for lack of room." if self.left else ""

    @property
    def text(self) -> str:
        """The section's text; none of one that is all or nothing, and left out."""
        if self.left and self.section.entire:
            return ""
        return self.section.build("\n".join(text for degree in sorted(self.texts) for text in self.texts[degree]))


def chosen(sections: Iterable[Section], room: int, weight: Callable[[str], int]) -> list[Shown]:
    """What of `sections` is shown within `room`, by what `weight` says that the text of an item takes."""
    shown = [Shown(section) for section in sections]
    for degree in Risk:
        for each in shown:
            room = each.take(degree, room, weight)
    return shown


def left_out(shown: Iterable[Shown]) -> str:
    """What is left out of all of them, in words; empty if nothing is."""
    return ", ".join(each.missing for each in shown if each.left)
