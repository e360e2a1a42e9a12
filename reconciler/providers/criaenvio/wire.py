"""What several kinds' JSON has in common: lenient readings of the vendor's loosely typed values. Pure.

Source: the vendor's reference (numbers are sometimes strings, sometimes null; dates come without a zone).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from reconciler.engine.model import Value
from reconciler.transport import Failure


class UnreadableError(Failure):
    """A row lacks what nothing can be decided without (its id, for instance): the API's fault, told as such."""

    def __init__(self, reason: str) -> None:
        super().__init__(None, reason)


def text(row: Mapping[str, Any], name: str) -> str | None:
    """A text field; None when missing or null."""
    value = row.get(name)
    return None if value is None else str(value)


def identity(row: Mapping[str, Any], what: str) -> str:
    """The row's id. Raises UnreadableError without one."""
    value = row.get("id")
    if value is None or value == "":
        raise UnreadableError(f"the API answered a {what} without an id")
    return str(value)


def number(row: Mapping[str, Any], name: str) -> int | None:
    """A whole number, also when it comes as text ("22"); None when missing, null or no number."""
    value = row.get(name)
    try:
        return None if value is None or isinstance(value, bool) else int(value)
    except (TypeError, ValueError):
        return None


def flag(row: Mapping[str, Any], name: str) -> bool:
    """A yes or no, also as text or number."""
    value = row.get(name)
    return value.strip().lower() in ("true", "1", "t", "sim") if isinstance(value, str) else bool(value)


def moment(row: Mapping[str, Any], name: str, zone: ZoneInfo) -> Value:
    """A time in the account's zone, to the minute; the text itself when it cannot be read (shown, never guessed)."""
    value = text(row, name)
    if not value:
        return None
    try:
        return datetime.fromisoformat(value).replace(tzinfo=zone, second=0, microsecond=0)
    except ValueError:
        return value


def rows_of(value: Any) -> list[Mapping[str, Any]]:
    """The rows of an embedded relation: {"data": [...]}, {"data": {...}}, a list or a record; "" and null are none."""
    inner = value.get("data", value) if isinstance(value, dict) else value
    if isinstance(inner, dict):  # JSON's only mapping; asking for any Mapping takes ten times as long
        return [inner]
    return [row for row in inner if isinstance(row, dict)] if isinstance(inner, list) else []


def whole(value: Any, count: int) -> bool:
    """Whether an embedded relation's own `pagination`, if it has one, says that `count` rows are all."""
    pages = value.get("pagination") if isinstance(value, dict) else None
    total = number(pages, "total") if isinstance(pages, dict) else None
    return total is None or total <= count


def br_date(iso: str) -> str:
    """2012-02-13 → 13/02/2012, as the API wants dates."""
    year, month, day = iso.split("-")
    return f"{day}/{month}/{year}"


def br_minute(start: Value, zone: ZoneInfo) -> str:
    """A start as the API wants it: the account's local time to the minute, or `agora`."""
    return f"{start.astimezone(zone):%d/%m/%Y %H:%M}" if isinstance(start, datetime) else str(start)
