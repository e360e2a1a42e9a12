"""What an apply may use: whether its parts fit, and what to say where they do not."""

from __future__ import annotations

from reconciler.app import Planned
from reconciler.cli.agreement import Table
from reconciler.cli.options import Bounds
from reconciler.cli.trouble import StoppedError
from reconciler.config import Account
from reconciler.engine.budget import Budget
from reconciler.engine.result import Exit
from reconciler.ledger import Ledger
from reconciler.providers.criaenvio.client import Client
from reconciler.reach import Reach, quiet_of
from reconciler.settling import strays_of

_CLOSING, _SHARE = 30.0, 0.02
"""Seconds at most, and share of the time, that are kept for what comes after the last call."""


def budget_of(bounds: Bounds, began: float) -> Budget:
    """The budget of a run that began at `began` (monotonic)."""
    if bounds.max_time is None:
        return Budget(bounds.max_calls)
    seconds = bounds.max_time.total_seconds()
    return Budget(bounds.max_calls, began + seconds, min(_CLOSING, seconds * _SHARE))


def check_settling(budget: Budget, account: Account, ledger: Ledger, way: Reach) -> None:
    """Raise StoppedError if what an earlier run left open may take longer to be settled than this one may take."""
    quiet = quiet_of(account).total_seconds()
    if budget.until is None or way.clock.monotonic() + quiet <= budget.until:
        return
    if not (ledger.open_intents() or strays_of(account, ledger)):
        return
    told = f"an earlier run left calls open: settling them may take {quiet:.0f} s, more than --max-time leaves"
    raise StoppedError(f"{told}; nothing was called", Exit.LATER)


def check_start(table: Table, planned: Planned, client: Client) -> None:
    """End the program if nothing of the plan fits any more, before anything of it is written."""
    steps = [change for change in planned.plan.changes if change.calls]
    first = [step for step in steps if step is steps[0] or (step.batch is not None and step.batch == steps[0].batch)]
    why = planned.purse(client).short(first) if first else ""
    if why:
        raise table.end(f"planning took too much of what this run may use: {why}; nothing was written", Exit.LATER)
