"""Differences of one field: short, aligned, and honest about what they leave out."""

from __future__ import annotations

from datetime import date, datetime
from time import process_time
from zoneinfo import ZoneInfo

from reconciler.engine.model import Action, Address, Change, Delta, Value
from reconciler.report import View
from reconciler.report.lines import rendered
from reconciler.report.values import differences, few, many

VIEW = View(salt=b"s", today=date(2026, 11, 2))
LIVE = Change(Address("lista", "x"), Action.UPDATE, "", live_id="g1")
NEW = Change(Address("lista", "x"), Action.CREATE, "")


def told(change: Change, *deltas: tuple[str, Value, Value]) -> list[str]:
    """The lines that tell these differences."""
    found = differences(change, [Delta(*each) for each in deltas], indent=0, explained=few)
    return rendered(found, VIEW).splitlines()


def test_before_and_after_are_aligned() -> None:
    """Each field stands on a line of its own, values under each other, missing ones said to be missing."""
    start = datetime(2026, 12, 20, 9, tzinfo=ZoneInfo("America/Sao_Paulo"))
    assert told(LIVE, ("nome", "A", "B"), ("ativo", False, True), ("data_de_inicio", None, start)) == [
        'nome            "A" → "B"',
        "ativo           false → true",
        "data_de_inicio  (nothing) → dom 20/12/2026 09:00 -03:00",
    ]


def test_what_is_new_has_no_before() -> None:
    """Of what the plan creates only the new values are shown."""
    assert told(NEW, ("nome", None, "A"), ("listas", None, frozenset({"b", "a"})), ("campos", None, {"k": "v"})) == [
        'nome    "A"',
        "listas  [a, b]",
        'campos  {k: "v"}',
    ]


def test_sets_and_mappings_are_explained() -> None:
    """Of sets and mappings only what differs is shown."""
    before, after = frozenset({"a", "b"}), frozenset({"b", "c"})
    assert sorted(told(LIVE, ("listas", before, after))) == ["        - 'a'", "listas  + 'c'"]
    lines = told(LIVE, ("campos", {"k": "1", "same": "x"}, {"k": "2", "same": "x", "new": "y"}))
    assert lines == ["campos  + new: 'y'", "        ~ k: '1' → '2'"]


def test_many_are_shown_whole() -> None:
    """Where there are many, both sides are shown and nothing is explained: that costs no time."""
    delta = Delta("listas", frozenset({"a"}), frozenset({"b"}))
    lines = rendered(differences(LIVE, [delta], indent=0, explained=many), VIEW)
    assert lines == "listas  [a] → [b]\n"


def test_html_is_shown_as_a_short_diff() -> None:
    """Of html only lines that differ and their neighbours are shown; what is left out is counted."""
    before = "\n".join(f"<p>{number}</p>" for number in range(100))
    lines = told(LIVE, ("html", before, before.replace("<p>50</p>", "<p>fifty</p>")))
    assert lines == [
        "html  989 characters in 100 lines → 992 characters in 100 lines",
        "     <p>49</p>",
        "    -<p>50</p>",
        "    +<p>fifty</p>",
        "     <p>51</p>",
    ]
    lines = told(LIVE, ("html", before, before.replace("<p>", "<b>")))
    assert lines[-1] == "    … 186 more lines of this difference"
    assert len(lines) == 16


def test_minified_html_can_be_compared() -> None:
    """Html on one line is compared tag by tag, and long texts within it by pieces that fit a screen."""
    before = "<table>" + "<tr><td>Natal</td></tr>" * 50 + "<p>" + "palavra " * 60 + "fim</p></table>"
    lines = told(LIVE, ("html", before, before.replace("fim", "final")))
    assert [line.strip()[0] for line in lines[2:4]] == ["-", "+"]
    assert "final" in lines[3]
    assert max(map(len, lines)) < 120


def test_white_space_alone_is_named() -> None:
    """When only white space differs the report says so instead of showing nothing."""
    assert (
        told(LIVE, ("html", "<p>\r\n<b>", "<p>\n<b>"))[1]
        == "    (only white space differs, or too long to compare here)"
    )


def test_new_html_is_told_by_its_size() -> None:
    """Html that is new is not printed whole."""
    assert told(NEW, ("html", None, "<p>\n" * 300)) == ["html  1.200 characters in 301 lines"]


def test_hostile_html_costs_no_time() -> None:
    """Two large texts without a line in common are told within a second."""
    before, after = ("\n".join(f"{word}{number}" for number in range(60_000)) for word in ("a", "b"))
    started = process_time()
    told(LIVE, ("html", before, after))
    assert process_time() - started < 1
