"""Start times as authors write them → the account's local time, to the minute, existing exactly once. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pydantic_core import PydanticCustomError

AT_ONCE: Final = "agora"
_FORM: Final = "%Y-%m-%dT%H:%M"
_START: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?\Z", re.ASCII)
_BRAZILIAN: Final = re.compile(r"(\d{2})/(\d{2})/(\d{4})[T ](\d{2}:\d{2})\Z", re.ASCII)
_MAX_SHIFT: Final = timedelta(hours=26)


def _refused(reason: str, remedy: str, rule: str = "bad-date") -> PydanticCustomError:
    return PydanticCustomError(rule, "{reason}", {"reason": reason, "remedy": remedy})


def start_of(text: str, zone: ZoneInfo) -> datetime | str:
    """`2026-12-20T09:00`, with or without an offset, as an aware time in `zone`; or the text `agora` itself.

    Raises PydanticCustomError for what is no time, has seconds, or is a local time that the zone's clocks skip or
    repeat: the API takes local times only, so that such a time has no single meaning there.
    """
    if text == AT_ONCE:
        return text
    found = _START.match(text)
    if found is None:
        raise _refused("this is no start", _remedy(text))
    day, minute, seconds, offset = found.groups()
    if seconds is not None and float(seconds[1:]):
        raise _refused("sends start at a whole minute", f"write {day}T{minute}{offset or ''}")
    try:
        written = datetime.fromisoformat(f"{day}T{minute}{offset or ''}")
        local = _local(written, zone)
    except (ValueError, OverflowError):
        raise _refused(
            "there is no such day or time", "correct the day, the month or the hour (00:00 to 23:59)"
        ) from None
    _require_unique(local, zone)
    return local


def _local(written: datetime, zone: ZoneInfo) -> datetime:
    return written.replace(tzinfo=zone) if written.tzinfo is None else written.astimezone(zone)


def _require_unique(local: datetime, zone: ZoneInfo) -> None:
    first, second = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    if first == second or first is None or second is None:
        return
    bare = local.replace(tzinfo=None, fold=0)
    edge = _edge(bare, zone)
    if first < second:
        resumes = (edge + (second - first)).strftime(_FORM)
        raise _refused(
            f"the clocks of {zone.key} skip this time (they go from {edge:%H:%M} to {resumes[-5:]})",
            f"write {resumes} or later",
            "skipped-time",
        )
    begins, ends = edge - (first - second), edge
    raise _refused(
        f"the clocks of {zone.key} show this time twice (they go back from {ends:%H:%M} to {begins:%H:%M}), "
        "and the API takes local times only",
        f"write a time before {begins.strftime(_FORM)}, or {ends.strftime(_FORM)} or later",
        "repeated-time",
    )


def _edge(bare: datetime, zone: ZoneInfo) -> datetime:
    """The local time at which the clocks change near `bare`, by the clocks before the change; found by halving."""
    before = (bare.replace(tzinfo=zone) - _MAX_SHIFT).astimezone(UTC)
    after = (bare.replace(tzinfo=zone) + _MAX_SHIFT).astimezone(UTC)
    old = before.astimezone(zone).utcoffset() or timedelta()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    moment = (after + timedelta(seconds=30)).replace(second=0, microsecond=0)
    return (moment + old).replace(tzinfo=None)


def _remedy(text: str) -> str:
    if found := _BRAZILIAN.match(text):
        day, month, year, minute = found.groups()
        return f"write {year}-{month}-{day}T{minute}"
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return f"add the time, such as {text}T09:00"
    return "write it as 2026-12-20T09:00 (the account's time zone), or agora"
