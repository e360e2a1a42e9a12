"""How a part of the account was read, and what the other ways would have cost. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """A way to read many things."""

    PAGES = "pages"  # the whole listing
    LOOK_UPS = "look-ups"  # a hundred ids, or one e-mail, a call
    LISTING = "listing"  # on the rows of a listing that is read anyway
    ONE = "one-by-one"
    LISTS = "lists"  # the members of each list
    LEDGER = "ledger"  # not read: as the ledger has it


@dataclass(frozen=True, slots=True)
class Route:
    """The way that was taken for `of`, the calls it took, and the least that each other way would have taken."""

    of: str
    way: Way
    calls: int
    others: tuple[tuple[Way, int], ...] = ()
