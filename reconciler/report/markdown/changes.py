"""Changes in a Markdown report: a diff for each kind, folded away under what happens to how many. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from reconciler.engine.model import Action, Change, Delta
from reconciler.engine.plan import Plan
from reconciler.report.lines import KNOWS, MARKS, mark
from reconciler.report.markdown.escape import NAME, details, fence, lines
from reconciler.report.markdown.page import Risk, Section, by_risk
from reconciler.report.mask import PRIVATE, Mask
from reconciler.report.people_text import ADOPTED, EXPLAINED, Group, grouped
from reconciler.report.plan_text import by_kind
from reconciler.report.values import Explained, few, is_long, many, parts, shown, sizes, text_lines
from reconciler.report.view import View
from reconciler.report.words import count, number, section, shortened

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
    actions = Counter(change.action for change in found)
    actions[Action.ADOPT] += adopted
    told = ", ".join(f"{action} {number(actions[action])}" for action in Action if actions[action])
    return f"<b>{section(kind)}</b>: {told}"


def _people(plan: Plan, found: Sequence[Change], mask: Mask, view: View) -> Section:
    """Contacts, counted by what happens to them."""
    groups = grouped(found, mask)
    who = len({change.address for change in found})
    rest = [_group(group) for group in groups]
    if plan.adopted:
        rest.append(f"{KNOWS.symbol} {Action.ADOPT}  {number(plan.adopted)}  {ADOPTED}")
    hint = "" if view.hidden else "; --show-contacts lists them"
    rest.append(f"  {count(who, 'person', 'people')} in all{hint}")
    return Section(
        "changes of contatos", partial(_folded, _summary(PRIVATE, found, plan.adopted)), {Risk.LETTING_GO: rest}
    )


def _group(group: Group) -> str:
    told = [f"{group.look.symbol} {group.action}  {group.total}  {group.samples}"]
    if group.fields:
        told.append(f"{_INDENT}{', '.join(group.fields)}")
    return lines(told)


def _told(change: Change, mask: Mask, explained: Explained) -> str:
    """One change: what happens to what, why, and each field before and after."""
    reason = "" if change.action is Action.ADOPT else mask.wording(change, change.reason)
    told = [f"{mark(change).symbol} {shortened(mask.name(change.address), NAME)}  {change.action}  {reason}".rstrip()]
    if change.action is Action.REPLACE and change.live_id:
        told.append(f"-{_INDENT}cancels the live send {change.live_id} first")
    for delta in change.deltas:
        told += _delta(change, mask.delta(change, delta), explained)
    return lines(told)


def _delta(change: Change, delta: Delta, explained: Explained) -> Iterator[str]:
    """One field: `-` before what goes, `+` before what comes."""
    if is_long(delta):
        sign = "+" if delta.before is None else " "
        yield f"{sign}{_INDENT}{delta.field}  {sizes(delta)}"
        for text in text_lines(delta):
            sign = text[0] if text[0] in "+-" else " "
            yield f"{sign}{_INDENT}{_INDENT}{text[1:] if text[0] in '+- ' else text}"
        return
    found = parts(delta, explained)
    for part in found:
        sign, rest = (part[0], part[2:]) if part[0] in "+-" else (" ", part)
        yield f"{sign}{_INDENT}{delta.field}  {rest}"
    if found:
        return
    if change.live_id is not None or delta.before is not None:
        yield f"-{_INDENT}{delta.field}  {shown(delta.before)}"
    yield f"+{_INDENT}{delta.field}  {shown(delta.after)}"
