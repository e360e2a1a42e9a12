"""Options that several commands share, handed to them as one value each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import click

from reconciler.cli.console import Console

Command = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Common:
    """What every command about a workspace is told: which one, which account, and how to report."""

    root: Path
    account: str | None
    style: str
    out: Path | None
    no_color: bool
    quiet: bool
    verbose: int

    def console(self) -> Console:
        """Where this command writes."""
        return Console(-1 if self.quiet else self.verbose, self.no_color, self.out)


@dataclass(frozen=True, slots=True)
class Live:
    """What plan and apply are told about the account: which one, and what may pass."""

    embedded: bool
    show_contacts: bool
    allow: tuple[str, ...]
    destroy: tuple[str, ...]

    @property
    def allowed(self) -> tuple[str, ...]:
        """Everything that may pass, as `RULE=ADDRESS`."""
        return (*self.allow, *(f"destroy={address}" for address in self.destroy))


def _duration(_ctx: click.Context, _param: click.Parameter, value: str | None) -> timedelta:
    """A length of time as the YAML writes it; UsageError if it is none."""
    if value is None:
        return timedelta()
    from pydantic_core import PydanticCustomError  # noqa: PLC0415  (only where the option is given)

    from reconciler.providers.scalars import duration_of  # noqa: PLC0415

    try:
        return duration_of(value)
    except PydanticCustomError as error:
        raise click.BadParameter(f"{value} is no length of time: write 30s, 10min or 2h") from error


_WORKSPACE = click.option(
    "-C",
    "--workspace",
    "root",
    type=click.Path(path_type=Path),
    default=".",
    show_default=True,
    help="The folder of reconciler.yaml.",
)
_ACCOUNT = click.option("--account", metavar="NAME", help="Which of the accounts; needed if there are several.")
_STYLE = click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Of the report."
)
_OUT = click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to a file.")
_COLOR = click.option("--no-color", is_flag=True, help="No colours, even on a terminal.")
_QUIET = click.option("-q", "--quiet", is_flag=True, help="Say only what is wrong on stderr.")
_VERBOSE = click.option("-v", "--verbose", count=True, help="Say more on stderr; twice for every call.")
_ALLOW = click.option(
    "--allow",
    multiple=True,
    metavar="RULE=ADDRESS",
    help="Let one thing pass a guard, such as antecedencia_minima=envio.natal.",
)
_DESTROY = click.option(
    "--allow-destroy",
    "destroy",
    multiple=True,
    metavar="campo.KEY",
    help="Let a campo that is no longer declared be deleted, with every contact's value of it.",
)
_SANDBOX = click.option(
    "--sandbox",
    "embedded",
    is_flag=True,
    help="Use a simulated account, kept under .reconciler/sandbox, instead of the real one.",
)
embedded = click.option("--sandbox", "embedded", is_flag=True, help="The ledger of the simulated account of --sandbox.")
lock_timeout = click.option(
    "--lock-timeout",
    callback=_duration,
    metavar="DURATION",
    help="Wait up to this long (such as 10min) for another run to end. Without it, do not wait: exit 75.",
)
_CONTACTS = click.option("--show-contacts", is_flag=True, help="Show people's addresses and values instead of masks.")


def common(command: Command) -> Command:
    """The options of every command about a workspace; the command gets them as `common`."""
    return _bundled(command, "common", Common, (_WORKSPACE, _ACCOUNT, _STYLE, _OUT, _COLOR, _QUIET, _VERBOSE))


def live(command: Command) -> Command:
    """The options of plan and apply; the command gets them as `live`."""
    return _bundled(command, "live", Live, (_ALLOW, _DESTROY, _SANDBOX, _CONTACTS))


def _bundled(
    command: Command, name: str, bundle: type[Common | Live], options: Sequence[Callable[[Command], Command]]
) -> Command:
    @wraps(command)
    def bundling(**given: Any) -> None:
        mine = {field: given.pop(field) for field in bundle.__slots__}
        command(**{name: bundle(**mine)}, **given)

    wrapped: Command = bundling
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped
