"""A plan and what came of it as JSON documents, for programs and for reviewers' tools. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from reconciler.engine.model import Audience, Blocked, Change, Outcome, Status
from reconciler.engine.overlap import Overlap
from reconciler.engine.plan import Plan, call_count, plain
from reconciler.engine.result import Exit, Result
from reconciler.engine.route import Route
from reconciler.report.channels_document import channels_of
from reconciler.report.findings_document import findings_of
from reconciler.report.headline import plan_headline, result_headline, standing
from reconciler.report.json_form import Document, json_line
from reconciler.report.mask import PRIVATE, Mask, is_private
from reconciler.report.proof_document import against_of, proof_of
from reconciler.report.view import View
from reconciler.report.waits import Waits, live_id

FORMAT_VERSION = 1
"""Of both documents. It grows when a field changes its meaning or goes away; new fields alone do not change it."""


OUTCOMES = {
    Exit.OK: "done",
    Exit.ERROR: "failed",
    Exit.BLOCKED: "blocked",
    Exit.DIFFERS: "differs",
    Exit.PARTLY: "partly-applied",
    Exit.UNKNOWN: "unknown",
    Exit.LATER: "later",
    Exit.INTERRUPTED: "interrupted",
    Exit.TERMINATED: "terminated",
}
"""The exit codes that a run can end with, as words."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file of its own that holds the changes of contacts, each as one line of JSON: how many, and its SHA-256."""

    lines: int
    sha256: str


def plan_lines(plan: Plan, view: View) -> Iterator[str]:
    """The changes of contacts, each as the document has it, on one line."""
    mask = Mask(plan, view)
    return (json_line(_change(change, mask)) for change in plan.changes if is_private(change.address))


def result_lines(result: Result, view: View) -> Iterator[str]:
    """What came of the changes of contacts, each as the document has it, on one line."""
    mask, waits = Mask(result.plan, view, result.notes), Waits(result)
    outcomes = (outcome for outcome in result.outcomes if is_private(outcome.change.address))
    return (json_line(_outcome(outcome, mask, waits)) for outcome in outcomes)


def plan_document(plan: Plan, view: View, apart: Sheet | None = None) -> Document:
    """`plan` as `schemas/plan.schema.json` describes it. Contacts are masked unless the view shows them.

    Without their changes, if those stand in a file `apart`.
    """
    mask = Mask(plan, view, plan.proof.findings if plan.proof else ())
    changes = [change for change in plan.changes if apart is None or not is_private(change.address)]
    return {
        "format_version": FORMAT_VERSION,
        "document": "plan",
        "headline": plan_headline(plan, view),
        "digest": plan.digest,
        "account": plan.account,
        "ended": _ended(view.ended, mask),
        "generated_from": dict(sorted(plan.generated_from.items())),
        "summary": _plan_summary(plan),
        "refresh": {"mode": str(plan.refresh), "trusted": plan.trusted},
        "routes": [_route(route) for route in plan.routes],
        "changes": [_change(change, mask) for change in changes],
        "changes_apart": _sheet(apart),
        "blocked": [_blocked(item, mask) for item in plan.blocked],
        "refusals": findings_of(plan.refusals, mask),
        "warnings": findings_of(plan.warnings, mask),
        **channels_of(plan),
        "against": against_of(plan.against),
        "proof": proof_of(plan.proof, mask),
    }


def rehearsal_document(plan: Plan, view: View) -> Document:
    """What a rehearsal of `plan` showed, as `schemas/rehearsal.schema.json` describes it."""
    mask = Mask(plan, view, plan.proof.findings if plan.proof else ())
    return {
        "format_version": FORMAT_VERSION,
        "document": "rehearsal",
        "account": plan.account,
        "digest": plan.digest,
        "generated_from": dict(sorted(plan.generated_from.items())),
        "summary": _plan_summary(plan),
        "refusals": findings_of(plan.refusals, mask),
        "proof": proof_of(plan.proof, mask),
    }


def result_document(result: Result, view: View, apart: Sheet | None = None) -> Document:
    """`result` as `schemas/result.schema.json` describes it. Contacts are masked unless the view shows them.

    Without what came of their changes, if that stands in a file `apart`.
    """
    plan = result.plan
    outcomes = [outcome for outcome in result.outcomes if apart is None or not is_private(outcome.change.address)]
    mask = Mask(plan, view, result.notes)
    waits = Waits(result)
    return {
        "format_version": FORMAT_VERSION,
        "document": "result",
        "outcome": OUTCOMES.get(result.exit, "failed"),
        "exit_code": int(result.exit),
        "headline": result_headline(result, view),
        "ended": _ended(result.ended, mask),
        "account": plan.account,
        "digest": plan.digest,
        "generated_from": dict(sorted(plan.generated_from.items())),
        "summary": _result_summary(result),
        "changes": [_outcome(outcome, mask, waits) for outcome in outcomes],
        "changes_apart": _sheet(apart),
        "blocked": [_blocked(item, mask) for item in plan.blocked],
        "refusals": findings_of(plan.refusals, mask),
        "warnings": findings_of(plan.warnings, mask),
        **channels_of(plan),
        "notes": findings_of(result.notes, mask),
        "calls": dict(sorted(result.calls.items())),
        "planning_calls": dict(sorted(plan.reads.items())),
    }


