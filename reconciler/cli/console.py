"""Where everything is written: data on stdout (or `--out`), everything else on stderr, the key on neither."""

from __future__ import annotations

import hashlib
import logging
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from reconciler.cli.editions import Editions, write_report

if TYPE_CHECKING:
    from reconciler.report import Report

_WIPE = "\r\x1b[2K"
_LEVELS = {0: logging.WARNING, 1: logging.INFO}


@dataclass(slots=True)
class Console:
    """Writes for one command. `hide` gets the key as soon as it is known; from then on it is in no text.

    `loud` is -1 for -q, 0, 1 for -v, 2 for -vv. `people` is the file that changes of contacts get to themselves, if so.
    `editions` are further files for what is reported; `account` is the one that the run is about, once that is known.
    """

    loud: int = 0
    plain: bool = False
    out: Path | None = None
    people: Path | None = None
    editions: Editions = field(default_factory=Editions)
    account: str | None = None
    reported: Report | None = None
    _keys: list[str] = field(default_factory=list, repr=False)
    _passing: bool = False

    def hide(self, key: str) -> None:
        """Never write `key` from now on."""
        if key not in self._keys:
            self._keys.append(key)

    @property
    def color(self) -> bool:
        """Whether stdout gets colours: only on a terminal, never with --no-color, NO_COLOR or --out."""
        return self._colored(sys.stdout) and self.out is None

    @property
    def error_color(self) -> bool:
        """The same for stderr."""
        return self._colored(sys.stderr)

    def _colored(self, stream: TextIO) -> bool:
        return not self.plain and "NO_COLOR" not in os.environ and stream.isatty()

    def data(self, text: str) -> None:
        """What the command was asked for."""
        text = self.clean(text if text.endswith("\n") else text + "\n")
        if self.out is None:
            _print(text)
        else:
            write_report(self.out, (text,))

    def report(self, report: Report, style: str) -> None:
        """What the run has to report: in `style` where data goes, and in every file that was asked for."""
        try:
            self.keep(report)
        finally:
            self.data(report.told(style, color=self.color))

    def keep(self, report: Report) -> None:
        """Keep a report in the files that were asked for alone. Raises ClickException, once all are tried."""
        self.reported = report
        self.editions.write(report, self.clean)

    def lines(self, path: Path, lines: Iterable[str]) -> tuple[int, str]:
        """Write lines to a file of their own, as they come; how many they were, and the file's SHA-256."""
        count, hashed = 0, hashlib.sha256()

        def counted() -> Iterator[str]:
            nonlocal count
            for line in map(self.clean, lines):
                count += 1
                hashed.update(line.encode())
                yield line

        write_report(path, counted())
        return count, hashed.hexdigest()

    def say(self, text: str, *, at: int = 0) -> None:
        """Anything else, unless `-q`; `at` is how loud (-v) it takes for this to be said."""
        if self.loud >= at:
            self.tell(text)

    def tell(self, text: str) -> None:
        """What must be told even with `-q`: errors, and the questions' answers."""
        click.echo(f"{_WIPE if self._passing else ''}{self.clean(text)}", err=True, color=True)
        self._passing = False

    @property
    def lively(self) -> bool:
        """Whether passing lines are seen."""
        return self.loud >= 0 and sys.stderr.isatty()

    def progress(self, text: str) -> None:
        """A passing line, on a terminal only; an empty text wipes it."""
        if self.lively and (text or self._passing):
            self._passing = bool(text)
            click.echo(f"{_WIPE}{self.clean(text)}", nl=False, err=True, color=True)

    def log(self) -> None:
        """Send log records to stderr, as loud as asked for."""
        handler = _Handler(self)
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        logging.basicConfig(level=_LEVELS.get(max(self.loud, 0), logging.DEBUG), handlers=[handler], force=True)

    def clean(self, text: str) -> str:
        """`text` without the key."""
        if self._keys:
            from reconciler.transport import redact  # noqa: PLC0415  (loads the HTTP library: only once a key is known)

            for key in self._keys:
                text = redact(text, key)
        return text


class _Handler(logging.Handler):
    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        self._console.tell(self.format(record))


def _print(text: str) -> None:
    """Write to stdout; a reader that has left (`| head`) is no error of the report's."""
    try:
        click.echo(text, nl=False, color=True)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise click.ClickException(f"the report could not be written: {error.strerror or error}") from error
