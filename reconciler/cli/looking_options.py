"""Options of the commands that only look: status and observe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import click

from reconciler.cli.arguments import duration
from reconciler.cli.options import (
    ACCOUNT,
    COLOR,
    OUT,
    QUIET,
    VERBOSE,
    WORKSPACE,
    Command,
    Common,
    bundled,
)


@dataclass(frozen=True, slots=True)
class Watching:
    """What status is told: whether to go on looking, how often (None: as the pace allows), and what is recent."""

    watch: bool
    every: timedelta | None
    recent: timedelta


@dataclass(frozen=True, slots=True)
class Observing:
    """What observe is told: which objects of which source, how many at most, and whether people are shown."""

    source: str
    where: tuple[str, ...]
    limit: int | None
    show_contacts: bool


_WATCH = click.option("--watch", is_flag=True, help="Go on until all is done, or Ctrl-C.")
_EVERY = click.option(
    "--every",
    callback=duration,
    metavar="DURATION",
    help="How long to wait between two looks (such as 30s). Default: what takes a fourth of the pace, at least 15s.",
)
_RECENT = click.option(
    "--recent",
    callback=duration,
    default="7d",
    show_default=True,
    metavar="DURATION",
    help="Leave out what has been over for longer.",
)
_SOURCE = click.argument("source", metavar="SOURCE")
_WHERE = click.option(
    "--where",
    multiple=True,
    metavar="FIELD=VALUE",
    help="Only these: FIELD=VALUE, FIELD=A,B (one of them), FIELD>=2026-06-01, FIELD<=2026-06-30. All have to be met.",
)
_STYLE = click.option(
    "--format",
    "style",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="json: one object a line, with every field; csv: the documented fields, and the rest in a last column.",
)
_LIMIT = click.option("--limit", type=click.IntRange(min=1), metavar="NUMBER", help="Stop after so many.")
_PEOPLE = click.option("--show-contacts", is_flag=True, help="Show phone numbers and contents instead of masks.")


def watching(command: Command) -> Command:
    """The options of status; the command gets them as `watching`."""
    return bundled(command, "watching", Watching, (_WATCH, _EVERY, _RECENT))


def tabular(command: Command) -> Command:
    """The options of every command about a workspace, for one that prints rows; the command gets them as `common`."""
    return bundled(command, "common", Common, (WORKSPACE, ACCOUNT, _STYLE, OUT, COLOR, QUIET, VERBOSE))


def observing(command: Command) -> Command:
    """The options of observe; the command gets them as `observing`."""
    return bundled(command, "observing", Observing, (_SOURCE, _WHERE, _LIMIT, _PEOPLE))
