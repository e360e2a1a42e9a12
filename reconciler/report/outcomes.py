"""What came of a run, as every report tells it: in which words, alike changes as one, and what to do next. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reconciler.engine.model import Outcome, Status
from reconciler.engine.result import Exit, Result
from reconciler.report.mask import Mask, is_private
from reconciler.report.people_text import sampled
from reconciler.report.plan_text import by_kind
from reconciler.report.view import View
from reconciler.report.waits import Waits, live_id
from reconciler.report.words import count, number, section

VERDICTS = {
    Exit.OK: "done",
    Exit.ERROR: "nothing was applied",
    Exit.CHANGES: "there are changes",
    Exit.INVALID: "the configuration is wrong",
    Exit.BLOCKED: "a person must decide",
    Exit.DIFFERS: "the plan is not the one that was reviewed",
    Exit.PARTLY: "partly applied",
    Exit.UNKNOWN: "the outcome of a call is not known",
    Exit.USAGE: "wrong usage",
    Exit.LATER: "it is not over, and goes on later",
    Exit.INTERRUPTED: "interrupted",
    Exit.TERMINATED: "ended by SIGTERM",
}
"""What each exit code says, in words."""

TITLES = {
    Status.DONE: ("Done", ""),
    Status.UNKNOWN: ("Unknown", "the request may have had its effect"),
    Status.FAILED: ("Failed", "refused, or certainly not sent"),
    Status.SKIPPED: ("Skipped", "what they need was not done"),
    Status.PENDING: ("Not reached", "the run ended first"),
}
"""How changes of each status are headed, in the order in which they are told."""

COUNTED = frozenset({Status.DONE, Status.PENDING})
"""Of these there is little to say beside how many they are."""


def uneventful(result: Result) -> bool:
    """Whether there is nothing to tell: nothing was to be done, and nothing stands in the way of anything."""
    plan = result.plan
    happened = result.outcomes or result.adopted or result.ended or result.notes
    return not (happened or plan.blocked or plan.warnings or plan.refusals or plan.waiting)


def adoption(people: int) -> str:
    """What became of people who were found live; empty if there are none."""
    return f"{count(people, 'person', 'people')} adopted: there already, and ours from now on" if people else ""


def tally(outcomes: Sequence[Outcome]) -> Mapping[str, Sequence[str]]:
    """How many changes of which kind, as `create 3`, by the section of the kind."""
    groups = by_kind([outcome.change for outcome in outcomes])
    kinds = {section(kind): Counter(str(change.action) for change in changes) for kind, changes in groups.items()}
    return {name: [f"{action} {number(times)}" for action, times in actions.items()] for name, actions in kinds.items()}


@dataclass(frozen=True, slots=True)
class Told:
    """A change with what there is to say of it, or alike changes of contacts as one.

    `name` is an address, or how many contacts they are; `samples` are then some of them, masked. `live` is empty unless
    it is about one object that is live; `waited` says which changes it waited for.
    """

    name: str
    samples: str
    action: str
    live: str
    detail: str
    waited: str


def told(found: Sequence[Outcome], mask: Mask, waits: Waits, view: View) -> Iterator[Told]:
    """Each change by itself; contacts of one action and detail as one, unless they are shown."""
    groups: dict[tuple[str, ...], list[Outcome]] = {}
    for outcome in found:
        change = outcome.change
        why = (mask.wording(change, outcome.detail), _waited(outcome, mask, waits))
        alone = view.show_contacts or not is_private(change.address)
        groups.setdefault((change.id if alone else change.address.kind, change.action, *why), []).append(outcome)
    for (_, action, detail, waited), alike in groups.items():
        live = (live_id(alike[0]) if len(alike) == 1 else None) or ""
        yield Told(*_named(alike, mask), action, live, detail, waited)


def _named(alike: Sequence[Outcome], mask: Mask) -> tuple[str, str]:
    first = alike[0].change.address
    if len(alike) == 1:
        return mask.name(first), ""
    samples = sampled([outcome.change.address for outcome in alike], mask)
    return count(len(alike), first.kind, section(first.kind)), samples


_NAMED = 4
"""How many of the changes that something waited for are named; the others are counted."""


def _waited(outcome: Outcome, mask: Mask, waits: Waits) -> str:
    if outcome.status is not Status.SKIPPED:
        return ""
    needed = waits.of(outcome.change)
    named = [f"{mask.name(each.change.address)}/{each.change.action} ({each.status})" for each in needed[:_NAMED]]
    return ", ".join(named) + (f" and {number(len(needed) - _NAMED)} more" if len(needed) > _NAMED else "")


def advice(result: Result) -> Iterator[str]:
    """What the reader should do now, most pressing first."""
    if result.count(Status.UNKNOWN):
        yield "do not repeat by hand what is unknown: the next run first reads what the account shows"
    if result.ended is not None and result.ended[0] is Exit.LATER:
        yield "nothing is lost: later is soon enough"
    if result.count(Status.FAILED):
        yield "correct what failed, as its reason says"
    if result.plan.blocked:
        yield "decide what is blocked; what would settle it is said there"
    if result.plan.waiting:
        yield "plan and apply again, before the starts: what waits is scheduled once its checks hold"
    if result.exit is Exit.OK and not result.plan.waiting:
        yield "nothing; another plan should find nothing to change"


AGAIN = "run it again; it plans anew from what the account then shows"
"""What to do, beside `advice`, where not everything is done."""
