"""`reconciler rehearse`: the plan applied to a copy of the account, in memory, before anything real is touched."""

from __future__ import annotations

import click

from reconciler.cli import offline_options, options
from reconciler.cli.offline_options import Rehearsing
from reconciler.cli.options import Common
from reconciler.cli.trouble import told


@click.command()
@options.reported
@offline_options.rehearsing
def command(common: Common, rehearsing: Rehearsing) -> None:
    """Apply the plan to a copy of the account, plan again, and show that nothing is left to do.

    The account is read whole, and nothing of it is written: the copy is a sandbox in the memory of this process, with a
    copy of the ledger. What is looked at: it is planned as the account is; every change is made; a second plan has
    nothing to do; nothing else was touched; sends go out as declared, and nobody gets one twice. Exit 0 if all of this
    holds, 4 if something is blocked besides, 1 if it does not hold.

    The copy behaves as the vendor's documents say, and where they are silent as is assumed: --assume NAME=VALUE assumes
    otherwise (the names: GET /_sandbox/assumptions of sandbox serve).
    """
    console = common.console()
    console.log()
    with told(console):
        from reconciler.cli.opening import chosen, reach, remembered  # noqa: PLC0415
        from reconciler.cli.progress import Progress  # noqa: PLC0415
        from reconciler.cli.rehearsing import assumptions, proved  # noqa: PLC0415  (pydantic, httpcore)
        from reconciler.cli.showing import show_rehearsal, view_of  # noqa: PLC0415
        from reconciler.offline.rehearsal import exit_of  # noqa: PLC0415
        from reconciler.settling import plan_ahead  # noqa: PLC0415
        from reconciler.transport import Access  # noqa: PLC0415

        live = rehearsing.live
        assumptions(rehearsing.assume)
        wanted = chosen(common.root, common.account)
        console.account = wanted.name
        with reach(wanted, common.root, console, embedded=live.embedded) as way:
            memory = remembered(way, wanted, console)
            with way.client(wanted, Access.READ, memory.tempo) as client:
                progress = Progress(console, client)
                with progress.phase("reading the account"):
                    planned = plan_ahead(wanted, client, memory, way, live.allowed)
                planned = proved(progress, planned, client, memory, rehearsing.assume)
        show_rehearsal(console, planned, view_of(console, planned, live), common.style)
        raise click.exceptions.Exit(exit_of(planned.plan))
