"""`reconciler apply`: make the changes, after a person has seen how many people they reach."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from types import FrameType
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.console import Console
from reconciler.cli.options import Common, Live
from reconciler.cli.trouble import show, told
from reconciler.engine.model import Outcome
from reconciler.engine.result import Exit

if TYPE_CHECKING:
    from reconciler.app import Planned


@click.command()
@options.common
@options.live
@click.option("--digest", metavar="DIGEST", help="Apply only if the plan is still the reviewed one (exit 5 otherwise).")
@click.option("--yes", is_flag=True, help="Do not ask. Covers only plans that send nothing.")
@options.lock_timeout
def command(common: Common, live: Live, digest: str | None, yes: bool, lock_timeout: timedelta) -> None:
    """Plan again, and make the changes that the plan shows.

    A plan that sends asks for the number of recipients to be typed. Off a terminal it takes --digest, as the
    reviewed plan printed it.
    """
    console = common.console()
    console.log()
    with told(console):
        from reconciler.app import apply_plan, plan_account, recover_account  # noqa: PLC0415  (pydantic, httpx)
        from reconciler.cli.opening import chosen, held, reach  # noqa: PLC0415
        from reconciler.cli.showing import show_plan, show_result, view_of  # noqa: PLC0415
        from reconciler.transport import Access  # noqa: PLC0415

        wanted = chosen(common.root, common.account)
        with (
            reach(wanted, common.root, console, embedded=live.embedded) as way,
            held(way, wanted, common.root, console, lock_timeout) as ledger,
            way.client(wanted, Access.WRITE) as client,
        ):
            console.progress("reading the account …")
            show(console, recover_account(wanted, client, ledger, way))
            planned = plan_account(wanted, client, ledger, way, live.allowed)
            console.progress("")
            view = view_of(console, planned, show_contacts=live.show_contacts)
            if common.style == "text" or _refused(planned, digest):
                show_plan(console, planned, view, common.style)
            _agree(console, planned, digest, yes=yes)
            with _stoppable(console) as stop:
                heard = _Progress(console, len(planned.plan.changes))
                result = apply_plan(planned, client, ledger, heard, stop.asked)
            show_result(console, result, view, common.style)  # before the ledger is closed, which may fail
        terminated = result.exit is Exit.INTERRUPTED and stop.signal == signal.SIGTERM
        raise click.exceptions.Exit(Exit.TERMINATED if terminated else result.exit)


def _refused(planned: Planned, digest: str | None) -> bool:
    """Whether nothing may be called: a guard refuses, or the plan is not the reviewed one."""
    return bool(planned.plan.refusals) or not _reviewed(planned, digest)


def _reviewed(planned: Planned, digest: str | None) -> bool:
    from reconciler.app import agrees  # noqa: PLC0415

    return digest is None or agrees(planned.plan, digest, planned.account.rules.tolerancia_de_publico)


def _agree(console: Console, planned: Planned, digest: str | None, *, yes: bool) -> None:
    """Go on, or end the program: by guard, by digest, by what a person types, or by what the options say."""
    from reconciler.cli.showing import command_line  # noqa: PLC0415

    plan = planned.plan
    if not _reviewed(planned, digest):
        console.tell(f"the plan is not the reviewed one ({digest}): it is now {plan.digest}; nothing was called")
        raise click.exceptions.Exit(Exit.DIFFERS)
    if plan.refusals:
        console.tell("a guard refuses this plan; nothing was called")
        raise click.exceptions.Exit(Exit.BLOCKED)
    if digest is not None or not plan.changes or (yes and not plan.summary.sends):
        return
    if sys.stdin.isatty():
        _ask(console, planned)
        return
    what = "it sends, and --yes does not cover that" if plan.summary.sends else "nobody is here to be asked"
    console.tell(f"nothing was called: {what}. To apply exactly this plan:\n  {command_line(plan.digest)}")
    raise click.exceptions.Exit(Exit.BLOCKED)


def _ask(console: Console, planned: Planned) -> None:
    """On a terminal: the number of recipients for a plan that sends, else a yes."""
    summary = planned.plan.summary
    if not summary.sends:
        if not click.confirm("Apply these changes?", err=True):
            console.tell("nothing was called")
            raise click.exceptions.Exit(Exit.BLOCKED)
        return
    expected = str(summary.recipients)
    answer = click.prompt("Type the number of recipients to go on", default="", show_default=False, err=True)
    if answer.strip().replace(".", "") != expected:
        console.tell(f"{answer.strip() or 'nothing'} is not the number of recipients ({expected}); nothing was called")
        raise click.exceptions.Exit(Exit.BLOCKED)


class _Progress:
    """One passing line on a terminal: how many of the changes are over."""

    def __init__(self, console: Console, total: int) -> None:
        self._console, self._total, self._over = console, total, 0

    def __call__(self, outcome: Outcome) -> None:
        self._over += 1
        over = self._over == self._total
        self._console.progress("" if over else f"{self._over}/{self._total} changes, last: {outcome.change.action}")
        self._console.say(f"{outcome.status}: {outcome.change.action} of a {outcome.change.address.kind}", at=1)


@dataclass(slots=True)
class _Stop:
    """The signal that asked the run to end, if one did."""

    signal: int | None = None

    def asked(self) -> bool:
        """Whether no further call is to be started."""
        return self.signal is not None


@contextmanager
def _stoppable(console: Console) -> Iterator[_Stop]:
    """While changes are made, the first Ctrl-C or SIGTERM lets calls in flight finish; the second leaves at once."""
    stop = _Stop()

    def ask_to_stop(number: int, _frame: FrameType | None) -> None:
        if stop.asked():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stop.signal = number
        console.tell("stopping: calls in flight are finished and recorded; once more to leave at once")

    before = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
