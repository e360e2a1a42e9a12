"""What a person must look at in a Markdown report: refusals, blocked and waiting items, checks, warnings. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from reconciler.engine.check import Ruling, Verdict
from reconciler.engine.model import Finding
from reconciler.engine.plan import Plan
from reconciler.engine.waiting import Waiting
from reconciler.report.channels_text import GROUNDS, WAITING, hint, objects, told, words
from reconciler.report.layout import Risk, Section
from reconciler.report.markdown.escape import code, prose
from reconciler.report.markdown.page import listed
from reconciler.report.mask import Mask
from reconciler.report.trouble_text import BLOCKED, REFUSED, Held, held, named
from reconciler.report.words import NAME, moment, number, persons


def trouble(plan: Plan, mask: Mask) -> Iterator[Section]:
    """Everything that stands in the way of a plan, or that its reader should know, the gravest first."""
    yield from findings("Refused", REFUSED, plan.refusals, mask, Risk.REFUSED)
    if plan.blocked:
        heading = listed(headed("Blocked", len(plan.blocked), BLOCKED))
        yield Section("blocked", heading, {Risk.TROUBLE: tuple(held(plan.blocked, mask))}, _held)
    if plan.waiting:
        heading = listed(headed("Waiting", len(plan.waiting), WAITING))
        yield Section("waiting", heading, {Risk.TROUBLE: plan.waiting}, _waiting)
    if plan.verdicts:
        heading = listed(headed("Checks", len(plan.verdicts), "what other channels show"))
        yield Section("checks", heading, {Risk.WARNINGS: plan.verdicts}, _verdict)
    yield from findings("Warnings", "", plan.warnings, mask, Risk.WARNINGS)


def headed(name: str, times: int, note: str = "") -> str:
    """A heading with a number and a note."""
    return f"### {name} ({number(times)})" + (f"\n\n_{note[0].upper()}{note[1:]}._" if note else "")


def findings(name: str, note: str, found: Sequence[Finding], mask: Mask, degree: Risk) -> Iterator[Section]:
    """Findings under a heading."""
    if found:
        heading = listed(headed(name, len(found), note))
        yield Section(name.lower(), heading, {degree: found}, partial(_finding, mask=mask))


def bullet(first: str, *more: tuple[str, str]) -> str:
    """An item of a list, and below it what is known by a label: Markdown, each on a line; what is empty is left out."""
    return "\n".join((f"- {first}", *(f"  - {name}: {text}" for name, text in more if text)))


def subject(name: str, samples: str) -> str:
    """What an item is about: an address, or how many contacts, with some of them."""
    return f"{name} ({prose(samples)})" if samples else code(name)


def _finding(finding: Finding, mask: Mask) -> str:
    told = named(finding, mask)
    at = f", {code(str(told.place))}" if told.place is not None else ""
    excerpt = code(told.excerpt.strip(" ")) if told.excerpt is not None else ""
    why, fix = prose(told.reason), prose(told.remedy)
    return bullet(f"{prose(told.summary)} ({code(told.rule)}{at})", ("line", excerpt), ("why", why), ("fix", fix))


def _held(item: Held) -> str:
    at = f" at {code(str(item.place))}" if item.place is not None else ""
    live = ", ".join(code(each) for each in item.live[:GROUNDS])
    more = f" and {number(len(item.live) - GROUNDS)} more" if len(item.live) > GROUNDS else ""
    told = ("why", prose(item.reason)), ("fix", prose(item.remedy)), ("live", live + more)
    return bullet(f"{subject(item.name, item.samples)} {item.action}".rstrip() + at, *told)


def _waiting(item: Waiting) -> str:
    to = item.audience
    what = f", {moment(to.start)}, {persons(to.people, exact=to.exact)}" if to is not None else ""
    at = f" at {code(str(item.place))}" if item.place is not None else ""
    return bullet(f"{code(str(item.address))} {item.action}{what}{at}", ("why", prose(item.reason)))


def _verdict(verdict: Verdict) -> str:
    grounds, about, advice = told(verdict), objects(verdict), hint(verdict)
    ruling = f"{_MARKS[verdict.ruling]} {code(str(verdict.check.address))} **{words(verdict.ruling)}**"
    lines = [f"- {ruling} ({code(verdict.check.source)}, {code(str(verdict.check.place))})"]
    for ground in grounds[:GROUNDS]:
        wanted = f", expected {code(ground.wanted)}" if ground.wanted else ""
        whose = f" ({code(about[ground.id])})" if ground.id in about else ""
        lines.append(f"  - {code(ground.name)}: {prose(ground.shown, NAME)}{wanted}{whose}")
    if len(grounds) > GROUNDS:
        lines.append(f"  - and {number(len(grounds) - GROUNDS)} more")
    if advice:
        lines.append(f"  - {prose(advice)}")
    if not grounds:
        lines.append(f"  - {prose(verdict.reason)}")
    return "\n".join(lines)


_MARKS = {
    Ruling.HOLDS: "✅",
    Ruling.NOT_YET: "⏳",
    Ruling.NOT_FOUND: "❔",
    Ruling.NOT_READ: "❔",
    Ruling.BROKEN: "❌",
}
