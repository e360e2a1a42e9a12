"""What a person must look at, on the page: refusals, blocked and waiting items, checks, warnings. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from reconciler.engine.check import Ruling, Verdict
from reconciler.engine.model import Finding
from reconciler.engine.plan import Plan
from reconciler.engine.waiting import Waiting
from reconciler.report.channels_text import GROUNDS, WAITING, hint, objects, told, words
from reconciler.report.html.element import Markup, code, el, joined, prose
from reconciler.report.html.page import Chapter, counted, item, listed, subject
from reconciler.report.layout import Risk, Section
from reconciler.report.mask import Mask
from reconciler.report.trouble_text import BLOCKED, REFUSED, Held, held, named
from reconciler.report.words import NAME, moment, number, persons

_LOOKS = {Ruling.HOLDS: "good", Ruling.BROKEN: "bad"}


def trouble(plan: Plan, mask: Mask) -> Iterator[Chapter]:
    """Everything that stands in the way of a plan, or that its reader should know, the gravest first."""
    yield findings("Refused", REFUSED, plan.refusals, mask, Risk.REFUSED)
    blocked = Section("blocked", listed(), {Risk.TROUBLE: tuple(held(plan.blocked, mask))}, _held)
    yield _chapter("Blocked", BLOCKED, len(plan.blocked), blocked)
    yield _chapter(
        "Waiting", WAITING, len(plan.waiting), Section("waiting", listed(), {Risk.TROUBLE: plan.waiting}, _waiting)
    )
    checks = Section("checks", listed(), {Risk.WARNINGS: plan.verdicts}, _verdict)
    yield _chapter("Checks", "what other channels show", len(plan.verdicts), checks)
    yield findings("Warnings", "", plan.warnings, mask, Risk.WARNINGS)


def findings(name: str, note: str, found: Sequence[Finding], mask: Mask, degree: Risk) -> Chapter:
    """Findings, under a heading."""
    section = Section(name.lower(), listed(), {degree: found}, partial(_finding, mask=mask))
    return _chapter(name, note, len(found), section)


def _chapter(name: str, note: str, size: int, section: Section) -> Chapter:
    return Chapter(name.lower().replace(" ", "-"), counted(name, size), note, (section,) if size else ())


def _finding(finding: Finding, mask: Mask) -> Markup:
    said = named(finding, mask)
    at = joined(" ", code(str(said.place))) if said.place is not None else Markup()
    excerpt = code(said.excerpt.strip(" ")) if said.excerpt is not None else Markup()
    first = joined(prose(said.summary), " ", el("span", said.rule, class_="tag"), at)
    return item(first, ("line", excerpt), ("why", prose(said.reason)), ("fix", prose(said.remedy)))


def _held(held: Held) -> Markup:
    at = joined(" ", code(str(held.place))) if held.place is not None else Markup()
    more = f" and {number(len(held.live) - GROUNDS)} more" if len(held.live) > GROUNDS else ""
    live = [joined(", " if place else "", code(each)) for place, each in enumerate(held.live[:GROUNDS])]
    first = joined(subject(held.name, held.samples), f" {held.action}".rstrip(), at)
    return item(first, ("why", prose(held.reason)), ("fix", prose(held.remedy)), ("live", joined(*live, more)))


def _waiting(waiting: Waiting) -> Markup:
    to = waiting.audience
    what = f", {moment(to.start)}, {persons(to.people, exact=to.exact)}" if to is not None else ""
    at = joined(" ", code(str(waiting.place))) if waiting.place is not None else Markup()
    return item(joined(code(str(waiting.address)), f" {waiting.action}{what}", at), ("why", prose(waiting.reason)))


def _verdict(verdict: Verdict) -> Markup:
    grounds, about = told(verdict), objects(verdict)
    ruling = el("span", words(verdict.ruling), class_=f"tag {_LOOKS.get(verdict.ruling, 'warn')}")
    where = (" ", code(verdict.check.source), " ", code(str(verdict.check.place)))
    more: list[tuple[str, Markup]] = []
    for ground in grounds[:GROUNDS]:
        wanted = (", expected ", code(ground.wanted)) if ground.wanted else ()
        whose = (" (", code(about[ground.id]), ")") if ground.id in about else ()
        more.append(("", joined(code(ground.name), ": ", prose(ground.shown, NAME), *wanted, *whose)))
    if len(grounds) > GROUNDS:
        more.append(("", joined(f"and {number(len(grounds) - GROUNDS)} more")))
    more.append(("", prose(hint(verdict))))
    if not grounds:
        more.append(("", prose(verdict.reason)))
    return item(joined(code(str(verdict.check.address)), " ", ruling, *where), *more)
