"""Annotations, read as the runner reads them: whatever stands in a finding, the command is the one that was meant."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.model import Severity
from reconciler.github.annotations import commands, of_check, placed
from reconciler.github.report import Note
from reconciler.report.words import visible
from tests.github.test_log import lines_of

DATA = {"%0D": "\r", "%0A": "\n", "%25": "%"}
PROPERTY = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}

TEXTS = st.text(alphabet=":,%=;]#[ \r\n\\aé\u202e25AD03C", max_size=40)
NOTES = st.builds(
    Note,
    st.sampled_from(Severity),
    TEXTS,
    st.lists(TEXTS, max_size=2).map(tuple),
    TEXTS,
    st.integers(1, 9999),
    st.integers(1, 999),
)


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """A command's name, properties and data: actions/runner, ActionCommand.TryParseV2."""
    line = line.lstrip()
    assert line.startswith("::")
    end = line.index("::", 2)
    name, _, listed = line[2:end].partition(" ")
    pairs = (pair.partition("=") for pair in listed.strip().split(",") if pair)
    return name, {key: _plain(value, PROPERTY) for key, _, value in pairs}, _plain(line[end + 2 :], DATA)


def _plain(text: str, signs: dict[str, str]) -> str:
    for escaped, sign in signs.items():
        text = text.replace(escaped, sign)
    return text


@given(NOTES)
def test_a_command_says_what_was_meant(note: Note) -> None:
    """One line, one command: file, line, column, title and message are the finding's own, and made visible."""
    (command,) = commands([note])
    assert len(lines_of(command)) == 1
    name, properties, data = parsed(command)
    assert name == str(note.severity)
    assert properties.get("title", "") == visible(note.title).strip()
    assert data == "\n".join(map(visible, note.told or (note.title,)))
    assert properties.get("file", "") == note.file
    if note.file:
        assert (properties["line"], properties["col"]) == (str(note.line), str(note.column))


@given(st.lists(NOTES, max_size=40))
def test_no_more_are_printed_than_are_shown(notes: list[Note]) -> None:
    """Of each sort ten at most, and all that there are, are told of: those that are shown, or their number."""
    found = [parsed(command) for command in commands(notes)]
    for severity in Severity:
        shown = [properties for name, properties, _ in found if name == str(severity)]
        there = sum(note.severity is severity for note in notes)
        assert len(shown) == min(there, 10)
        assert there <= 10 or shown[-1]["title"] == f"{there - 9} more {severity}s"


@given(st.text(alphabet="a./", max_size=12).filter(bool))
def test_no_annotation_is_outside_of_the_repository(file: str) -> None:
    """A place is a name from the top of the repository, or none."""
    (note,) = placed([Note(Severity.ERROR, "x", (), file)], Path("/repo/loja"), Path("/repo"))
    assert not {"", ".", ".."} & set(note.file.split("/")) or not note.file
    assert len(of_check([note])) == bool(note.file)
