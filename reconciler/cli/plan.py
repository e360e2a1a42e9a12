"""`reconciler plan`: what would change, and how many people would receive what, when. Writes nothing anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.options import Common, Live
from reconciler.cli.trouble import told
from reconciler.engine.result import Exit

if TYPE_CHECKING:
    from reconciler.app import Planned


@click.command()
@options.common
@options.live
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes.")
def command(common: Common, live: Live, detailed_exitcode: bool) -> None:
    """Compare the workspace with the live account and show exactly what apply would do."""
    console = common.console()
    console.log()
    with told(console):
        from reconciler.app import plan_account  # noqa: PLC0415  (pydantic, httpx)
        from reconciler.cli.opening import chosen, reach, remembered  # noqa: PLC0415
        from reconciler.cli.showing import show_plan, view_of  # noqa: PLC0415
        from reconciler.transport import Access  # noqa: PLC0415

        wanted = chosen(common.root, common.account)
        with (
            reach(wanted, common.root, console, embedded=live.embedded) as way,
            way.client(wanted, Access.READ) as client,
        ):
            console.progress("reading the account …")
            memory = remembered(way, wanted, console)
            planned = plan_account(wanted, client, memory, way, live.allowed)
            console.progress("")
        show_plan(console, planned, view_of(console, planned, show_contacts=live.show_contacts), common.style)
        raise click.exceptions.Exit(_code(planned, detailed=detailed_exitcode))


def _code(planned: Planned, *, detailed: bool) -> Exit:
    plan = planned.plan
    if plan.blocked or plan.refusals:
        return Exit.BLOCKED
    return Exit.CHANGES if detailed and plan.changes else Exit.OK