def _ended(ended: tuple[Exit, str] | None, mask: Mask) -> Document | None:
    return None if ended is None else {"exit_code": int(ended[0]), "reason": mask.text(ended[1])}


def _sheet(apart: Sheet | None) -> Document | None:
    return None if apart is None else {"kind": PRIVATE, "lines": apart.lines, "sha256": apart.sha256}


def _change(change: Change, mask: Mask) -> Document:
    shown = [mask.delta(change, delta) for delta in change.deltas]
    return {
        "id": mask.change_id(change),
        "address": mask.alias(change.address),
        "kind": change.address.kind,
        "action": str(change.action),
        "reason": mask.wording(change, change.reason),
        "before": {delta.field: plain(delta.before) for delta in shown},
        "after": {delta.field: plain(delta.after) for delta in shown},
        "depends_on": [mask.need(need) for need in change.needs],
        "feeds": [mask.need(group) for group in change.feeds],
        "calls": [str(call) for call in change.calls],
        "batch": change.batch and mask.need(change.batch),
        "irreversible": change.irreversible,
        "live_id": change.live_id,
        "audience": _audience(change.audience),
        "moves": _people(change.moves),
        "place": None if change.place is None else str(change.place),
    }


def _route(route: Route) -> Document:
    return {
        "of": route.of,
        "route": str(route.way),
        "calls": route.calls,
        "alternatives": [{"route": str(way), "calls": calls} for way, calls in route.others],
    }


def _outcome(outcome: Outcome, mask: Mask, waits: Waits) -> Document:
    change = outcome.change
    skipped = outcome.status is Status.SKIPPED
    return {
        "id": mask.change_id(change),
        "address": mask.alias(change.address),
        "kind": change.address.kind,
        "action": str(change.action),
        "status": str(outcome.status),
        "detail": mask.wording(change, outcome.detail),
        "waited_for": [mask.change_id(other.change) for other in waits.of(change)] if skipped else [],
        "live_id": live_id(outcome),
        "irreversible": change.irreversible,
        "audience": _audience(change.audience),
    }


def _audience(audience: Audience | None) -> Document | None:
    if audience is None:
        return None
    return {
        "recipients": audience.people,
        "recipients_exact": audience.exact,
        "start": _start(audience.start),
        "lists": _people(audience.lists),
        "overlap": _overlap(audience.overlap),
    }


def _overlap(overlap: Overlap | None) -> Document | None:
    if overlap is None:
        return None
    pairs = [{"listas": [one, other], "people": people} for one, other, people in overlap.pairs]
    return {"only": _people(overlap.only), "several": overlap.several, "pairs": pairs}


def _people(lists: Sequence[tuple[str, int]]) -> list[Document]:
    return [{"lista": key, "people": people} for key, people in lists]


def _start(start: datetime | None) -> str:
    return "agora" if start is None else start.isoformat(timespec="minutes")


def _blocked(item: Blocked, mask: Mask) -> Document:
    told = mask.blocked(item)
    return {
        "address": mask.alias(item.address),
        "kind": item.address.kind,
        "action": None if item.action is None else str(item.action),
        "reason": told.reason,
        "remedy": told.remedy,
        "candidates": list(told.candidates),
        "rule": item.rule or None,
        "place": None if item.place is None else str(item.place),
    }


def _plan_summary(plan: Plan) -> Document:
    summary = plan.summary
    return {
        "changes": len(plan.changes),
        "adopted": plan.adopted,
        "by_action": dict(summary.actions),
        "blocked": len(plan.blocked),
        "waiting": len(plan.waiting),
        "calls": summary.calls,
        "planning_calls": sum(plan.reads.values()),
        "sends": summary.sends,
        "recipients": summary.recipients,
        "recipients_exact": summary.exact,
        "messages": summary.messages,
        "first_send": _start(summary.first_send) if summary.sends else None,
        "apply_until": None if plan.until is None else plain(plan.until),
        **_time(summary.calls, plan.pace),
    }


def _result_summary(result: Result) -> Document:
    done = [outcome.change for outcome in result.outcomes if outcome.status is Status.DONE]
    audiences, (recipients, exact) = standing(result)
    return {
        **{str(status): result.count(status) for status in Status},
        "blocked": len(result.plan.blocked),
        "waiting": len(result.plan.waiting),
        "by_action": dict(sorted(Counter(str(change.action) for change in done).items())),
        "sends": len(audiences),
        "recipients": recipients,
        "recipients_exact": exact,
        "adopted": result.adopted,
        "planned_calls": call_count(outcome.change for outcome in result.outcomes),
        "calls": sum(result.calls.values()),
        "planning_calls": sum(result.plan.reads.values()),
        "left_calls": result.left,
        **_time(result.left, result.pace),
    }


def _time(calls: int, pace: float | None) -> Document:
    """How fast calls may be made, and how long so many take."""
    return {
        "calls_per_second": None if pace is None else round(pace, 3),
        "seconds": None if pace is None else round(calls / pace),
    }
