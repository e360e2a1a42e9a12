"""`reconciler plan`: what would change, and how many people would receive what, when. Writes nothing anywhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import offline_options, options
from reconciler.cli.offline_options import Instead
from reconciler.cli.options import Common, Live
from reconciler.cli.trouble import told
from reconciler.engine.result import Exit
from reconciler.engine.sight import Refresh

if TYPE_CHECKING:
    from reconciler.app import Planned
    from reconciler.cli.console import Console
    from reconciler.ledger import State


@click.command()
@options.reported
@options.live
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes.")
@options.save
@offline_options.instead
def command(common: Common, live: Live, detailed_exitcode: bool, save: Path | None, instead: Instead) -> None:
    """Compare the workspace with the live account and show exactly what apply would do.

    With --save the plan is also kept in a file, which a later apply --plan takes for the reviewed one: as a whole,
    once, and only if nothing else has changed meanwhile. The file holds no personal data, and no key.

    With --against SNAPSHOT nothing is called: the plan is the one that the account had when the snapshot was taken. It
    is for reading, since apply takes no digest of it. Contacts are compared where RECONCILER_SNAPSHOT_KEY holds the key
    that the snapshot was taken with.
    """
    console = common.console(live.contacts_out, save)
    console.log()
    with told(console):
        from reconciler.cli import saved  # noqa: PLC0415
        from reconciler.cli.instead import against, check  # noqa: PLC0415  (pydantic, httpcore)
        from reconciler.cli.showing import plan_report, view_of  # noqa: PLC0415

        check(instead, live, save)
        if instead.against is not None:
            planned, memory = against(console, common, live, instead.against), None
        else:
            planned, memory = _planned(console, common, live, instead)
        view = view_of(console, planned, live)
        approval = ("--plan", str(save)) if save else ()
        console.report(plan_report(console, planned, view, *approval), common.style)
        if save is not None and memory is not None:
            saved.save(save, console, planned, memory)
        raise click.exceptions.Exit(_code(planned, detailed=detailed_exitcode))


def _planned(console: Console, common: Common, live: Live, instead: Instead) -> tuple[Planned, State]:
    """The plan of the account as it is, and the ledger that it was made with."""
    from reconciler.cli.opening import chosen, reach, remembered  # noqa: PLC0415  (pydantic, httpcore)
    from reconciler.cli.progress import Progress  # noqa: PLC0415
    from reconciler.cli.rehearsing import proved  # noqa: PLC0415
    from reconciler.settling import plan_ahead  # noqa: PLC0415
    from reconciler.transport import Access  # noqa: PLC0415

    wanted = chosen(common.root, common.account)
    console.account = wanted.name
    with reach(wanted, common.root, console, embedded=live.embedded) as found:
        way = replace(found, refresh=live.refresh or Refresh.FULL)
        memory = remembered(way, wanted, console)
        with way.client(wanted, Access.READ, memory.tempo) as client:
            progress = Progress(console, client)
            with progress.phase("reading the account"):
                planned = plan_ahead(wanted, client, memory, way, live.allowed)
            if instead.prove:
                planned = proved(progress, planned, client, memory, instead.assume)
    return planned, memory


def _code(planned: Planned, *, detailed: bool) -> Exit:
    plan = planned.plan
    if plan.proof is not None and plan.proof.faults:
        return Exit.ERROR
    if plan.unanswered:
        return Exit.UNKNOWN
    if plan.blocked or plan.refusals:
        return Exit.BLOCKED
    return Exit.CHANGES if detailed and not plan.idle else Exit.OK
