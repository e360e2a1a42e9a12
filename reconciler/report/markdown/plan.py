"""A plan as Markdown, for a comment on a pull request or a job's summary. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.engine.plan import Plan, call_count
from reconciler.engine.route import Route
from reconciler.report.calls_text import paced, planned, ranked, unread, way
from reconciler.report.frame import Frame
from reconciler.report.headline import plan_headline
from reconciler.report.layout import Risk, Section
from reconciler.report.markdown.changes import changes
from reconciler.report.markdown.escape import code, details, fence, prose
from reconciler.report.markdown.page import laid_out
from reconciler.report.markdown.proof import proof
from reconciler.report.markdown.sends import lists, sends
from reconciler.report.markdown.trouble import trouble
from reconciler.report.mask import Mask
from reconciler.report.outcomes import VERDICTS
from reconciler.report.proof_text import offline
from reconciler.report.sends_text import EXPIRY
from reconciler.report.view import View
from reconciler.report.words import count, moment, number, shortened

_COMMAND = 2_000
_ORIGINS = 20


def plan_markdown(plan: Plan, view: View, frame: Frame) -> str:
    """`plan` for a person who decides about it, in at most `frame.budget` characters."""
    mask = Mask(plan, view, plan.proof.findings if plan.proof else ())
    top = [f"## {prose(plan_headline(plan, view))}", *_ended(view, mask)]
    note = f" **Refresh** {prose(unread(plan))}." if unread(plan) else ""
    if plan.idle and not (plan.blocked or plan.warnings or plan.refusals or plan.waiting or plan.verdicts):
        top.append(
            f"{account(plan, view)} is as declared; {count(sum(plan.reads.values()), 'call')} to find out.{note}"
        )
        return laid_out([*top, *_offline(plan)], tuple(proof(plan.proof, mask)), (), frame)
    top.append(f"{account(plan, view)}.{note}")
    sections = (
        *sends(plan, view),
        *trouble(plan, mask),
        *proof(plan.proof, mask),
        *lists(plan.changes),
        *changes(plan, mask, view),
        *_calls(plan),
    )
    return laid_out([*top, *_offline(plan)], sections, tuple(_bottom(plan, frame)), frame)


def account(plan: Plan, view: View) -> str:
    """Which account a report is about, and the commit that the workspace stood at, where that is known."""
    return f"Account {code(plan.account)}" + (f" (commit {code(view.commit)})" if view.commit else "")


def _ended(view: View, mask: Mask) -> Iterator[str]:
    """How the run ended that this plan was made for, where it came to nothing."""
    if view.ended is not None:
        why = prose(mask.text(view.ended.reason))
        yield f"**Exit code {int(view.ended.exit)}: {VERDICTS[view.ended.exit]}.** {why}"


def _calls(plan: Plan) -> Iterator[Section]:
    made = call_count(plan.changes)
    yield calls(
        (f"{count(made, 'call')} to apply{paced(made, plan.pace)}", planned(plan.changes)),
        (f"{number(sum(plan.reads.values()))} made by planning", plan.reads),
        routes=plan.routes,
    )


def calls(*kinds: tuple[str, Mapping[str, int]], routes: Sequence[Route] = ()) -> Section:
    """How many calls, folded away: of which kinds, and how people were read.

    `kinds` are totals in words, with the calls by `METHOD /path`.
    """
    told = [
        f"{text}: {', '.join(f'{code(call)} {number(times)}' for call, times in ranked(found))}" if found else text
        for text, found in kinds
    ]
    told += [f"route: {prose(way(route))}" for route in routes]
    return Section(
        "the calls",
        lambda body: details("; ".join(text for text, _ in kinds), body),
        {Risk.BACKGROUND: ["\n".join(f"- {text}" for text in told)]},
    )


def command(line: str) -> str:
    """A command line, to be copied."""
    return fence("sh", shortened(line, _COMMAND))


def _offline(plan: Plan) -> Iterator[str]:
    """What the plan was made against, if not the account."""
    if plan.against is not None:
        told = prose(offline(plan.against))
        yield f"**Offline**: {told}."


def _bottom(plan: Plan, frame: Frame) -> Iterator[str]:
    """What the plan was made from, its digest, and how exactly this one is applied."""
    told = [f"{prose(name)} {code(text)}" for name, text in sorted(plan.generated_from.items())[:_ORIGINS]]
    if told:
        yield f"**Made from** {', '.join(told)}"
    if plan.idle or plan.against is not None:
        return
    yield f"**Digest** {code(plan.digest)}"
    if plan.refusals:
        yield "**Apply** would stop before any call: see Refused."
    elif plan.proof is not None and plan.proof.faults:
        yield "**Apply** would not come to this, as far as a copy of the account shows: see Rehearsal."
    else:
        yield f"**Apply** exactly this plan:\n\n{command(frame.command)}"
        if plan.until is not None:
            yield f"**Until** {prose(moment(plan.until))}: {EXPIRY}."
