"""What came of an apply as one HTML page: the plan's page, with outcomes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from reconciler.engine.model import Status
from reconciler.engine.result import Exit, Result
from reconciler.report.calls_text import paced
from reconciler.report.frame import Frame
from reconciler.report.headline import result_headline
from reconciler.report.html.calendar import calendar
from reconciler.report.html.changes import changes
from reconciler.report.html.element import Markup, code, el, joined, prose
from reconciler.report.html.messages import messages
from reconciler.report.html.page import (
    Chapter,
    Head,
    banner,
    command,
    counted,
    figures,
    item,
    laid_out,
    listed,
    subject,
)
from reconciler.report.html.plan import calls
from reconciler.report.html.sends import lists, sends
from reconciler.report.html.trouble import findings, trouble
from reconciler.report.layout import Risk, Section
from reconciler.report.mask import Mask
from reconciler.report.outcomes import AGAIN, COUNTED, TITLES, VERDICTS, Told, adoption, advice, tally, told
from reconciler.report.view import View
from reconciler.report.waits import Waits
from reconciler.report.words import count, number

_RISKS = {Status.UNKNOWN: Risk.REFUSED, Status.FAILED: Risk.REFUSED, Status.SKIPPED: Risk.TROUBLE}


def result_html(result: Result, view: View, frame: Frame) -> str:
    """`result` for those who wait for it, also when the run ended early, on one page that needs nothing else."""
    plan, mask = result.plan, Mask(result.plan, view, result.notes)
    head = Head("apply", result_headline(result, view), plan.account, tuple(_top(result, mask)))
    chapters = (
        *_outcomes(result, mask, view),
        findings("Notes", "", result.notes, mask, Risk.WARNINGS),
        sends(plan, {outcome.change.id: outcome for outcome in result.outcomes}),
        calendar(plan, view),
        *trouble(plan, mask),
        messages(plan),
        lists(plan.changes),
        changes(plan, mask, view),
        calls(
            (f"{count(sum(result.calls.values()), 'call')} made by applying", result.calls),
            (f"{number(sum(plan.reads.values()))} made by planning", plan.reads),
        ),
    )
    return laid_out(head, chapters, tuple(_foot(result, frame)), view, frame.whole)


def _top(result: Result, mask: Mask) -> Iterator[Markup]:
    title = f"Exit code {int(result.exit)}: {VERDICTS[result.exit]}"
    look = "" if result.exit in (Exit.OK, Exit.BLOCKED, Exit.LATER) else "bad"
    steps = [f"{text[0].upper()}{text[1:]}." for text in advice(result)]
    if result.ended is not None:
        steps.insert(0, f"The run ended before its plan did: {mask.text(result.ended[1])}.")
    if result.exit is Exit.OK:
        yield el("p", el("span", title, class_="tag good"), " ", " ".join(steps), class_="note")
    else:
        yield banner(title, prose(" ".join(steps)), look)
    yield figures(
        *((TITLES[status][0], number(result.count(status)) if result.count(status) else "") for status in Status),
        ("Adopted", number(result.adopted) if result.adopted else ""),
        ("Calls", number(sum(result.calls.values()))),
        ("Left", f"{count(result.left, 'call')}{paced(result.left, result.pace)}" if result.left else ""),
    )


def _outcomes(result: Result, mask: Mask, view: View) -> Iterator[Chapter]:
    waits = Waits(result)
    for status, (name, note) in TITLES.items():
        found = [outcome for outcome in result.outcomes if outcome.status is status]
        sections: list[Section] = []
        if status in COUNTED and found:
            lines = [f"{kind}: {', '.join(actions)}" for kind, actions in tally(found).items()]
            body = el("ul", *(el("li", line) for line in lines), class_="calls")
            sections.append(Section(f"figures of {name.lower()}", Markup, {Risk.BACKGROUND: (body,)}))
            found = [outcome for outcome in found if outcome.detail]
        if found:
            label = "detail" if status in COUNTED else "why"
            items = {_RISKS.get(status, Risk.REST): tuple(told(found, mask, waits, view))}
            sections.append(Section(name.lower(), listed(), items, partial(_told, label=label)))
        title = counted(name, result.count(status))
        yield Chapter(f"outcome-{status}", title, note, tuple(sections))


def _told(of: Told, label: str) -> Markup:
    live = joined(", live id ", code(of.live)) if of.live else Markup()
    first = joined(subject(of.name, of.samples), f" {of.action}", live)
    return item(first, (label, prose(of.detail)), ("waited for", prose(of.waited)))


def _foot(result: Result, frame: Frame) -> Iterator[Markup]:
    if result.adopted:
        yield el("p", f"{adoption(result.adopted)}.")
    yield el("p", "Digest ", code(result.plan.digest))
    if result.exit is not Exit.OK:
        yield el("p", f"{AGAIN[0].upper()}{AGAIN[1:]}:")
        yield command(frame.command)
