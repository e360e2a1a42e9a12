"""The files in which a run's report is also kept, each in the format of its ending: written whole, or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reconciler.report import Report

ENDINGS = {".txt": "text", ".json": "json", ".md": "markdown", ".html": "html"}
"""The format of a report, as `--format` calls it, by the ending of its file's name."""


@dataclass(frozen=True, slots=True)
class Editions:
    """The report of one run, in as many files as were asked for.

    `also` are other files that the run writes, which it is as well to know of before.
    """

    paths: tuple[Path, ...] = ()
    also: tuple[Path, ...] = ()

    def check(self) -> None:
        """Before anything else is done. Raises ClickException, which names the file, if one could not be written."""
        for path in (*self.paths, *self.also):
            try:
                _try(path)
            except OSError as error:
                raise unwritten(path, error) from error

    def write(self, report: Report, clean: Callable[[str], str]) -> None:
        """Write every file. Raises ClickException for the first that could not be, once the others are."""
        failures: list[click.ClickException] = []
        for path in self.paths:
            try:
                write_report(path, (clean(report.told(ENDINGS[path.suffix])),))
            except click.ClickException as error:
                failures.append(error)
        if failures:
            raise failures[0]


def editions(paths: Sequence[Path], also: Iterable[Path | None], saved: Path | None) -> Editions:
    """The files that are asked for. Raises UsageError if one is no report's, or would be written twice.

    `also` are other reports, `saved` is where the plan is saved.
    """
    others = tuple(path for path in also if path is not None)
    seen: set[Path] = set()
    for path in paths:
        if path.suffix not in ENDINGS:
            raise click.UsageError(f"--report {path}: the ending says the format, and is one of {', '.join(ENDINGS)}")
    for path in (*([saved] if saved else []), *others, *paths):
        if path.resolve() in seen:
            raise click.UsageError(f"{path}: two things are to be written to this file; give each one of its own")
        seen.add(path.resolve())
    return Editions(tuple(paths), others)


def write_report(path: Path, texts: Iterable[str]) -> None:
    """Write a report beside its place and move it there, so that nobody reads half of one. Raises ClickException."""
    beside = _beside(path)
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            file.writelines(texts)
        beside.replace(path)
    except OSError as error:
        raise unwritten(path, error) from error
    finally:  # whatever keeps the texts from coming: half a report is none
        with contextlib.suppress(OSError):
            beside.unlink()


def unwritten(path: Path, error: OSError) -> click.ClickException:
    """Says that a report could not be written."""
    return click.ClickException(f"{path}: the report could not be written: {error.strerror or error}")


def _try(path: Path) -> None:
    """Begin and take back what `write_report` does."""
    if path.is_dir():
        raise IsADirectoryError(21, "Is a directory")
    beside = _beside(path)
    beside.open("w", encoding="utf-8").close()
    beside.unlink()


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}")
