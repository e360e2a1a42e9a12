"""`reconciler github labels`: the pull request's labels, by what all accounts' checks say."""

from __future__ import annotations

from datetime import timedelta

import click

from reconciler.cli.console import Console
from reconciler.cli.github.workflow import MAX_TIME, Event, opened
from reconciler.cli.trouble import told


@click.command()
@MAX_TIME
def command(max_time: timedelta) -> None:
    """Label the pull request by what the checks `reconciler / …` at its head say, of all accounts together.

    `reconciler: sends`, `changes` or `no changes`, and `blocked` and `invalid`. They are made where the repository does
    not have them; no other label is touched. To be run after `check`, by each account's job.
    """
    console = Console()
    with told(console):
        from reconciler.github.labels import label  # noqa: PLC0415  (httpx)

        event = Event.read()
        number, head = event.pull_request(None), event.head()
        with opened(console, max_time) as client:
            found = label(client, number, head)
        console.data("\n".join(sorted(each.name for each in found)) or "no labels")
