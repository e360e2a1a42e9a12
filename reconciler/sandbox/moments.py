"""Instants as the simulator keeps them (microseconds since 1970) and as the vendor writes and reads them. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = -2_208_988_800 * SECOND, 253_370_764_800 * SECOND  # the years 1900 to 9998


def instant(moment: datetime) -> int:
    """Microseconds since 1970 of an aware moment."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(at: int) -> datetime:
    """The aware UTC moment of `at` microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=at)


def stamp(at: int, zone: ZoneInfo, *, fraction: bool = False) -> str:
    """Local time without a zone, as answers carry it: `2015-09-01 10:10:00`.

    With `fraction`, microseconds follow unless they are zero: `2013-11-20 16:07:19.594479` (both in the reference).
    """
    local = moment(at).astimezone(zone).replace(tzinfo=None)
    return str(local if fraction else local.replace(microsecond=0))


def zulu(at: int, timespec: str = "seconds") -> str:
    """UTC, as the other channels' answers carry it: `2025-06-10T15:00:00Z`, or with `milliseconds` `….000Z`."""
    return moment(at).replace(tzinfo=None).isoformat(timespec=timespec) + "Z"


def day(at: int, zone: ZoneInfo) -> str:
    """Local date as answers carry it: `2015-02-02` (`dataCadastro` of a mensagem)."""
    return moment(at).astimezone(zone).date().isoformat()


def http_date(at: int) -> str:
    """The instant as a `Date` or `Retry-After` header: `Mon, 02 Nov 2026 11:00:00 GMT`."""
    return format_datetime(moment(at).replace(microsecond=0), usegmt=True)


def parse_date(text: str) -> date:
    """A date as requests carry it, dd/mm/yyyy. Raises ValueError for anything else."""
    return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a date has no zone


def parse_minute(text: str, zone: ZoneInfo) -> int:
    """A local time as requests carry it, dd/mm/yyyy HH:MM, as an instant. Raises ValueError for anything else."""
    return _representable(instant(datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=zone)))


def parse_local(text: str, zone: ZoneInfo) -> int:
    """An ISO time as seeds carry it, `2026-11-02T08:00`, local unless it has an offset. Raises ValueError otherwise."""
    parsed = datetime.fromisoformat(text)
    return _representable(instant(parsed if parsed.tzinfo else parsed.replace(tzinfo=zone)))


def _representable(at: int) -> int:
    """`at`, if it can be shown again in every zone: not within a day of the calendar's ends."""
    if not _FIRST <= at <= _LAST:
        raise ValueError("out of range")
    return at
