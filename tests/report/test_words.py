"""The words of reports: foreign text made harmless, numbers and moments as the reader writes them."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.report import View
from reconciler.report.words import (
    brief_moment,
    count,
    duration,
    moment,
    number,
    per_second,
    section,
    shortened,
    visible,
    width,
)

VIEW = View(salt=b"s", today=date(2026, 11, 2))
SAO_PAULO = ZoneInfo("America/Sao_Paulo")


@given(st.text(st.characters()))
def test_visible_leaves_nothing_hidden(text: str) -> None:
    """Whatever comes in, what comes out is one line without control, format, surrogate or unassigned characters."""
    seen = visible(text)
    assert {unicodedata.category(char) for char in seen}.isdisjoint({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    assert len(seen.splitlines()) <= 1
    assert visible(seen) == seen


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Promoção de Natal 🎄", "Promoção de Natal 🎄"),
        ("coração ❤️", "coração ❤️"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("abc\u202edef", "abc\\u202edef"),
        ("a\u200bb\u2060c\ufeff", "a\\u200bb\\u2060c\\ufeff"),
        ("\u2028\u0085", "\\u2028\\x85"),
        ("\U000e0041\u3164\ufe01", "\\U000e0041\\u3164\\ufe01"),
        ("\ud800", "\\ud800"),
        ("preço:\u00a010", "preço:\u00a010"),
    ],
)
def test_visible_escapes(text: str, seen: str) -> None:
    """Hidden characters are shown as escapes, letters, accents, emoji and blanks as they are."""
    assert visible(text) == seen


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (999, "999"), (51_314, "51.314"), (1_000_000, "1.000.000")])
def test_numbers_have_dots(value: int, text: str) -> None:
    """Thousands are set apart by dots, as in Brazil."""
    assert number(value) == text


def test_one_is_singular() -> None:
    """One thing is singular, none and many are plural, whatever the plural looks like."""
    assert [count(value, "call") for value in (0, 1, 2)] == ["0 calls", "1 call", "2 calls"]
    assert count(1_200, "mensagem", "mensagens") == "1.200 mensagens"


@pytest.mark.parametrize(
    ("kind", "name"),
    [("campo", "campos"), ("lista", "listas"), ("mensagem", "mensagens"), ("verificacao", "verificacoes")],
)
def test_section_is_the_plural(kind: str, name: str) -> None:
    """A kind's section in the YAML is its Portuguese plural."""
    assert section(kind) == name


@pytest.mark.parametrize(
    ("start", "text"),
    [
        (datetime(2026, 11, 26, 18, tzinfo=SAO_PAULO), "qui 26/11 18:00"),
        (datetime(2027, 1, 2, 9, 5, tzinfo=SAO_PAULO), "sáb 02/01/2027 09:05"),
        (datetime(2026, 11, 26, 18, tzinfo=ZoneInfo("America/Manaus")), "qui 26/11 18:00 -04:00"),
        (datetime(2026, 11, 26, 18, tzinfo=ZoneInfo("America/Fortaleza")), "qui 26/11 18:00"),
        (datetime(2026, 11, 29, 0, tzinfo=UTC), "dom 29/11 00:00 +00:00"),
        (None, "agora"),
    ],
)
def test_headline_moment(start: datetime | None, text: str) -> None:
    """A headline names year and offset only where they are not the reader's own."""
    assert brief_moment(start, VIEW) == text


def test_full_moment() -> None:
    """In a table a start is told in full, with its offset."""
    assert moment(datetime(2026, 12, 20, 9, tzinfo=SAO_PAULO)) == "dom 20/12/2026 09:00 -03:00"


def test_long_text_is_cut_and_counted() -> None:
    """What is cut off is counted."""
    assert shortened("x" * 2_000, 5) == "xxxxx… (2.000 characters)"


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("ção", 3), ("🎄", 2), ("日本", 4), ("e\u0301", 1), ("❤️", 1)]
)
def test_width_counts_columns(text: str, columns: int) -> None:
    """Wide letters take two columns, combining marks none."""
    assert width(text) == columns


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "about 1 s"),
        (44.6, "about 45 s"),
        (60, "about 1 min"),
        (1630, "about 27 min"),
        (3590, "about 1 h"),
        (5400, "about 1 h 30 min"),
        (20_000, "about 5 h 30 min"),
        (7_190, "about 2 h"),
        (200_000, "about 2 days"),
    ],
)
def test_durations(seconds: float, told: str) -> None:
    """How long something takes is told as roughly as it can be known."""
    assert duration(seconds) == told


@pytest.mark.parametrize(("rate", "told"), [(0.5, "0.5/s"), (1 / 3, "0.33/s"), (4.0, "4/s"), (19.4, "19/s")])
def test_paces(rate: float, told: str) -> None:
    """A pace has two figures."""
    assert per_second(rate) == told
