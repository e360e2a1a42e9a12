"""`reconciler github comment`: a report as the account's comment on the pull request."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.github.workflow import AUTHOR, MAX_TIME, NAME, PULL_REQUEST, Event, body_of, opened
from reconciler.cli.trouble import told


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="FILE.md")
@NAME
@PULL_REQUEST
@AUTHOR
@MAX_TIME
def command(file: Path, account: str, pull_request: int | None, author: str, max_time: timedelta) -> None:
    """Make the account's comment on the pull request say what stands in FILE.md.

    It is found again by a line that nobody sees, and only among what --author wrote; there is one for each account.
    """
    console = Console()
    with told(console):
        from reconciler.github.comments import say  # noqa: PLC0415  (httpx)

        number = Event.read().pull_request(pull_request)
        with opened(console, max_time) as client:
            said = say(client, number, account, body_of(file), author)
        more = f" ({said.deleted} older deleted)" if said.deleted else ""
        console.data(f"comment {said.became}{more}: {said.url}")
