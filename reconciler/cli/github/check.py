"""`reconciler github check`: what was planned for the head of the pull request, on record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.github.workflow import (
    ACCOUNT,
    MAX_TIME,
    REPORT,
    WORKSPACE,
    Event,
    account_of,
    opened,
    page_of_run,
    report_at,
    repository_folder,
)
from reconciler.cli.options import Command, bundled
from reconciler.cli.trouble import told


@dataclass(frozen=True, slots=True)
class Kept:
    """The saved plan of the run, and the artifact that it was uploaded as; neither, or both."""

    plan: Path | None
    artifact: int | None

    def sha256(self) -> str:
        """The plan's hash; empty without one. UsageError if one of the two is missing, or the file cannot be read."""
        if (self.plan is None) != (self.artifact is None):
            told = "--plan and --artifact belong together: a saved plan, and the artifact that holds it"
            raise click.UsageError(told)
        try:
            return hashlib.sha256(self.plan.read_bytes()).hexdigest() if self.plan else ""
        except OSError as error:
            raise click.UsageError(f"{self.plan}: the saved plan cannot be read: {error.strerror or error}") from None


_PLAN = click.option(
    "--plan",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="The saved plan that was uploaded, whose hash is recorded.",
)
_ARTIFACT = click.option(
    "--artifact", type=click.IntRange(min=1), metavar="ID", help="The artifact that it was uploaded as."
)


def _kept(command: Command) -> Command:
    return bundled(command, "kept", Kept, (_PLAN, _ARTIFACT))


@click.command()
@REPORT
@ACCOUNT
@_kept
@WORKSPACE
@MAX_TIME
def command(report: Path, account: str | None, kept: Kept, root: Path, max_time: timedelta) -> None:
    """Record what REPORT.json says as the check `reconciler / ACCOUNT` of the pull request's head.

    success: changes or none; action_required: a guard refuses, or a person must decide; failure: the files are wrong,
    or the run failed. What was planned is kept in it, for `reviewed`: digest, and hash and artifact of the saved plan.
    """
    console = Console()
    with told(console):
        from reconciler.github.annotations import placed  # noqa: PLC0415
        from reconciler.github.checks import Check, Record, make  # noqa: PLC0415  (httpx)

        found = report_at(report, account)
        record = Record(found.standings, found.digest, kept.sha256(), str(kept.artifact or ""))
        notes = placed(found.notes, root, repository_folder())
        check = Check(account_of(found, account), Event.read().head(), found, record, notes, page_of_run())
        with opened(console, max_time) as client:
            url = make(client, check)
        console.data(f"{check.conclusion}: {url}")
