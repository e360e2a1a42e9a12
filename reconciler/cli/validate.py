"""`reconciler validate`: what is wrong with the files, all of it at once, without network or key."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import click

from reconciler.cli import options
from reconciler.cli.console import Console
from reconciler.cli.options import Common
from reconciler.cli.trouble import show, told
from reconciler.engine.model import Finding
from reconciler.engine.result import Exit


@click.command()
@options.checked
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
            _report(console, common.style, invalid.findings, str(invalid), Exit.INVALID)
            raise click.exceptions.Exit(Exit.INVALID) from None
        accounts = workspace.accounts.values()
        warnings = (*workspace.warnings, *(finding for item in accounts for finding in item.warnings))
        count = sum(len(item.declared) + len(item.people) for item in accounts)
        ending = f"{count} resources in {len(workspace.accounts)} account{'s' if len(accounts) != 1 else ''}: valid"
        _report(console, common.style, warnings, ending, Exit.OK)


def _report(console: Console, style: str, findings: tuple[Finding, ...], message: str, code: Exit) -> None:
    """Findings as asked for: in files without people; as JSON on stdout, and as text on stderr, as they are."""
    from reconciler.report import Frame, Trouble, ValidationReport, View, json_text, validation_document  # noqa: PLC0415

    trouble = Trouble(console.account, code, message, findings)
    view = View(salt=b"", today=datetime.now(UTC).date())
    console.keep(ValidationReport(trouble, view, Frame(command="", whole="reconciler validate")))
    if style == "json":
        document = validation_document(trouble, View(salt=b"", today=view.today, show_contacts=True))
        console.data(json_text(document))
        return
    show(console, findings)
    if code is Exit.OK:
        console.data(message)
