"""A plan as one HTML page, for those who decide about it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.engine.plan import Plan, call_count
from reconciler.engine.route import Route
from reconciler.report.calls_text import paced, planned, ranked, unread, way
from reconciler.report.frame import Frame
from reconciler.report.headline import plan_headline
from reconciler.report.html.calendar import calendar
from reconciler.report.html.changes import changes
from reconciler.report.html.element import Markup, code, el, joined, prose
from reconciler.report.html.messages import messages
from reconciler.report.html.page import Chapter, Head, banner, command, figures, folded, laid_out
from reconciler.report.html.proof import offline, proof
from reconciler.report.html.sends import lists, sends
from reconciler.report.html.trouble import trouble
from reconciler.report.layout import Risk, Section
from reconciler.report.mask import Mask
from reconciler.report.outcomes import VERDICTS
from reconciler.report.sends_text import EXPIRY
from reconciler.report.view import View
from reconciler.report.words import brief_moment, count, duration, moment, number

_ORIGINS = 20


def plan_html(plan: Plan, view: View, frame: Frame) -> str:
    """`plan` for a person who decides about it, on one page that needs nothing else."""
    mask = Mask(plan, view, plan.proof.findings if plan.proof else ())
    head = Head("plan", plan_headline(plan, view), plan.account, tuple(_top(plan, view, mask)))
    chapters = (
        sends(plan, {}),
        calendar(plan, view),
        *trouble(plan, mask),
        *proof(plan.proof, mask),
        messages(plan),
        lists(plan.changes),
        changes(plan, mask, view),
        calls(
            (
                f"{count(call_count(plan.changes), 'call')} to apply{paced(call_count(plan.changes), plan.pace)}",
                planned(plan.changes),
            ),
            (f"{number(sum(plan.reads.values()))} made by planning", plan.reads),
            routes=plan.routes,
        ),
    )
    return laid_out(head, chapters, tuple(_foot(plan, frame)), view, frame.whole)


def _top(plan: Plan, view: View, mask: Mask) -> Iterator[Markup]:
    if view.ended is not None:
        title = f"Exit code {int(view.ended.exit)}: {VERDICTS[view.ended.exit]}"
        yield banner(title, prose(mask.text(view.ended.reason)), "bad")
    yield from offline(plan.against)
    if plan.refusals:
        told = f"Applying would stop before any call: {count(len(plan.refusals), 'guard')} refused."
        yield banner("Refused", joined(told, " ", el("a", "Why", href="#refused")), "bad")
    if unread(plan):
        yield banner("Refresh", prose(unread(plan)))
    summary = plan.summary
    if plan.idle:
        yield el(
            "p", f"The account is as declared; {count(sum(plan.reads.values()), 'call')} to find out.", class_="note"
        )
        return
    sent = bool(summary.sends)
    yield figures(
        ("Sends", number(summary.sends) if sent else ""),
        ("People", f"{'' if summary.exact else '≤ '}{number(summary.recipients)}" if sent else ""),
        ("Messages", number(summary.messages) if sent else ""),
        ("First", brief_moment(summary.first_send, view) if sent else ""),
        ("Changes", number(len(plan.steps))),
        ("Calls", number(summary.calls)),
        ("Takes", duration(summary.calls / plan.pace) if plan.pace and summary.calls else ""),
    )


def calls(*kinds: tuple[str, Mapping[str, int]], routes: Sequence[Route] = ()) -> Chapter:
    """How many calls, folded away: of which kinds, and how people were read."""
    items = [el("li", el("b", text), *_by_path(found)) for text, found in kinds]
    items += [el("li", "route: ", prose(way(route))) for route in routes]
    body = folded(joined("; ".join(text for text, _ in kinds)), el("ul", *items, class_="calls"))
    return Chapter("calls", "Calls", "", (Section("the calls", Markup, {Risk.BACKGROUND: (body,)}),))


def _by_path(found: Mapping[str, int]) -> Iterator[Markup]:
    for place, (call, times) in enumerate(ranked(found)):
        yield joined(", " if place else ": ", code(call), f" {number(times)}")


def _foot(plan: Plan, frame: Frame) -> Iterator[Markup]:
    """What the plan was made from, its digest, and how exactly this one is applied."""
    told = [
        joined(" · " if place else "", name, " ", code(text))
        for place, (name, text) in enumerate(sorted(plan.generated_from.items())[:_ORIGINS])
    ]
    if told:
        yield el("p", "Made from ", *told)
    if plan.idle or plan.against is not None:
        return
    yield el("p", "Digest ", code(plan.digest))
    if plan.refusals:
        yield el("p", "Applying would stop before any call: see Refused.")
    elif plan.proof is not None and plan.proof.faults:
        yield el("p", "Applying would not come to this, as far as a copy of the account shows: see Rehearsal.")
    else:
        yield el("p", "Apply exactly this plan:")
        yield command(frame.command)
        if plan.until is not None:
            yield el("p", f"Until {moment(plan.until)}: {EXPIRY}.")
