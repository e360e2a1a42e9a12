"""`reconciler validate`: what is wrong with the files, all of it at once, without network or key."""

from __future__ import annotations

import os

import click

from reconciler.cli import options
from reconciler.cli.console import Console
from reconciler.cli.options import Common
from reconciler.cli.trouble import show, told
from reconciler.engine.model import Finding, Severity
from reconciler.engine.result import Exit


@click.command()
@options.common
def command(common: Common) -> None:
    """Check the workspace's files: every finding with file, line, column, reason and remedy.

    Needs neither network nor key (but a consulta asks its database). Exits 3 when something is wrong.
    """
    console = common.console()
    with told(console):
        from reconciler.config import InvalidConfig, load  # noqa: PLC0415  (pydantic)

        try:
            only = None if common.account is None else [common.account]
            workspace = load(common.root, only=only, environment=os.environ)
        except InvalidConfig as invalid:
            _report(console, common.style, invalid.findings, "")
            raise click.exceptions.Exit(Exit.INVALID) from None
        accounts = workspace.accounts.values()
        warnings = (*workspace.warnings, *(finding for item in accounts for finding in item.warnings))
        count = sum(len(item.declared) + len(item.people) for item in accounts)
        ending = f"{count} resources in {len(workspace.accounts)} account{'s' if len(accounts) != 1 else ''}: valid"
        _report(console, common.style, warnings, ending)


def _report(console: Console, style: str, findings: tuple[Finding, ...], ending: str) -> None:
    """Findings as asked for: JSON on stdout; as text, errors are what was asked for, so they go there too."""
    from reconciler.report import findings as report  # noqa: PLC0415
    from reconciler.report import json_text  # noqa: PLC0415

    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    if style == "json":
        document = {"format_version": 1, "valid": not errors, "findings": report.as_json(findings)}
        console.data(json_text(document))
        return
    show(console, findings)
    if ending:
        console.data(ending)
