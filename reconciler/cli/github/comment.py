"""`reconciler github comment`: a report as the account's comment on the pull request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.github.workflow import AUTHOR, MAX_TIME, NAME, PULL_REQUEST, Event, body_of, opened
from reconciler.cli.options import Command, bundled
from reconciler.cli.trouble import told


@dataclass(frozen=True, slots=True)
class Whose:
    """Which comment it is: an account has one of its plans, and one of its applies."""

    account: str
    run: str

    @property
    def line(self) -> str:
        """Its first line."""
        from reconciler.github.marks import mark  # noqa: PLC0415

        return mark(self.account, None if self.run == "plan" else self.run)


_RUN = click.option(
    "--run",
    type=click.Choice(["plan", "apply"]),
    default="plan",
    show_default=True,
    help="What was run: an account has a comment of its plans, and one of its applies.",
)


def _whose(command: Command) -> Command:
    return bundled(command, "whose", Whose, (NAME, _RUN))


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="FILE.md")
@_whose
@PULL_REQUEST
@AUTHOR
@MAX_TIME
def command(file: Path, whose: Whose, pull_request: int | None, author: str, max_time: timedelta) -> None:
    """Make the account's comment on the pull request say what stands in FILE.md.

    It is found again by a line that nobody sees, and only among what --author wrote.
    """
    console = Console()
    with told(console):
        from reconciler.github.comments import say  # noqa: PLC0415  (httpx)

        number = Event.read().pull_request(pull_request)
        with opened(console, max_time) as client:
            said = say(client, number, whose.line, body_of(file), author)
        more = f" ({said.deleted} older deleted)" if said.deleted else ""
        console.data(f"comment {said.became}{more}: {said.url}")
