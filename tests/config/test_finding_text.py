"""Findings as compilers print them, and as data."""

from __future__ import annotations

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.model import Address, Finding, Place, Severity
from reconciler.report.findings import as_json, text

UNKNOWN = Finding(
    Severity.ERROR,
    "unknown-key",
    "unknown key 'asunto'",
    reason="known here: assunto, html",
    remedy="did you mean assunto?",
    place=Place("campanhas/natal.yaml", 12, 5),
    address=Address("mensagem", "natal"),
    field="asunto",
    value="asunto",
    excerpt="    asunto: Feliz Natal!",
    width=6,
)


def test_a_finding_is_shown_with_its_line_and_a_caret() -> None:
    """Place, severity, what is wrong, the line, the caret below it, why, and what to do; and how many there are."""
    warning = Finding(Severity.WARNING, "no-files", "no file matches x", remedy="correct it")
    assert text([UNKNOWN, warning], color=False) == (
        "campanhas/natal.yaml:12:5: error: unknown key 'asunto' [unknown-key]\n"
        "   12 |     asunto: Feliz Natal!\n"
        "      |     ^^^^^^\n"
        "  why  known here: assunto, html\n"
        "  fix  did you mean assunto?\n"
        "\n"
        "warning: no file matches x [no-files]\n"
        "  fix  correct it\n"
        "\n"
        "1 error, 1 warning\n"
    )
    assert text([], color=False) == ""


def test_colours_are_added_and_nothing_else_changes() -> None:
    """With colours the text is the same between the codes."""
    plain = text([UNKNOWN], color=False)
    coloured = text([UNKNOWN], color=True)
    pieces = coloured.split("\x1b[")
    assert len(pieces) > 1
    assert pieces[0] + "".join(piece.partition("m")[2] for piece in pieces[1:]) == plain


def test_findings_as_data() -> None:
    """A program gets the same, field by field."""
    (found,) = as_json([UNKNOWN])
    assert json.loads(json.dumps(found)) == {
        "severity": "error",
        "rule": "unknown-key",
        "summary": "unknown key 'asunto'",
        "reason": "known here: assunto, html",
        "remedy": "did you mean assunto?",
        "file": "campanhas/natal.yaml",
        "line": 12,
        "column": 5,
        "width": 6,
        "address": "mensagem.natal",
        "field": "asunto",
        "value": "asunto",
        "excerpt": "    asunto: Feliz Natal!",
    }


@given(st.text(min_size=1, max_size=400), st.data())
def test_any_line_is_shown_safely_with_the_caret_in_sight(line: str, data: st.DataObject) -> None:
    """Whatever a line holds, what is printed is printable, of limited length, and has its caret below the line."""
    column = data.draw(st.integers(1, len(line) + 1))
    width = data.draw(st.integers(1, 500))
    finding = Finding(Severity.ERROR, "x", line, place=Place("a.yaml", 1, column), excerpt=line, width=width)
    lines = text([finding], color=False).split("\n")
    shown = "".join(lines[:3])
    assert all(character.isprintable() or unicodedata.category(character) == "Zs" for character in shown)
    assert len(lines) == len(["summary", "line", "caret", "", "tally", ""])
    assert set(lines[2].partition("|")[2].strip()) == {"^"}
