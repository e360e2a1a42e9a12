"""Plans and results on their way to the reader."""

from __future__ import annotations

import hmac
import shlex
import sys
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from reconciler.app import Planned
from reconciler.cli.console import Console
from reconciler.cli.opening import SANDBOX
from reconciler.engine.model import Address
from reconciler.engine.result import Result
from reconciler.providers.criaenvio.envios.switch import Stopped
from reconciler.report import (
    View,
    json_text,
    plan_document,
    plan_text,
    result_document,
    result_text,
    stop_document,
    stop_text,
)

_DROPPED = frozenset({"--detailed-exitcode", "--show-contacts", "--no-color", "--yes", "-v", "-vv", "-q", "--quiet"})
_WITH_VALUE = frozenset({"--format", "--out", "--digest"})


def view_of(console: Console, planned: Planned, *, show_contacts: bool) -> View:
    """How this reader sees the plan."""
    return View(
        salt=_salt(planned),
        today=planned.scene.terms.now.date(),
        zone=planned.account.zone,
        color=console.color,
        show_contacts=show_contacts,
    )


def _salt(planned: Planned) -> bytes:
    """What keys the hashes that stand for contacts: the account's own key, so that two plans of one account, wherever
    they are made, are the same to the byte. A sandbox has no secret key; its ledger, always there, has one of its own.
    """  # noqa: D205
    if planned.reach.api == SANDBOX:
        return planned.scene.memory.token(Address("contato", "")).encode()
    return hmac.digest(planned.reach.key.encode(), b"contatos in reports", "sha256")


def show_plan(console: Console, planned: Planned, view: View, style: str) -> None:
    """The plan, as asked for."""
    if style == "json":
        console.data(json_text(plan_document(planned.plan, view)))
    else:
        console.data(plan_text(planned.plan, view, command=command_line(planned.plan.digest)))


def show_result(console: Console, result: Result, view: View, style: str) -> None:
    """What came of an apply, as asked for."""
    if style == "json":
        console.data(json_text(result_document(result, view)))
    else:
        console.data(result_text(result, view, command=command_line(None)))


def show_stopped(console: Console, stopped: Sequence[Stopped], zone: ZoneInfo, style: str) -> None:
    """What the kill switch did, as asked for."""
    if style == "json":
        console.data(json_text(stop_document(stopped)))
    else:
        view = View(salt=b"", today=datetime.now(zone).date(), zone=zone, color=console.color)
        console.data(stop_text(stopped, view))


def command_line(digest: str | None) -> str:
    """The `apply` command that belongs to the present one: same workspace, account and permissions."""
    kept: list[str] = []
    words = iter(sys.argv[2:])
    for word in words:
        if word in _WITH_VALUE:
            next(words, None)
        elif word not in _DROPPED and word.partition("=")[0] not in _WITH_VALUE:
            kept.append(word)
    return shlex.join(["reconciler", "apply", *kept, *(["--digest", digest] if digest else [])])
