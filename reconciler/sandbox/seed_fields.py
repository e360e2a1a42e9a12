"""What a seed comes to, what a field of its records may be (in edits, too), and the check of one record. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from reconciler.sandbox.assumptions import Assumptions
from reconciler.sandbox.moments import parse_local

Record = dict[str, Any]
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MOST = 1_000_000_000
_UTC = ZoneInfo("UTC")


class SeedError(Exception):
    """A seed that is not as it must be. The text says where in it, what is wrong and what may stand there."""


class EditError(ValueError):
    """An edit that cannot be made. The text says why."""


@dataclass(frozen=True, slots=True)
class Seed:
    """What a new account holds. `now` is None where the account's clock simply shows the real time.

    `records` has every section by name, those of the other channels with their vendor's (`ogmma.lotes`).
    """

    now: int | None
    zone: ZoneInfo
    credits: int
    records: Mapping[str, list[Record]]
    test_list: tuple[str, ...]
    assumptions: Assumptions


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a record: what it must be, in words and as a check, and what it is where it is not given."""

    what: str
    fits: Callable[[Any], bool]
    default: Any = None
    required: bool = False


def text(value: Any) -> bool:
    """Any text."""
    return isinstance(value, str)


def filled(value: Any) -> bool:
    """A text that is not blank."""
    return isinstance(value, str) and bool(value.strip())


def ident(value: Any) -> bool:
    """An id."""
    return isinstance(value, str) and bool(ID.fullmatch(value))


def yes_or_no(value: Any) -> bool:
    """A boolean."""
    return isinstance(value, bool)


def whole(value: Any) -> bool:
    """A whole number, 0 or more."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST


def positive(value: Any) -> bool:
    """A number above 0."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= _MOST


def seconds(value: Any) -> bool:
    """A number, 0 or more."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MOST


def email(value: Any) -> bool:
    """An address with one @ in it."""
    return isinstance(value, str) and value.count("@") == 1 and not value.startswith("@") and not value.endswith("@")


def day(value: Any) -> bool:
    """A date, yyyy-mm-dd."""
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return len(value) == 10


def time(value: Any) -> bool:
    """An ISO time that can be shown in every zone."""
    try:
        datetime.fromisoformat(value)
        parse_local(value, _UTC)
    except (TypeError, ValueError):
        return False
    return True


def texts(value: Any) -> bool:
    """A list of texts."""
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def texts_by_id(value: Any) -> bool:
    """An object of texts."""
    return isinstance(value, dict) and all(isinstance(item, str) for item in value.values())


IDENT = Field("an id", filled)
NAME = Field("a text that is not empty", filled, required=True)
YES = Field("true or false", yes_or_no, default=True)
NO = Field("true or false", yes_or_no, default=False)
MAYBE = Field("a text", text)
WHEN = Field("a time, such as 2026-11-02T08:00", time)
COUNT = Field("a whole number, 0 or more", whole)


def checked(place: str, given: Any, known: Mapping[str, Field]) -> Record:
    """One record with every one of its fields, checked; null counts as not given.

    Raises:
        SeedError: for an unknown or missing field, or a value that does not fit.
    """
    if not isinstance(given, dict):
        raise SeedError(f"{place}: must be an object")
    for name, value in given.items():
        if name not in known:
            raise SeedError(f"{place}: there is no {name!r}; there are: {', '.join(known)}")
        if value is None and not known[name].required:
            continue
        if not known[name].fits(value):
            raise SeedError(f"{place}.{name}: must be {known[name].what}, not {value!r}")
    for name, field in known.items():
        if field.required and name not in given:
            raise SeedError(f"{place}.{name}: is missing; it must be {field.what}")
    return {name: field.default if given.get(name) is None else given[name] for name, field in known.items()}


def check_ids(section: str, records: list[Record]) -> None:
    """Ids are such, and each stands once.

    Raises:
        SeedError: with the place of the first that is not so.
    """
    seen: set[object] = set()
    for index, item in enumerate(records):
        ident = item["id"]
        if ident is None:
            continue
        if not ID.fullmatch(ident):
            raise SeedError(f"{section}[{index}].id: {ident!r} is not an id (letters, digits, - and _, at most 64)")
        if ident in seen:
            raise SeedError(f"{section}[{index}].id: {ident!r} stands twice")
        seen.add(ident)
