"""What came of an apply as text: what was done, what was not and why, and what to do next. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from reconciler.engine.model import Outcome, Status
from reconciler.engine.result import Exit, Result
from reconciler.report.calls_text import calls, paced
from reconciler.report.channels_text import checks, waiting
from reconciler.report.headline import result_headline
from reconciler.report.lines import Line, Span, Style, labelled, line, mark, pad, rendered, title, widest, wrapped
from reconciler.report.mask import Mask, is_private
from reconciler.report.people_text import sampled
from reconciler.report.plan_text import by_kind
from reconciler.report.sends_text import audience_people
from reconciler.report.trouble_text import blocked, findings
from reconciler.report.view import View
from reconciler.report.waits import Waits, live_id
from reconciler.report.words import count, moment, number, section

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

_TITLES = {
    Status.DONE: ("Done", ""),
    Status.UNKNOWN: ("Unknown", "the request may have had its effect"),
    Status.FAILED: ("Failed", "refused, or certainly not sent"),
    Status.SKIPPED: ("Skipped", "what they need was not done"),
    Status.PENDING: ("Not reached", "the run ended first"),
}


def result_text(result: Result, view: View, *, command: str) -> str:
    """`result` for the person who applied, also when the run ended early; `command` is what continues it."""
    return rendered(_lines(result, view, command), view)


def _lines(result: Result, view: View, command: str) -> Iterator[Line]:
    plan = result.plan
    yield line(Span(result_headline(result, view), Style.STRONG))
    if _uneventful(result):
        yield line(f"account {plan.account} is as declared; {count(sum(plan.reads.values()), 'call')} to find out")
        return
    mask = Mask(plan, view, result.notes)
    waits = Waits(result)
    yield line(f"account {plan.account}; exit code {int(result.exit)}: {VERDICTS[result.exit]}")
    if result.ended is not None:
        yield line(f"the run ended before its plan did: {mask.text(result.ended[1])}")
    yield from _adopted(result.adopted)
    for status, (name, note) in _TITLES.items():
        found = [outcome for outcome in result.outcomes if outcome.status is status]
        if not found:
            continue
        yield from title(f"{name} ({number(len(found))})", note)
        counted = status in (Status.DONE, Status.PENDING)
        if counted:
            yield from _counted(found, mask)
        yield from _told([each for each in found if each.detail or not counted], mask, waits, view)
    yield from findings("Notes", "", result.notes, mask)
    yield from findings("Warnings", "", plan.warnings, mask)
    yield from findings("Refused", "", plan.refusals, mask)
    yield from blocked(plan.blocked, mask)
    yield from waiting(plan.waiting)
    yield from checks(plan.verdicts)
    yield ()
    yield from calls("calls", f"{number(sum(result.calls.values()))} made by applying", result.calls)
    yield from calls("", f"{number(sum(plan.reads.values()))} made by planning", plan.reads)
    if result.left:
        yield line(f"{'left':<8}{count(result.left, 'call')}{paced(result.left, result.pace)}")
    for place, text in enumerate(_next(result, command)):
        yield labelled("" if place else "next", text, indent=0, column=8)


def _uneventful(result: Result) -> bool:
    """Whether there is nothing to tell: nothing was to be done, and nothing stands in the way of anything."""
    plan = result.plan
    happened = result.outcomes or result.adopted or result.ended or result.notes
    return not (happened or plan.blocked or plan.warnings or plan.refusals or plan.waiting)


def _adopted(people: int) -> Iterator[Line]:
    if people:
        yield line(f"{count(people, 'person', 'people')} adopted: there already, and ours from now on")


def _counted(outcomes: Sequence[Outcome], mask: Mask) -> Iterator[Line]:
    """How many changes of which kind; sends one by one, since they are what people will notice."""
    groups = by_kind([outcome.change for outcome in outcomes])
    kinds = {section(kind): Counter(str(change.action) for change in changes) for kind, changes in groups.items()}
    column = widest(kinds)
    for name, actions in kinds.items():
        told = [f"{action} {number(times)}" for action, times in actions.items()]
        yield from wrapped(f"  {pad(name, column)}  ", told, indent=column + 4)
    yield from _sends(outcomes, mask)


def _sends(outcomes: Sequence[Outcome], mask: Mask) -> Iterator[Line]:
    sent = [(outcome, audience) for outcome in outcomes if (audience := outcome.change.audience) is not None]
    rows = [
        (mask.name(outcome.change.address), str(outcome.change.action), moment(to.start), audience_people(to))
        for outcome, to in sent
    ]
    columns = [widest(texts) for texts in zip(*rows, strict=True)]
    for (outcome, _), (*texts, people) in zip(sent, rows, strict=True):
        look = mark(outcome.change)
        told = "  ".join(pad(text, column) for text, column in zip(texts, columns[:3], strict=True))
        live = live_id(outcome)
        note = Span(f"  live id {live}" if live else "", Style.FAINT)
        yield line("  ", Span(look.symbol, look.style), f" {told}  {people:>{columns[3]}} people", note)


def _told(outcomes: Sequence[Outcome], mask: Mask, waits: Waits, view: View) -> Iterator[Line]:
    """Each change with what there is to say of it; contacts of one action and detail as one, unless they are shown."""
    groups: dict[tuple[str, ...], list[Outcome]] = {}
    for outcome in outcomes:
        change = outcome.change
        why = (mask.wording(change, outcome.detail), _waited(outcome, mask, waits))
        alone = view.show_contacts or not is_private(change.address)
        groups.setdefault((change.id if alone else change.address.kind, change.action, *why), []).append(outcome)
    for (_, action, detail, waited), found in groups.items():
        first = found[0].change
        if len(found) == 1:
            name = mask.name(first.address)
        else:
            samples = sampled([outcome.change.address for outcome in found], mask)
            name = f"{count(len(found), first.address.kind, section(first.address.kind))} ({samples})"
        live = live_id(found[0])
        known = f"  live id {live}" if live and len(found) == 1 else ""
        yield line("  ", Span(name, Style.STRONG), f"  {action}", Span(known, Style.FAINT))
        if detail:
            yield labelled("detail" if found[0].status is Status.DONE else "why", detail, indent=6, column=12)
        if waited:
            yield labelled("waited for", waited, indent=6, column=12)


_NAMED = 4
"""How many of the changes that something waited for are named; the others are counted."""


def _waited(outcome: Outcome, mask: Mask, waits: Waits) -> str:
    if outcome.status is not Status.SKIPPED:
        return ""
    needed = waits.of(outcome.change)
    named = [f"{mask.name(each.change.address)}/{each.change.action} ({each.status})" for each in needed[:_NAMED]]
    return ", ".join(named) + (f" and {number(len(needed) - _NAMED)} more" if len(needed) > _NAMED else "")


def _next(result: Result, command: str) -> Iterator[str]:
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
    elif result.exit is not Exit.OK:
        yield f"run it again; it plans anew from what the account then shows: {command}"
