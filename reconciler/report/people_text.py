"""Changes of contacts in a plan's text: counted, since they are many and personal, unless the view shows them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from reconciler.engine.model import Action, Address, Change
from reconciler.report.lines import KNOWS, Line, Mark, Span, Style, line, mark, pad, widest, wrapped
from reconciler.report.mask import OPEN_FIELDS, Mask
from reconciler.report.values import differences, few, many
from reconciler.report.view import View
from reconciler.report.words import count, number

_SAMPLES = 3
EXPLAINED = 100
"""Up to so many changes, differences within sets and mappings are explained one by one; above, both sides are shown."""


def people(changes: Sequence[Change], mask: Mask, view: View) -> Iterator[Line]:
    """The contacts' section: counted by action and list, or each with all that changes if the view shows contacts."""
    yield from _listed(changes, mask) if view.show_contacts else _counted(changes, mask)
    yield from moved(changes)
    who = len({change.address for change in changes})
    hint = "" if view.show_contacts or view.hidden else "; --show-contacts lists them"
    yield line("  ", Span(f"{count(who, 'person', 'people')} in all{hint}", Style.FAINT))


ADOPTED = "there already, and ours from now on"


def adopted(number_of_people: int) -> Iterator[Line]:
    """Those who are in the account already, and whom the ledger does not know: nothing is done to them for that."""
    if number_of_people:
        told = f" adopt  {number(number_of_people)}  "
        yield line("  ", Span(KNOWS.symbol, KNOWS.style), told, Span(ADOPTED, Style.FAINT))


def gains_and_losses(changes: Iterable[Change]) -> Mapping[str, tuple[int, int]]:
    """How many people each list gains and loses by `changes`, by its key."""
    gained: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for change in changes:
        for key, step in change.moves:
            (gained if step > 0 else lost)[key] += abs(step)
    return {key: (gained[key], lost[key]) for key in sorted(gained.keys() | lost.keys())}


def moved(changes: Iterable[Change]) -> Iterator[Line]:
    """How many people each list gains and loses by `changes`: `clientes-sp +1.204 -3`."""
    steps = [
        f"{key}{f' +{number(more)}' if more else ''}{f' -{number(less)}' if less else ''}"
        for key, (more, less) in gains_and_losses(changes).items()
    ]
    if steps:
        yield from wrapped("  people by list: ", steps, indent=18)


def sampled(addresses: Sequence[Address], mask: Mask) -> str:
    """A few masked addresses, no two alike, and whether there are more: `m***@exemplo.com.br, j***@exemplo.org, …`."""
    found = list(islice(dict.fromkeys(map(mask.key, addresses)), _SAMPLES))
    return ", ".join((*found, *(("…",) if len(addresses) > len(found) else ())))


@dataclass(frozen=True, slots=True)
class Group:
    """Changes of contacts that do the same: how many, a few of them masked, and which fields change for how many."""

    action: Action
    look: Mark
    total: str
    samples: str
    fields: tuple[str, ...]


def grouped(changes: Sequence[Change], mask: Mask) -> Sequence[Group]:
    """Changes of contacts by action, in the order in which `Action` names them."""
    groups: dict[tuple[Action, Mark], list[Change]] = {}
    for change in changes:
        groups.setdefault((change.action, mark(change)), []).append(change)
    return [
        Group(
            action=name[0],
            look=name[1],
            total=number(len(groups[name])),
            samples=sampled([change.address for change in groups[name]], mask),
            fields=tuple(_touched(groups[name])),
        )
        for name in sorted(groups, key=lambda name: (_ORDER[name[0]], name[1]))
    ]


def _counted(changes: Sequence[Change], mask: Mask) -> Iterator[Line]:
    found = grouped(changes, mask)
    column, figures = widest(group.action for group in found), widest(group.total for group in found)
    indent = column + figures + 8
    for group in found:
        told = f" {pad(group.action, column)}  {group.total:>{figures}}  "
        yield line("  ", Span(group.look.symbol, group.look.style), told, Span(group.samples, Style.FAINT))
        if group.fields:
            yield from wrapped(" " * indent, group.fields, indent=indent)


_ORDER = {action: place for place, action in enumerate(Action)}


def _touched(changes: Sequence[Change]) -> list[str]:
    """Which fields of people who are in the account already change, for how many, where the action does not say it."""
    fields = Counter(delta.field for change in changes if change.live_id for delta in change.deltas)
    return [f"{name} {number(found)}" for name, found in sorted(fields.items()) if name not in OPEN_FIELDS]


def _listed(changes: Sequence[Change], mask: Mask) -> Iterator[Line]:
    explained = few if len(changes) <= EXPLAINED else many
    for change in changes:
        look = mark(change)
        yield line(
            "  ",
            Span(look.symbol, look.style),
            f" {mask.name(change.address)}  {change.action}  ",
            Span(change.reason, Style.FAINT),
        )
        yield from differences(change, change.deltas, indent=6, explained=explained)
