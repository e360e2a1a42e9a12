"""What came of an apply as text: what was done, what was not and why, and what to do next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.engine.model import Outcome, Status
from reconciler.engine.result import Exit, Result
from reconciler.report.calls_text import calls, paced
from reconciler.report.channels_text import checks, waiting
from reconciler.report.headline import result_headline
from reconciler.report.lines import Line, Span, Style, labelled, line, mark, pad, rendered, title, widest, wrapped
from reconciler.report.mask import Mask
from reconciler.report.outcomes import AGAIN, COUNTED, TITLES, VERDICTS, Told, adoption, advice, tally, told, uneventful
from reconciler.report.sends_text import audience_people
from reconciler.report.trouble_text import blocked, findings
from reconciler.report.view import View
from reconciler.report.waits import Waits, live_id
from reconciler.report.words import count, moment, number


def result_text(result: Result, view: View, *, command: str) -> str:
    """`result` for the person who applied, also when the run ended early; `command` is what continues it."""
    return rendered(_lines(result, view, command), view)


def _lines(result: Result, view: View, command: str) -> Iterator[Line]:
    plan = result.plan
    yield line(Span(result_headline(result, view), Style.STRONG))
    if uneventful(result):
        yield line(f"account {plan.account} is as declared; {count(sum(plan.reads.values()), 'call')} to find out")
        return
    mask = Mask(plan, view, result.notes)
    waits = Waits(result)
    yield line(f"account {plan.account}; exit code {int(result.exit)}: {VERDICTS[result.exit]}")
    if result.ended is not None:
        yield line(f"the run ended before its plan did: {mask.text(result.ended[1])}")
    if result.adopted:
        yield line(adoption(result.adopted))
    for status, (name, note) in TITLES.items():
        found = [outcome for outcome in result.outcomes if outcome.status is status]
        if not found:
            continue
        yield from title(f"{name} ({number(len(found))})", note)
        counted = status in COUNTED
        if counted:
            yield from _counted(found, mask)
        worth = [each for each in found if each.detail or not counted]
        yield from _told(told(worth, mask, waits, view), "detail" if status is Status.DONE else "why")
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


def _counted(outcomes: Sequence[Outcome], mask: Mask) -> Iterator[Line]:
    """How many changes of which kind; sends one by one, since they are what people will notice."""
    kinds = tally(outcomes)
    column = widest(kinds)
    for name, actions in kinds.items():
        yield from wrapped(f"  {pad(name, column)}  ", actions, indent=column + 4)
    yield from _sends(outcomes, mask)


def _sends(outcomes: Sequence[Outcome], mask: Mask) -> Iterator[Line]:
    sent = [(outcome, audience) for outcome in outcomes if (audience := outcome.change.audience) is not None]
    rows = [
        (mask.name(outcome.change.address), str(outcome.change.action), moment(to.start), audience_people(to))
        for outcome, to in sent
    ]
    columns = [widest(texts) for texts in zip(*rows, strict=True)]
    for (outcome, to), (*texts, people) in zip(sent, rows, strict=True):
        look = mark(outcome.change)
        shown = "  ".join(pad(text, column) for text, column in zip(texts, columns[:3], strict=True))
        live = live_id(outcome)
        note = Span(f"  live id {live}" if live else "", Style.FAINT)
        who = f"{people:>{columns[3]}} {'person' if to.people == 1 else 'people'}"
        yield line("  ", Span(look.symbol, look.style), f" {shown}  {who}", note)


def _told(items: Iterable[Told], label: str) -> Iterator[Line]:
    for item in items:
        known = f"  live id {item.live}" if item.live else ""
        name = f"{item.name} ({item.samples})" if item.samples else item.name
        yield line("  ", Span(name, Style.STRONG), f"  {item.action}", Span(known, Style.FAINT))
        if item.detail:
            yield labelled(label, item.detail, indent=6, column=12)
        if item.waited:
            yield labelled("waited for", item.waited, indent=6, column=12)


def _next(result: Result, command: str) -> Iterator[str]:
    yield from advice(result)
    if result.exit is not Exit.OK:
        yield f"{AGAIN}: {command}"
