"""`reconciler unlock`: free a ledger from a run that is certainly dead, before its lease ends by itself."""

from __future__ import annotations

import click

from reconciler.cli import options
from reconciler.cli.options import Common
from reconciler.cli.trouble import told


@click.command()
@options.common
@options.embedded
@click.option(
    "--id", "id_", required=True, metavar="LEASE", help="The lease, as the message that names its holder says."
)
def command(common: Common, embedded: bool, id_: str) -> None:
    """Free the ledger from the run that holds the lease LEASE.

    Should that run still be alive, its next write fails, and it makes no further call.
    """
    console = common.console()
    with told(console):
        from reconciler.cli.keeping import kept  # noqa: PLC0415  (pydantic)
        from reconciler.report import json_text, lease_document  # noqa: PLC0415

        there = kept(common.root, common.account, embedded=embedded)
        freed = there.unlock(id_)
        if common.style == "json":
            console.data(json_text({"format_version": 1, "freed": lease_document(freed)}))
        else:
            console.data(f"{there.home}: freed from {freed}")
