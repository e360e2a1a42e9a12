"""`reconciler ledger`: what the memory of an account holds, whether it is whole, and how a lost one is begun anew."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.console import Console
from reconciler.cli.options import Common
from reconciler.cli.trouble import show, told
from reconciler.engine.model import Finding
from reconciler.engine.result import Exit

if TYPE_CHECKING:
    from reconciler.cli.keeping import Kept


@click.group(name="ledger")
def command() -> None:
    """Show, verify or rebuild the memory of an account. Needs no key, and calls no API."""


@command.command(name="show")
@options.common
@options.embedded
def show_command(common: Common, embedded: bool) -> None:
    """Show what the ledger remembers: bindings by kind, calls without an outcome, and who holds it.

    People are counted, not named.
    """
    console = common.console()
    with told(console):
        from reconciler.cli.keeping import kept  # noqa: PLC0415  (pydantic)
        from reconciler.report import json_text, ledger_document, ledger_text  # noqa: PLC0415

        there = kept(common.root, common.account, embedded=embedded)
        memory, lease = there.remembered(), there.lease()
        show(console, memory.findings)
        if common.style == "json":
            console.data(json_text(ledger_document(str(there.home), memory, lease)))
        else:
            console.data(ledger_text(str(there.home), memory, lease))


@command.command()
@options.common
@options.embedded
def verify(common: Common, embedded: bool) -> None:
    """Check every checksum, the chain of entries, and that snapshot and journal fit together. Exits 0 or 1."""
    console = common.console()
    with told(console):
        from reconciler.cli.keeping import kept  # noqa: PLC0415  (pydantic)
        from reconciler.ledger import LedgerError  # noqa: PLC0415

        there = kept(common.root, common.account, embedded=embedded)
        try:
            memory = there.remembered()
        except LedgerError as error:
            _verdict(console, common.style, (error.finding,), "")
            raise click.exceptions.Exit(Exit.ERROR) from None
        whole = f"whole, {memory.seq} entries" if memory.lineage else "there is no ledger yet"
        _verdict(console, common.style, memory.findings, f"{there.home}: {whole}")


@command.command()
@options.common
@options.embedded
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.lock_timeout
def rebuild(common: Common, embedded: bool, yes: bool, lock_timeout: timedelta) -> None:
    """Begin the ledger anew, when it is lost or damaged for good.

    What stands there is kept aside. The next plan finds everything again by name, and makes no send that may be live
    already.
    """
    console = common.console()
    with told(console):
        from reconciler.cli.keeping import kept  # noqa: PLC0415  (pydantic)
        from reconciler.report import json_text  # noqa: PLC0415

        there = kept(common.root, common.account, embedded=embedded)
        if not yes:
            _ask(console, there)
        done = there.rebuild(console, lock_timeout)
        if common.style == "json":
            console.data(json_text({"format_version": 1, "lineage": done.lineage, "kept_aside": done.aside or None}))
            return
        console.data(f"{there.home}: begun anew, lineage {done.lineage}")
        if done.aside:
            console.data(f"the one before is kept: {done.aside}")


def _verdict(console: Console, style: str, findings: tuple[Finding, ...], whole: str) -> None:
    """Findings on stderr and the verdict on stdout, or both as JSON; `whole` is empty if it is not."""
    from reconciler.report import findings as report  # noqa: PLC0415
    from reconciler.report import json_text  # noqa: PLC0415

    if style == "json":
        console.data(json_text({"format_version": 1, "whole": bool(whole), "findings": report.as_json(findings)}))
        return
    show(console, findings)
    if whole:
        console.data(whole)


def _ask(console: Console, there: Kept) -> None:
    """Go on, or end the program: on a terminal by a yes, elsewhere only --yes goes on."""
    from reconciler.ledger import LedgerError  # noqa: PLC0415

    try:
        memory = there.remembered()
    except LedgerError as error:
        console.tell(f"{error.finding.summary}. {error.finding.reason}")
    else:
        console.tell(
            f"{there.home}: it is whole. It remembers {memory.counts().total()} live objects and {len(memory.begun)} "
            "calls without an outcome; a new one remembers none of that"
        )
    if not sys.stdin.isatty():
        console.tell("nothing was changed: nobody is here to be asked. To begin it anew: --yes")
        raise click.exceptions.Exit(Exit.BLOCKED)
    if not click.confirm("Begin a new ledger?", err=True):
        console.tell("nothing was changed")
        raise click.exceptions.Exit(Exit.BLOCKED)
