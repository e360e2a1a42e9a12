"""How an account stands, as a JSON document. Pure."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from reconciler.engine.overview import Overview, Sending
from reconciler.engine.result import Exit
from reconciler.report.channels_document import check_of
from reconciler.report.document import FORMAT_VERSION

WORDS = {
    Exit.OK: "done",
    Exit.CHANGES: "goes-on",
    Exit.BLOCKED: "needs-a-look",
    Exit.ERROR: "not-read",
    Exit.LATER: "not-read-now",
}
"""The exit codes that a look can end with, as words."""


def status_document(overview: Overview) -> dict[str, Any]:
    """The same as `schemas/status.schema.json` describes it."""
    return {
        "format_version": FORMAT_VERSION,
        "account": overview.account,
        "at": overview.at.isoformat(timespec="seconds"),
        "outcome": WORDS[overview.exit],
        "exit_code": int(overview.exit),
        "over": overview.over,
        "sends": [_sending(sending, overview.at) for sending in overview.sendings],
        "checks": [check_of(verdict) for verdict in overview.verdicts],
        "unread": [
            {"source": source, "reason": each.reason, "later": each.later} for source, each in overview.unread.items()
        ],
        "not_shown": overview.hidden,
        "calls": dict(sorted(overview.calls.items())),
    }


def _sending(sending: Sending, now: datetime) -> dict[str, Any]:
    bulk = sending.bulk
    return {
        "source": bulk.source,
        "address": None if sending.address is None else str(sending.address),
        "live_id": bulk.id or None,
        "name": bulk.title or None,
        "status": bulk.status,
        "phase": str(bulk.phase),
        "standing": str(sending.standing),
        "reason": sending.reason,
        "progress": bulk.progress,
        "recipients": bulk.total,
        "sent": bulk.sent,
        "delivered": bulk.delivered,
        "read": bulk.read,
        "failed": bulk.failed,
        "reactions": dict(sending.reactions),
        "start": _moment(sending.start, now),
        "end": _moment(bulk.ended, now),
    }


def _moment(at: datetime | None, now: datetime) -> str | None:
    if at is None:
        return None
    with suppress(OverflowError):  # the first and the last days of the calendar, which no send has
        at = at.astimezone(now.tzinfo)
    return at.isoformat(timespec="seconds")
