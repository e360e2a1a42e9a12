"""`reconciler github annotate`: findings beside the lines that they are about, as workflow commands."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.github.workflow import REPORT, WORKSPACE, report_at, repository_folder
from reconciler.cli.log import instruct
from reconciler.cli.trouble import told


@click.command()
@REPORT
@WORKSPACE
def command(report: Path, root: Path) -> None:
    """Print what REPORT.json found wrong as commands that GitHub shows beside the lines of the pull request.

    Of a step GitHub shows ten errors and ten warnings: the tenth says how many there are besides.
    """
    console = Console()
    with told(console):
        from reconciler.github.annotations import commands, placed  # noqa: PLC0415

        for line in commands(placed(report_at(report, None).notes, root, repository_folder())):
            instruct(line)
