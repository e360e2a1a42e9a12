"""The other channels in JSON documents. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from reconciler.engine.check import Verdict
from reconciler.engine.plan import Plan
from reconciler.engine.timeline import Event
from reconciler.engine.waiting import Waiting


def channels_of(plan: Plan) -> Mapping[str, Any]:
    """What a document about `plan` has of other channels."""
    return {
        "waiting": [_waiting(item) for item in plan.waiting],
        "checks": [_check(verdict) for verdict in plan.verdicts],
        "timeline": [_event(event) for event in plan.timeline],
    }


def _waiting(item: Waiting) -> dict[str, Any]:
    to = item.audience
    return {
        "address": str(item.address),
        "kind": item.address.kind,
        "action": str(item.action),
        "reason": item.reason,
        "checks": list(item.checks),
        "recipients": None if to is None else to.people,
        "recipients_exact": None if to is None else to.exact,
        "start": None if to is None else "agora" if to.start is None else _moment(to.start),
        "place": None if item.place is None else str(item.place),
    }


def _check(verdict: Verdict) -> dict[str, Any]:
    check = verdict.check
    return {
        "address": str(check.address),
        "source": check.source,
        "ruling": str(verdict.ruling),
        "reason": verdict.reason,
        "grounds": [
            {
                "id": ground.id or None,
                "title": ground.title or None,
                "name": ground.name,
                "expected": ground.wanted or None,
                "shown": ground.shown,
                "ruling": str(ground.ruling),
            }
            for ground in verdict.grounds
        ],
        "place": str(check.place),
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "channel": event.channel,
        "name": event.name,
        "id": event.id,
        "at": None if event.at is None else _moment(event.at),
        "until": None if event.until is None else _moment(event.until),
        "state": event.state,
        "people": event.people,
        "people_exact": event.exact,
    }


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="minutes")
