"""Options about copies of an account: snapshots, and rehearsals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.options import (
    ACCOUNT,
    ALLOW,
    COLOR,
    COMMIT,
    CONTACTS,
    DESTROY,
    QUIET,
    SANDBOX,
    VERBOSE,
    WORKSPACE,
    Command,
    Live,
    bundled,
)


@dataclass(frozen=True, slots=True)
class Placed:
    """What a command is told that reports nothing but on stderr: which workspace and account, and how loud to be."""

    root: Path
    account: str | None
    no_color: bool
    quiet: bool
    verbose: int

    def console(self) -> Console:
        """Where this command writes."""
        return Console(-1 if self.quiet else self.verbose, self.no_color)


@dataclass(frozen=True, slots=True)
class Rehearsing:
    """What rehearse is told: how much may pass, what the report names, and what is assumed of the vendor."""

    embedded: bool
    show_contacts: bool
    commit: str | None
    allow: tuple[str, ...]
    destroy: tuple[str, ...]
    assume: tuple[str, ...]

    @property
    def live(self) -> Live:
        """The same, as plan is told it: the account is read in full, and the report has no changes in it."""
        return Live(self.embedded, self.show_contacts, None, self.commit, None, self.allow, self.destroy)


@dataclass(frozen=True, slots=True)
class Instead:
    """What plan is told about copies of the account: a snapshot to plan against, and whether to rehearse the plan."""

    against: Path | None
    prove: bool
    assume: tuple[str, ...]


_AGAINST = click.option(
    "--against",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="SNAPSHOT",
    help="Plan against a snapshot (see reconciler snapshot) instead of the account: no network, no key of the account.",
)
_PROVE = click.option(
    "--prove",
    is_flag=True,
    help="Rehearse the plan on a copy of the account, in memory (as rehearse does), and show what came of it.",
)
_ASSUME = click.option(
    "--assume",
    multiple=True,
    metavar="NAME=VALUE",
    help="In a rehearsal, let the vendor do otherwise than its documents make likeliest, such as minutos_de_passo=15.",
)


def placed(command: Command) -> Command:
    """The options of a command that says no more than what it did; the command gets them as `placed`."""
    return bundled(command, "placed", Placed, (WORKSPACE, ACCOUNT, COLOR, QUIET, VERBOSE))


def instead(command: Command) -> Command:
    """The options of plan about copies of the account; the command gets them as `instead`."""
    return bundled(command, "instead", Instead, (_AGAINST, _PROVE, _ASSUME))


def rehearsing(command: Command) -> Command:
    """The options of rehearse; the command gets them as `rehearsing`."""
    return bundled(command, "rehearsing", Rehearsing, (ALLOW, DESTROY, SANDBOX, CONTACTS, COMMIT, _ASSUME))
