"""Loosely typed JSON becomes fields: typed where it is as documented, kept as it came elsewhere, never a crash."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.providers.fields import Kind, count, fields_of, moment, percentage, word

LATE = datetime(2025, 6, 10, 15, 0, tzinfo=UTC)

READ: dict[Kind, list[tuple[Any, Any]]] = {
    Kind.COUNT: [
        (492, 492),
        ("492", 492),
        (" 492 ", 492),
        ("492.0", 492),
        ("492.00", 492),
        (492.0, 492),
        (0, 0),
        ("-1", -1),
        ("1.000", "1.000"),
        ("1,5", "1,5"),
        ("1e3", "1e3"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("٣", "٣"),
        ("９", "９"),
        ("", ""),
        ("9" * 5000, "9" * 5000),
        (49.5, 49.5),
        (True, True),
        (None, None),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        ([1, 2], "[1, 2]"),
        ({}, "{}"),
    ],
    Kind.NUMBER: [
        (45, 45),
        (45.5, 45.5),
        ("45.5", 45.5),
        ("100", 100.0),
        ("45,5", "45,5"),
        ("45%", "45%"),
        (None, None),
    ],
    Kind.MOMENT: [
        ("2025-06-10T15:00:00Z", LATE),
        ("2025-06-10T15:00:00.000Z", LATE),
        ("2025-06-10T15:00:00.123456789Z", LATE + timedelta(microseconds=123456)),
        ("2025-06-10T12:00:00-03:00", LATE),
        ("2025-06-10 12:00:00-0300", LATE),
        ("2025-06-10t15:00z", LATE),
        ("2025-06-10T15:00:00", "2025-06-10T15:00:00"),
        ("2025-06-10", "2025-06-10"),
        ("20250610T150000Z", "20250610T150000Z"),
        ("2025-02-30T15:00:00Z", "2025-02-30T15:00:00Z"),
        ("2025-06-10T25:00:00Z", "2025-06-10T25:00:00Z"),
        ("2025-06-10T15:00:00+99:00", "2025-06-10T15:00:00+99:00"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59-23:59", "9999-12-31T23:59:59-23:59"),
        (1749567600, 1749567600),
        ("", ""),
        (None, None),
    ],
    Kind.TEXT: [
        ("Campanha", "Campanha"),
        (" dois  espaços ", " dois  espaços "),
        (2025, "2025"),
        (1.5, "1.5"),
        (True, True),
        (None, None),
        ("meio \ud83d par", "meio \ufffd par"),
        ("\ud83d\ude00", "\U0001f600"),
        (["a", "ç"], '["a", "ç"]'),
    ],
}


@pytest.mark.parametrize(("kind", "given_", "kept"), [(kind, *case) for kind, cases in READ.items() for case in cases])
def test_read(kind: Kind, given_: Any, kept: Any) -> None:
    """What is documented to be a number, a text or a time is one where it can be, and else just what came."""
    found = fields_of({"campo": given_}, {"campo": kind})["campo"]
    assert (type(found), found) == (type(kept), kept)


def test_times_are_utc() -> None:
    """Every time is aware and in UTC, whatever its offset."""
    found = fields_of({"a": "2025-06-10T12:00:00-03:00"}, {"a": Kind.MOMENT})["a"]
    assert isinstance(found, datetime)
    assert found.tzinfo is UTC


def test_names() -> None:
    """Nested names are joined by dots; what is nested too deeply, or is a list, stays as JSON; nothing is lost."""
    row = {"a": {"b": {"c": {"d": {"e": 1}}, "x": None}, "y": {}}, "l": [{"k": "ç"}], "z": None}
    assert fields_of(row, {}) == {"a.b.c.d": '{"e": 1}', "a.b.x": None, "a.y": "{}", "l": '[{"k": "ç"}]', "z": None}


def test_without_end() -> None:
    """Nesting that no JSON writer could write is told, not fallen over."""
    deep: Any = []
    for _ in range(200_000):
        deep = [deep]
    assert fields_of({"a": deep}, {}) == {"a": "(nested too deeply)"}
    while deep:  # or the interpreter would take it apart recursively
        deep = deep.pop()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(row=st.dictionaries(st.text(max_size=8), JSON, max_size=6), kind=st.sampled_from([None, *Kind]))
def test_any_json(row: dict[str, Any], kind: Kind | None) -> None:
    """Any object becomes fields that can be written: no exception, no NaN, no half of a pair, no naive time."""
    found = fields_of(row, {} if kind is None else dict.fromkeys(row, kind))
    json.dumps(found, allow_nan=False, default=datetime.isoformat).encode()
    for name, value in found.items():
        f"{name}{value}".encode()
        if isinstance(value, datetime):
            assert value.utcoffset() == timedelta(0)
        assert (count(value) or 0) >= 0
        assert 0 <= (percentage(value) or 0) <= 100
        assert moment(value) is None or moment(value) == value
        assert isinstance(word(value), str)


@given(seconds=st.integers(31_536_000, 2**37), minutes=st.integers(-1439, 1439))
def test_any_time(seconds: int, minutes: int) -> None:
    """A time that was written with its offset is that very time."""
    written = datetime.fromtimestamp(seconds, timezone(timedelta(minutes=minutes)))
    assert fields_of({"a": written.isoformat()}, {"a": Kind.MOMENT}) == {"a": written}


@pytest.mark.parametrize(
    ("value", "people"),
    [(3, 3), (0, 0), (-1, None), (True, None), (3.0, None), ("3", None), (10**13, None), (None, None)],
)
def test_count(value: Any, people: int | None) -> None:
    """A number of people is a whole number from 0 to what can be; anything else is not known."""
    assert count(value) == people


@pytest.mark.parametrize(
    ("value", "share"), [(45, 45.0), (100.0, 100.0), (0, 0.0), (100.5, None), (-1, None), (True, None), ("45", None)]
)
def test_percentage(value: Any, share: float | None) -> None:
    """Progress is a number from 0 to 100; anything else is not known."""
    assert percentage(value) == share
