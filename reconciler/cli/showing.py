"""Plans and results on their way to the reader."""

from __future__ import annotations

import hmac
import os
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from reconciler.app import Planned
from reconciler.cli.console import Console
from reconciler.cli.opening import SANDBOX
from reconciler.cli.options import Live
from reconciler.engine.model import Address, Observed
from reconciler.engine.result import Result
from reconciler.engine.scene import Memory
from reconciler.providers.criaenvio.envios.switch import Stopped
from reconciler.reach import Reach
from reconciler.report import (
    DifferencesReport,
    Dispute,
    Frame,
    PlanReport,
    RehearsalReport,
    ResultReport,
    Sheet,
    View,
    json_text,
    plan_lines,
    result_lines,
    stop_document,
    stop_text,
)

_DROPPED = frozenset({"--detailed-exitcode", "--show-contacts", "--no-color", "--yes", "-v", "-vv", "-q", "--quiet"})
_WITH_VALUE = frozenset(
    {
        "--commit",
        "--contacts-out",
        "--digest",
        "--format",
        "--not-reviewed",
        "--out",
        "--plan",
        "--report",
        "--save",
    }
)
_WHERE = frozenset({"-C", "--workspace", "--account"})
_OF_APPLY = frozenset({"--lock-timeout", "--max-time", "--max-calls"})


def view_of(console: Console, planned: Planned, live: Live) -> View:
    """How this reader sees the plan."""
    return View(
        salt=secret_of(planned.reach, planned.scene.memory, b"contatos in reports"),
        today=planned.scene.terms.now.date(),
        zone=planned.account.zone,
        color=console.color,
        show_contacts=live.show_contacts or planned.account.contacts_visible,
        hidden=planned.plan.against is not None,
        commit=live.commit,
        options=shlex.join(_own_options()),
    )


def _own_options() -> Iterator[str]:
    """The options of the present call that say which workspace and account it is about."""
    words = iter(sys.argv[2:])
    for word in words:
        name = word.partition("=")[0]
        if word in _WHERE:
            yield from (word, *islice(words, 1))
        elif name in _WHERE or word == "--sandbox" or (word.startswith("-C") and not word.startswith("--")):
            yield word


def secret_of(way: Reach, memory: Memory, purpose: bytes) -> bytes:
    """What keys hashes that stand for contacts: made of the account's own key, so that two plans of one account,
    wherever they are made, are the same to the byte. A sandbox has no secret key; its ledger, always there, has one of
    its own.
    """  # noqa: D205
    key = memory.token(Address("contato", "")) if way.api == SANDBOX else way.key
    return hmac.digest(key.encode(), purpose, "sha256")


def plan_report(console: Console, planned: Planned, view: View, *approval: str) -> PlanReport:
    """The plan, to be reported. `approval` ends the command that applies it: its digest, if it is not given."""
    command = command_line("apply", *(approval or ("--digest", planned.plan.digest)))
    return PlanReport(planned.plan, view, _frame(command), _apart(console, plan_lines(planned.plan, view)))


def show_rehearsal(console: Console, planned: Planned, view: View, style: str) -> None:
    """What a rehearsal of the plan showed, as asked for."""
    console.report(RehearsalReport(planned.plan, view, _frame("")), style)


def show_result(console: Console, result: Result, view: View, style: str, *approval: str) -> None:
    """What came of an apply, as asked for. `approval` ends the command that goes on with it."""
    apart = _apart(console, result_lines(result, view))
    console.report(ResultReport(result, view, _frame(command_line("apply", *approval)), apart), style)


def _frame(command: str) -> Frame:
    """A Markdown report is cut where it would be too long for a comment: a plan as text is not."""
    return Frame(command=command, whole=command_line("plan"))


def _apart(console: Console, lines: Iterable[str]) -> Sheet | None:
    """The changes of contacts in a file of their own, where one is asked for."""
    return None if console.people is None else Sheet(*console.lines(console.people, lines))


def show_stopped(
    console: Console, came: tuple[Sequence[Stopped], Sequence[Observed]], zone: ZoneInfo, style: str
) -> None:
    """What the kill switch did, and what it left going on, as asked for."""
    if style == "json":
        console.data(json_text(stop_document(*came)))
    else:
        view = View(salt=b"", today=datetime.now(zone).date(), zone=zone, color=console.color)
        console.data(stop_text(*came, view))


def show_differences(console: Console, dispute: Dispute, view: View, style: str) -> None:
    """Why a saved plan may not run, as asked for."""
    console.report(DifferencesReport(dispute, view, _frame(dispute.command)), style)


def command_line(command: str, *ending: str) -> str:
    """The plan or apply command that belongs to the present one: same workspace, account and permissions."""
    with_value = _WITH_VALUE | (_OF_APPLY if command == "plan" else frozenset())
    kept: list[str] = []
    words = iter(sys.argv[2:])
    for word in words:
        if word in with_value:
            next(words, None)
        elif word not in _DROPPED and word.partition("=")[0] not in with_value:
            kept.append(word)
    return shlex.join(["reconciler", command, *kept, *map(_portable, ending)])


def _portable(word: str) -> str:
    """A file in a workflow's temporary folder is gone with its machine: its name is what an artifact holds it under."""
    folder = os.environ.get("RUNNER_TEMP", "")
    return Path(word).name if folder and Path(folder) in Path(word).parents else word
