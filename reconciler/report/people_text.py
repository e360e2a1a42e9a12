"""Changes of contacts in a plan's text: counted, since they are many and personal, unless the view shows them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from reconciler.engine.model import Action, Address, Change
from reconciler.report.lines import KNOWS, Line, Mark, Span, Style, line, mark, pad, widest, wrapped
from reconciler.report.mask import OPEN_FIELDS, Mask
from reconciler.report.values import differences, few, many
from reconciler.report.view import View
from reconciler.report.words import count, number

_SAMPLES = 3
_EXPLAINED = 100
"""Up to so many changes, differences within sets and mappings are explained one by one; above, both sides are shown."""


def people(changes: Sequence[Change], mask: Mask, view: View) -> Iterator[Line]:
    """The contacts' section: counted by action and list, or each with all that changes if the view shows contacts."""
    yield from _listed(changes, mask) if view.show_contacts else _counted(changes, mask)
    yield from moved(changes)
    who = len({change.address for change in changes})
    hint = "" if view.show_contacts else "; --show-contacts lists them"
    yield line("  ", Span(f"{count(who, 'person', 'people')} in all{hint}", Style.FAINT))


def adopted(number_of_people: int) -> Iterator[Line]:
    """Those who are in the account already, and whom the ledger does not know: nothing is done to them for that."""
    if number_of_people:
        told = f" adopt  {number(number_of_people)}  "
        yield line(
            "  ", Span(KNOWS.symbol, KNOWS.style), told, Span("there already, and ours from now on", Style.FAINT)
        )


def moved(changes: Iterable[Change]) -> Iterator[Line]:
    """How many people each list gains and loses by `changes`: `clientes-sp +1.204 -3`."""
    gained: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for change in changes:
        for key, step in change.moves:
            (gained if step > 0 else lost)[key] += abs(step)
    keys = sorted(gained.keys() | lost.keys())
    if keys:
        steps = [
            f"{key}{f' +{number(gained[key])}' if gained[key] else ''}{f' -{number(lost[key])}' if lost[key] else ''}"
            for key in keys
        ]
        yield from wrapped("  people by list: ", steps, indent=18)


def sampled(addresses: Sequence[Address], mask: Mask) -> str:
    """A few masked addresses, no two alike, and whether there are more: `m***@exemplo.com.br, j***@exemplo.org, …`."""
    found = list(islice(dict.fromkeys(map(mask.key, addresses)), _SAMPLES))
    return ", ".join((*found, *(("…",) if len(addresses) > len(found) else ())))


def _counted(changes: Sequence[Change], mask: Mask) -> Iterator[Line]:
    groups: dict[tuple[Action, Mark], list[Change]] = {}
    for change in changes:
        groups.setdefault((change.action, mark(change)), []).append(change)
    totals = {name: number(len(found)) for name, found in groups.items()}
    column, figures = widest(action for action, _ in groups), widest(totals.values())
    indent = column + figures + 8
    for name in sorted(groups, key=lambda name: (_ORDER[name[0]], name[1])):
        action, look = name
        found = groups[name]
        samples = sampled([change.address for change in found], mask)
        told = f" {pad(action, column)}  {totals[name]:>{figures}}  "
        yield line("  ", Span(look.symbol, look.style), told, Span(samples, Style.FAINT))
        fields = _touched(found)
        if fields:
            yield from wrapped(" " * indent, fields, indent=indent)


_ORDER = {action: place for place, action in enumerate(Action)}


def _touched(changes: Sequence[Change]) -> list[str]:
    """Which fields of people who are in the account already change, for how many, where the action does not say it."""
    fields = Counter(delta.field for change in changes if change.live_id for delta in change.deltas)
    return [f"{name} {number(found)}" for name, found in sorted(fields.items()) if name not in OPEN_FIELDS]


def _listed(changes: Sequence[Change], mask: Mask) -> Iterator[Line]:
    explained = few if len(changes) <= _EXPLAINED else many
    for change in changes:
        look = mark(change)
        yield line(
            "  ",
            Span(look.symbol, look.style),
            f" {mask.name(change.address)}  {change.action}  ",
            Span(change.reason, Style.FAINT),
        )
        yield from differences(change, change.deltas, indent=6, explained=explained)
