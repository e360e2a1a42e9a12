"""`reconciler github outputs`: a run's figures for the steps that follow."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.cli.github.workflow import ACCOUNT, REPORT, put_out, report_at
from reconciler.cli.trouble import told


@click.command()
@REPORT
@ACCOUNT
@click.option("--plan", "plan_path", metavar="FILE", default="", help="Where the saved plan is, if it was saved.")
@click.option("--report", "report_path", metavar="FILE", default="", help="Where the report to be kept is.")
def command(report: Path, account: str | None, plan_path: str, report_path: str) -> None:
    """Put out changes, digest, creates, updates, deactivations, sends, recipients, failure_reason and both paths.

    A path is put out if there is a file. Where REPORT.json is missing, failure_reason says that the run wrote none.
    """
    console = Console()
    with told(console):
        from reconciler.github.outputs import of_report  # noqa: PLC0415

        there = [path if path and Path(path).is_file() else "" for path in (plan_path, report_path)]
        put_out(console, of_report(report_at(report, account), *there))
