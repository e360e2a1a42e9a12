r"""Streams that GitHub Actions reads as a log: no line of them is a workflow command, but those that are meant.

The runner takes a line for a command that begins, after blanks, with `::name…::`, or holds `##[name…]` anywhere
(actions/runner, ActionCommand.TryParseV2 and TryParse), whoever wrote it: a campaign's name could mask the log, add
annotations, or set what later steps rely on. It compares by the rules of a language, which pass over characters
that cannot be seen. Lines end where .NET's StreamReader ends them: at \r, \n, or both.
"""

from __future__ import annotations

import io
import os
import re
import stat
import sys
from typing import Final, TextIO

_UNSEEN: Final = (
    r"\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    r"\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff0-\ufffb"
)
_HEAD: Final = rf"(?:[^\S\r\n]|[{_UNSEEN}])*"
_COMMAND: Final = re.compile(rf"(?m:^|(?<=\r))({_HEAD}:[{_UNSEEN}]*)(?=:)")
_OLD: Final = re.compile(rf"(#[{_UNSEEN}]*#[{_UNSEEN}]*)(?=\[)")
_OPEN: Final = re.compile(rf"{_HEAD}(?::[{_UNSEEN}]*)?\Z|(?:#[{_UNSEEN}]*){{1,2}}\Z")
_TAIL: Final = 64
"""Characters at the end of a line within which an open `##` is looked for."""
_LINES: Final = re.compile(r"[\r\n]")


class Log(io.TextIOWrapper):
    """A stream in whose text a backslash stands within whatever would be a command."""

    _line = ""
    """What of the line that is not ended yet may become the beginning of a command."""

    def write(self, text: str) -> int:
        """Write text, which may end within a line."""
        before = self._line
        super().write(harmless(before + text)[len(before) :])
        self._line = _unfinished(before + text)
        return len(text)

    def instruct(self, command: str) -> None:
        """Write a line that is meant to be a command."""
        super().write(f"{command}\n")
        self._line = ""


def harmless(text: str) -> str:
    """`text`, from the beginning of a line on, without commands."""
    return _OLD.sub(r"\1\\", _COMMAND.sub(r"\1\\", text))


def instruct(command: str) -> None:
    """Print a workflow command."""
    if isinstance(sys.stdout, Log):
        sys.stdout.instruct(command)
    else:
        print(command)  # noqa: T201 - on a terminal, somebody is trying it


def watch_streams() -> None:
    """From now on what this process prints is harmless, where GitHub Actions reads it. A file is no log."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    sys.stdout, sys.stderr = _watched(sys.stdout), _watched(sys.stderr)


def _watched(stream: TextIO) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper) or isinstance(stream, Log):
        return stream
    if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        return stream
    stream.flush()
    return Log(stream.buffer, encoding="utf-8", errors="backslashreplace", line_buffering=True, write_through=True)


def _unfinished(text: str) -> str:
    """What stands in the place of the line that `text` leaves open: it begins, and ends, as that line does."""
    line = _LINES.split(text)[-1]
    if _OPEN.fullmatch(line):
        return line
    found = _OPEN.search(line[-_TAIL:])
    return f"x{found[0]}" if found is not None and found[0].startswith("#") else "x"
