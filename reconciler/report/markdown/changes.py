"""Changes in a Markdown report: a diff for each kind, folded away under what happens to how many. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from reconciler.engine.model import Change
from reconciler.engine.plan import Plan
from reconciler.report.change_lines import actions_of, change_lines, people_lines
from reconciler.report.layout import Risk, Section, by_risk
from reconciler.report.lines import KNOWS, MARKS, mark
from reconciler.report.markdown.escape import details, fence, lines
from reconciler.report.mask import PRIVATE, Mask
from reconciler.report.people_text import EXPLAINED
from reconciler.report.plan_text import by_kind
from reconciler.report.values import Explained, few, many
from reconciler.report.view import View
from reconciler.report.words import section

_INDENT = "    "


def changes(plan: Plan, mask: Mask, view: View) -> Iterator[Section]:
    """A section for each kind, in the order of `by_kind`, and what the signs mean."""
    groups = by_kind(plan.changes)
    for kind in (*groups, *((PRIVATE,) if plan.adopted and PRIVATE not in groups else ())):
        found = groups.get(kind, ())
        if kind == PRIVATE and not view.show_contacts:
            yield _people(plan, found, mask, view)
        else:
            explained = many if kind == PRIVATE and len(found) > EXPLAINED else few
            told = partial(_told, mask=mask, explained=explained)
            adopted = plan.adopted if kind == PRIVATE else 0
            yield Section(
                f"changes of {section(kind)}", partial(_folded, _summary(kind, found, adopted)), _by_risk(found), told
            )
    used = {mark(change) for change in plan.changes} | ({KNOWS} if plan.adopted else set())
    if used:
        legend = " · ".join(f"`{look.symbol}` {look.meaning}" for look in MARKS if look in used)
        yield Section("", lambda _: f"<sub>{legend}</sub>")


def _by_risk(found: Sequence[Change]) -> Mapping[Risk, Sequence[Change]]:
    """The changes of one kind by how much it matters to see them here."""
    return {Risk.DETAILS if degree is Risk.SENDS else degree: items for degree, items in by_risk(found).items()}


def _folded(summary: str, body: str) -> str:
    return details(summary, fence("diff", body) if body else "")


def _summary(kind: str, found: Sequence[Change], adopted: int) -> str:
    """`listas: update 1, activate 2`."""
    return f"<b>{section(kind)}</b>: {actions_of(found, adopted)}"


def _people(plan: Plan, found: Sequence[Change], mask: Mask, view: View) -> Section:
    """Contacts, counted by what happens to them."""
    groups = [lines(told) for told in people_lines(found, plan.adopted, mask, view)]
    return Section(
        "changes of contatos", partial(_folded, _summary(PRIVATE, found, plan.adopted)), {Risk.LETTING_GO: groups}
    )


def _told(change: Change, mask: Mask, explained: Explained) -> str:
    return lines(change_lines(change, mask, explained))
