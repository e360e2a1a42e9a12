"""Careful reading of JSON that others wrote: nothing is taken for what it is not. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def at(found: object, *steps: str) -> object:
    """What stands at the end of a way through mappings; None where the way ends before."""
    for step in steps:
        found = found.get(step) if isinstance(found, dict) else None
    return found


def text(found: object, *steps: str) -> str:
    """A text; empty where none stands."""
    value = at(found, *steps)
    return value if isinstance(value, str) else ""


def whole(found: object, *steps: str) -> int | None:
    """A whole number; None where none stands."""
    value = at(found, *steps)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def rows(found: object, *steps: str) -> Iterator[Mapping[str, Any]]:
    """The mappings of a list; none where no list stands."""
    value = at(found, *steps)
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield item


def counts(found: object, *steps: str) -> Mapping[str, int]:
    """A mapping of names to whole numbers, without what is none."""
    value = at(found, *steps)
    named = value.items() if isinstance(value, dict) else ()
    return {name: number for name, number in named if isinstance(number, int) and not isinstance(number, bool)}
