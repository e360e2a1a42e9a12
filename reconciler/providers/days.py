"""Days, and times from one day to another, as checks on the other channels write them. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Final, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, ValidatorFunctionWrapHandler, WrapValidator

from reconciler.providers.guards import Section, ShortForm
from reconciler.providers.scalars import Maybe, refused, schema_of, text_only

_DAY_PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_OTHER_SPELLING: Final = re.compile(
    r"(?:(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})"
    r"|(?P<day_>[0-9]{1,2})[-/.](?P<month_>[0-9]{1,2})[-/.](?P<year_>[0-9]{4}))(?:[T ].*)?\Z"
)
"""A day as others write it; in Brazil the day comes before the month."""


def _day(value: object) -> date:
    text = text_only(value)
    if re.match(_DAY_PATTERN, text) is None:
        near = _near(text)
        raise refused("bad-date", "this is no day", f"write {near}" if near else "write it as 2026-06-30")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refused("bad-date", "there is no such day in the calendar", "correct the day or the month") from None


def _near(text: str) -> str:
    """The day that is meant by another spelling of it, if there is one: 1/6/2026, 2026-6-1, 2026-06-01T10:00."""
    found = _OTHER_SPELLING.match(text.strip())
    if found is None:
        return ""
    year, month, day = (int(found[name] or found[f"{name}_"]) for name in ("year", "month", "day"))
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


Dia: TypeAlias = Annotated[date, BeforeValidator(_day), schema_of(_DAY_PATTERN)]


class Periodo(Section):
    """Days in the account's time zone, both included."""

    de: Maybe[Dia] = Field(default=None, description="The first day. Left out: any before.", examples=["2026-06-01"])
    ate: Maybe[Dia] = Field(default=None, description="The last day. Left out: any after.", examples=["2026-06-30"])

    def since(self, zone: ZoneInfo) -> datetime | None:
        """The first moment of the first day."""
        return None if self.de is None else _midnight(self.de, zone)

    def before(self, zone: ZoneInfo) -> datetime | None:
        """The first moment after the last day."""
        return None if self.ate is None else _midnight(self.ate + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _in_order(value: object, handler: ValidatorFunctionWrapHandler) -> Periodo:
    period: Periodo = handler(value)
    if period.de is None and period.ate is None:
        raise refused("too-few", "one of de and ate must stand here", "write {de: 2026-06-01, ate: 2026-06-30}")
    if period.de is not None and period.ate is not None and period.ate < period.de:
        raise refused("bad-date", "the last day is before the first", "exchange de and ate")
    return period


def _one_day(text: str) -> Periodo:
    for sign, bound in (("<=", "ate"), (">=", "de")):
        if text.startswith(sign) and (near := _near(text.removeprefix(sign))):
            raise refused("bad-date", "days are not compared", f"write {{{bound}: {near}}}")
    day = _day(text)
    return Periodo.model_construct(de=day, ate=day)


Dias: TypeAlias = Annotated[
    Periodo,
    WrapValidator(_in_order),
    ShortForm(_one_day, ({"type": "string", "pattern": _DAY_PATTERN},)),
]
"""One day, or those from `de` to `ate`."""
