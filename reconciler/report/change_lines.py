"""Changes as lines of a diff: what happens to what, why, and each field before and after. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from reconciler.engine.model import Action, Change, Delta
from reconciler.report.lines import KNOWS, mark
from reconciler.report.mask import Mask
from reconciler.report.people_text import ADOPTED, Group, grouped
from reconciler.report.values import Explained, is_long, parts, shown, sizes, text_lines
from reconciler.report.view import View
from reconciler.report.words import NAME, count, number, shortened

_INDENT = "    "


def actions_of(found: Sequence[Change], adopted: int) -> str:
    """How many of each action, `adopted` people among them: `update 1, activate 2`."""
    actions = Counter(change.action for change in found)
    actions[Action.ADOPT] += adopted
    return ", ".join(f"{action} {number(actions[action])}" for action in Action if actions[action])


def people_lines(found: Sequence[Change], adopted: int, mask: Mask, view: View) -> Iterator[Sequence[str]]:
    """Contacts, counted by what happens to them: the lines of each such group, and of how many they are in all."""
    for group in grouped(found, mask):
        yield _group(group)
    if adopted:
        yield (f"{KNOWS.symbol} {Action.ADOPT}  {number(adopted)}  {ADOPTED}",)
    who = len({change.address for change in found})
    hint = "" if view.hidden else "; --show-contacts lists them"
    yield (f"  {count(who, 'person', 'people')} in all{hint}",)


def _group(group: Group) -> Sequence[str]:
    told = [f"{group.look.symbol} {group.action}  {group.total}  {group.samples}"]
    if group.fields:
        told.append(f"{_INDENT}{', '.join(group.fields)}")
    return told


def change_lines(change: Change, mask: Mask, explained: Explained) -> Sequence[str]:
    """One change: what happens to what, why, and each field before and after; a sign leads each line."""
    reason = "" if change.action is Action.ADOPT else mask.wording(change, change.reason)
    told = [f"{mark(change).symbol} {shortened(mask.name(change.address), NAME)}  {change.action}  {reason}".rstrip()]
    if change.action is Action.REPLACE and change.live_id:
        told.append(f"-{_INDENT}cancels the live send {change.live_id} first")
    for delta in change.deltas:
        told += _delta(change, mask.delta(change, delta), explained)
    return told


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
