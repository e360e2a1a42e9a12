"""Notes at lines of files, as workflow commands and as a check run's annotations. Pure.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands, and how the runner reads them:
actions/runner, ActionCommand.TryParseV2 (`%25`, `%0D`, `%0A` in data; `%3A` and `%2C` too in properties).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from posixpath import normpath
from typing import Any, Final

from reconciler.engine.model import Severity
from reconciler.github.report import Note
from reconciler.report.words import shortened

SHOWN: Final = 10
"""So many errors, and so many warnings, of a step does GitHub show; it drops the others without a word."""
AT_ONCE: Final = 50
"""So many annotations a request about a check run may carry."""
MOST: Final = 200
"""So many a check run gets here: nobody reads more, and each fifty are a request."""
_TITLE: Final = 200
_LINE: Final = 2_000
_DATA: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY: Final = _DATA | {":": "%3A", ",": "%2C"}


def placed(notes: Iterable[Note], workspace: Path, repository: Path | None) -> tuple[Note, ...]:
    """The same with files relative to the repository, in which the workspace may be a folder.

    Without places where the workspace is no part of the repository.
    """
    root = repository.resolve() if repository is not None else workspace.resolve()
    here = workspace.resolve()
    inside = here.is_relative_to(root)
    folder = here.relative_to(root).as_posix() if inside else ""
    return tuple(replace(note, file=_joined(folder, note.file) if note.file and inside else "") for note in notes)


def _joined(folder: str, file: str) -> str:
    """The file's name from the top of the repository; none of one that would be outside of it."""
    name = normpath(f"{folder}/{file}")
    return "" if name in (".", "..") or name.startswith(("/", "../")) else name


def commands(notes: Sequence[Note]) -> Iterator[str]:
    """A command for each note that GitHub shows, the grave first; the last says how many there are besides."""
    for severity in Severity:
        word = str(severity)
        found = [note for note in notes if note.severity is severity]
        kept = found if len(found) <= SHOWN else found[: SHOWN - 1]
        yield from (_command(word, note) for note in kept)
        if len(found) > len(kept):
            left = len(found) - len(kept)
            yield _command(word, Note(severity, f"{left} more {word}s", ("the report has all of them",)))


def of_check(notes: Sequence[Note]) -> Sequence[dict[str, Any]]:
    """Those of a check run: only what has a place in a file."""
    found = sorted((note for note in notes if note.file), key=lambda note: note.severity is not Severity.ERROR)
    return [
        {
            "path": note.file,
            "start_line": note.line,
            "end_line": note.line,
            "start_column": note.column,
            "end_column": note.column,
            "annotation_level": "failure" if note.severity is Severity.ERROR else "warning",
            "title": shortened(note.title, _TITLE),
            "message": _message(note),
        }
        for note in found[:MOST]
    ]


def _command(word: str, note: Note) -> str:
    place = [f"file={_escaped(note.file, _PROPERTY)}", f"line={note.line}", f"col={note.column}"] if note.file else []
    title = f"title={_escaped(shortened(note.title, _TITLE).strip(), _PROPERTY)}"
    return f"::{word} {','.join((*place, title))}::{_escaped(_message(note), _DATA)}"


def _message(note: Note) -> str:
    return "\n".join(shortened(line, _LINE) for line in note.told or (note.title,))


def _escaped(text: str, signs: dict[str, str]) -> str:
    return "".join(signs.get(sign, sign) for sign in text)
