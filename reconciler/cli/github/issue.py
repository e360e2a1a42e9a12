"""`reconciler github issue`: drift of an account as an issue, opened, edited and closed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.github.workflow import (
    ACCOUNT,
    AUTHOR,
    MAX_TIME,
    REPORT,
    account_of,
    body_of,
    opened,
    page_of_run,
    report_at,
)
from reconciler.cli.trouble import told


@click.command()
@REPORT
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.md")
@ACCOUNT
@AUTHOR
@MAX_TIME
def command(report: Path, file: Path, account: str | None, author: str, max_time: timedelta) -> None:
    """Keep one issue open while the plan in REPORT.json is not empty; it says what stands in FILE.md.

    It is found again by a line that nobody sees, its label `reconciler: drift` and its author. Once the plan is empty
    it is closed. A run that could not tell leaves it as it is.
    """
    console = Console()
    with told(console):
        from reconciler.github.issues import drifted, settled  # noqa: PLC0415  (httpx)

        found = report_at(report, account)
        name = account_of(found, account)
        if found.drifted is None:
            console.data(f"issue left as it is: {found.failure}")
            return
        with opened(console, max_time) as client:
            if found.drifted:
                came = drifted(client, name, body_of(file), author)
            else:
                came = settled(client, name, f"The account is as it is declared: {page_of_run()}", author)
        console.data(f"issue {came.became}: {came.url}" if came.url else f"issue {came.became}")
