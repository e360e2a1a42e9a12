"""`reconciler apply`: make the changes, after a person has seen how many people they reach."""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.options import Bounds, Common, Consent, Live
from reconciler.cli.stopping import stoppable
from reconciler.cli.trouble import show, told
from reconciler.engine.model import Status
from reconciler.engine.result import Exit, Result
from reconciler.engine.sight import Refresh

if TYPE_CHECKING:
    from reconciler.cli.agreement import Table
    from reconciler.cli.console import Console


@click.command()
@options.reported
@options.live
@options.consent
@options.bounds
def command(common: Common, live: Live, consent: Consent, bounds: Bounds) -> None:
    """Plan again, and make the changes that the plan shows.

    A plan that sends asks for the number of recipients to be typed. Off a terminal it takes --digest, as the reviewed
    plan printed it, or --plan FILE, as plan --save wrote it. A saved plan is for one apply: after a complete one it
    changes nothing more, after one that was cut short it goes on with the rest. With --not-reviewed, for a commit that
    nobody reviewed a plan of, nothing that has to be approved is done: exit 5 if there is any.

    With --max-time or --max-calls no change is begun whose calls do not fit any more, and no send without the time that
    finding out its outcome may take. What is left is for the next run, which goes on there.
    """
    if consent.digest is not None and consent.plan_file is not None:
        raise click.UsageError("--digest and --plan each say which plan was reviewed: give one of them")
    if consent.not_reviewed is not None and (consent.digest or consent.plan_file or consent.yes):
        raise click.UsageError("--not-reviewed says that nobody agreed: leave out --digest, --plan and --yes")
    console = common.console(live.contacts_out)
    console.log()
    with told(console):
        raise click.exceptions.Exit(_apply(console, common, live, consent, bounds))


def _apply(console: Console, common: Common, live: Live, consent: Consent, bounds: Bounds) -> Exit:
    """Settle, plan, agree and apply, with the ledger in hand; show what came of it."""
    began = time.monotonic()
    from reconciler.app import apply_plan, plan_account  # noqa: PLC0415  (pydantic, httpcore)
    from reconciler.cli.agreement import Table, agree  # noqa: PLC0415
    from reconciler.cli.budgeting import budget_of, check_settling, check_start  # noqa: PLC0415
    from reconciler.cli.opening import chosen, held, reach  # noqa: PLC0415
    from reconciler.cli.progress import Progress, Tally  # noqa: PLC0415
    from reconciler.cli.saved import Reviewed, checked  # noqa: PLC0415
    from reconciler.cli.showing import view_of  # noqa: PLC0415
    from reconciler.settling import recover_account  # noqa: PLC0415
    from reconciler.transport import SystemClock  # noqa: PLC0415

    reviewed = Reviewed.read(consent.plan_file) if consent.plan_file else None
    refresh = reviewed.check_refresh(live.refresh) if reviewed else live.refresh or Refresh.FULL
    wanted, clock, budget = chosen(common.root, common.account), SystemClock(), budget_of(bounds, began)
    console.account = wanted.name
    with (
        reach(wanted, common.root, console, embedded=live.embedded, clock=clock) as found,
        nullcontext(replace(found, refresh=refresh)) as way,
        checked(reviewed, wanted, way, held(way, wanted, common.root, console, bounds.lock_timeout)) as ledger,
        way.working(wanted, ledger) as client,
    ):
        check_settling(budget, wanted, ledger, way)
        progress = Progress(console, client)
        with progress.phase("reading the account"):
            show(console, recover_account(wanted, client, ledger, way))
            with client.bounded(budget.calls, budget.until):
                planned = replace(plan_account(wanted, client, ledger, way, live.allowed), budget=budget)
        view = view_of(console, planned, live)
        table = Table(console, planned, ledger, view, common.style)
        agreed = agree(table, consent, reviewed)
        check_start(table, planned, client)
        tally = Tally(planned.plan, console)
        with stoppable(console, clock.end_waits) as stop, progress.phase("applying", tally):
            agreed.begin(table)
            result = stop.named(apply_plan(planned, client, ledger, tally, stop.asked))
        _show(table, result, consent)  # before the ledger is closed, which may fail
        agreed.end(table, result)
    return result.exit


def _show(table: Table, result: Result, consent: Consent) -> None:
    """What came of it, and how to go on with what is left."""
    from reconciler.cli.showing import command_line, show_result  # noqa: PLC0415  (pydantic, httpcore)

    approval = ("--plan", str(consent.plan_file)) if consent.plan_file else ()
    show_result(table.console, result, table.view, table.style, *approval)
    if consent.digest is not None and result.count(Status.PENDING):
        table.console.tell("a digest is that of a whole plan: what is left has another, to be reviewed with")
        table.console.tell(f"  {command_line('plan')}")
        table.console.tell("  (a plan that was reviewed as a file, with plan --save, goes on by itself: apply --plan)")
