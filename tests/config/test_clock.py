"""Start times: the account's local time, to the minute, in every zone and on every day of the year."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from reconciler.providers.clock import start_of

ZONES = ("America/Sao_Paulo", "America/New_York", "Europe/Lisbon", "Australia/Lord_Howe", "UTC", "Africa/Casablanca")


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31)).map(lambda time: time.replace(second=0, microsecond=0)),  # noqa: DTZ001 - local times
    st.sampled_from(ZONES),
)
def test_a_start_exists_exactly_once_or_is_refused(time: datetime, name: str) -> None:
    """A time that is accepted is the only moment at which the zone's clocks show it; one that is refused is not."""
    zone = ZoneInfo(name)
    moments = {
        moment
        for hours in range(-26, 27)
        for minutes in (0, 30)
        if (moment := time.replace(tzinfo=UTC) + timedelta(hours=hours, minutes=minutes))
        .astimezone(zone)
        .replace(tzinfo=None)
        == time
    }
    refusal = None
    try:
        start = start_of(time.isoformat(timespec="minutes"), zone)
    except PydanticCustomError as error:
        refusal = error.type
    if len(moments) == 1:
        assert isinstance(start, datetime)
        assert {start.astimezone(UTC)} == moments
    assert refusal == {0: "skipped-time", 1: None}.get(len(moments), "repeated-time")


@pytest.mark.parametrize(
    ("text", "zone", "words"),
    [
        ("2018-11-04T00:30", "America/Sao_Paulo", "write 2018-11-04T01:00 or later"),
        ("2018-02-17T23:30", "America/Sao_Paulo", "before 2018-02-17T23:00, or 2018-02-18T00:00 or later"),
        ("2026-03-08T02:15", "America/New_York", "write 2026-03-08T03:00 or later"),
        ("2026-11-01T01:59", "America/New_York", "before 2026-11-01T01:00, or 2026-11-01T02:00 or later"),
        ("2026-11-01T01:30-05:00", "America/New_York", "before 2026-11-01T01:00, or 2026-11-01T02:00 or later"),
        ("2026-10-04T02:10", "Australia/Lord_Howe", "write 2026-10-04T02:30 or later"),
        ("2026-04-05T01:45", "Australia/Lord_Howe", "before 2026-04-05T01:30, or 2026-04-05T02:00 or later"),
    ],
)
def test_what_to_write_instead(text: str, zone: str, words: str) -> None:
    """A time that is skipped or repeated is refused with the nearest times that are good."""
    with pytest.raises(PydanticCustomError) as caught:
        start_of(text, ZoneInfo(zone))
    assert words in str((caught.value.context or {})["remedy"])


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("2026-12-20T09:00", "2026-12-20T09:00:00-03:00"),
        ("2026-12-20 09:00", "2026-12-20T09:00:00-03:00"),
        ("2026-12-20T09:00:00Z", "2026-12-20T06:00:00-03:00"),
        ("2026-12-20T23:30-05:30", "2026-12-21T02:00:00-03:00"),
        ("2018-11-04T01:00", "2018-11-04T01:00:00-02:00"),
    ],
)
def test_offsets_are_converted(text: str, local: str) -> None:
    """A time with an offset is the same moment in the account's zone."""
    start = start_of(text, ZoneInfo("America/Sao_Paulo"))
    assert isinstance(start, datetime)
    assert start.isoformat() == local


@pytest.mark.parametrize(
    "text",
    ["", "9h", "2026-12-20T9:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "٢٠٢٦-12-20T09:00", "Agora"],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    """Neither other spellings nor the ends of the calendar are starts."""
    with pytest.raises(PydanticCustomError):
        start_of(text, ZoneInfo("America/Sao_Paulo"))
