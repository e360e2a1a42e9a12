"""Changes on the page: a diff for each kind, folded away under what happens to how many. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from reconciler.engine.model import Change
from reconciler.engine.plan import Plan
from reconciler.report.change_lines import actions_of, change_lines, people_lines
from reconciler.report.html.element import Markup, el, joined
from reconciler.report.html.page import Chapter, folded
from reconciler.report.layout import Risk, Section, by_risk
from reconciler.report.lines import KNOWS, MARKS, mark
from reconciler.report.mask import PRIVATE, Mask
from reconciler.report.people_text import EXPLAINED
from reconciler.report.plan_text import by_kind
from reconciler.report.values import Explained, few, many
from reconciler.report.view import View
from reconciler.report.words import section

_LOOKS: Final = {"+": "a", "-": "t", "!": "g", "=": "k", "…": "o"}


def changes(plan: Plan, mask: Mask, view: View) -> Chapter:
    """A section for each kind, in the order of `by_kind`, and what the signs mean."""
    sections = tuple(_sections(plan, mask, view))
    used = {mark(change) for change in plan.changes} | ({KNOWS} if plan.adopted else set())
    legend = " · ".join(f"{look.symbol} {look.meaning}" for look in MARKS if look in used)
    return Chapter("changes", "Changes", legend, sections)


def _sections(plan: Plan, mask: Mask, view: View) -> Iterator[Section]:
    groups = by_kind(plan.changes)
    for kind in (*groups, *((PRIVATE,) if plan.adopted and PRIVATE not in groups else ())):
        found, adopted = groups.get(kind, ()), plan.adopted if kind == PRIVATE else 0
        name, build = f"changes of {section(kind)}", partial(_folded, kind, actions_of(found, adopted))
        if kind == PRIVATE and not view.show_contacts:
            groups_of_people = [diff(told) for told in people_lines(found, adopted, mask, view)]
            yield Section(name, build, {Risk.LETTING_GO: groups_of_people})
        else:
            explained = many if kind == PRIVATE and len(found) > EXPLAINED else few
            yield Section(name, build, _by_risk(found), partial(_told, mask=mask, explained=explained))


def _by_risk(found: Sequence[Change]) -> Mapping[Risk, Sequence[Change]]:
    return {Risk.DETAILS if degree is Risk.SENDS else degree: items for degree, items in by_risk(found).items()}


def _folded(kind: str, actions: str, body: str) -> Markup:
    return folded(joined(el("b", section(kind)), f": {actions}"), el("div", Markup(body), class_="diff"))


def _told(change: Change, mask: Mask, explained: Explained) -> Markup:
    return diff(change_lines(change, mask, explained))


def diff(lines: Sequence[str]) -> Markup:
    """Lines of a diff, each led by its sign."""
    return joined(*(el("span", el("code", line), class_=_LOOKS.get(line[:1])) for line in lines))
