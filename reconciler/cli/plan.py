"""`reconciler plan`: what would change, and how many people would receive what, when. Writes nothing anywhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.options import Common, Live
from reconciler.cli.trouble import told
from reconciler.engine.result import Exit
from reconciler.engine.sight import Refresh

if TYPE_CHECKING:
    from reconciler.app import Planned


@click.command()
@options.reported
@options.live
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes.")
@options.save
def command(common: Common, live: Live, detailed_exitcode: bool, save: Path | None) -> None:
    """Compare the workspace with the live account and show exactly what apply would do.

    With --save the plan is also kept in a file, which a later apply --plan takes for the reviewed one: as a whole,
    once, and only if nothing else has changed meanwhile. The file holds no personal data, and no key.
    """
    console = common.console(live.contacts_out, save)
    console.log()
    with told(console):
        from reconciler.cli import saved  # noqa: PLC0415
        from reconciler.cli.opening import chosen, reach, remembered  # noqa: PLC0415
        from reconciler.cli.progress import Progress  # noqa: PLC0415
        from reconciler.cli.showing import plan_report, view_of  # noqa: PLC0415
        from reconciler.settling import plan_ahead  # noqa: PLC0415  (pydantic, httpcore)
        from reconciler.transport import Access  # noqa: PLC0415

        wanted = chosen(common.root, common.account)
        console.account = wanted.name
        with reach(wanted, common.root, console, embedded=live.embedded) as found:
            way = replace(found, refresh=live.refresh or Refresh.FULL)
            memory = remembered(way, wanted, console)
            with (
                way.client(wanted, Access.READ, memory.tempo) as client,
                Progress(console, client).phase("reading the account"),
            ):
                planned = plan_ahead(wanted, client, memory, way, live.allowed)
        view = view_of(console, planned, live)
        approval = ("--plan", str(save)) if save else ()
        console.report(plan_report(console, planned, view, *approval), common.style)
        if save is not None:
            saved.save(save, console, planned, memory)
        raise click.exceptions.Exit(_code(planned, detailed=detailed_exitcode))


def _code(planned: Planned, *, detailed: bool) -> Exit:
    plan = planned.plan
    if plan.unanswered:
        return Exit.UNKNOWN
    if plan.blocked or plan.refusals:
        return Exit.BLOCKED
    return Exit.CHANGES if detailed and not plan.idle else Exit.OK
