"""The calls of a plan or a run in a report's text: how many, and of which kinds. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from reconciler.engine.model import Change
from reconciler.engine.plan import Plan
from reconciler.engine.route import Route, Way
from reconciler.engine.sight import Refresh
from reconciler.report.lines import Line, labelled, line, wrapped
from reconciler.report.words import count, duration, number, per_second


def ranked(counted: Mapping[str, int]) -> Sequence[tuple[str, int]]:
    """Calls and how often each is made, the most frequent first."""
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))


def calls(label: str, total: str, counted: Mapping[str, int]) -> Iterator[Line]:
    """`label`, `total` in words, and the calls by `METHOD /path`, most frequent first."""
    items = [f"{call} {number(times)}" for call, times in ranked(counted)]
    if items:
        yield from wrapped(f"{label:<8}{total}: ", items, indent=10)
    else:
        yield line(f"{label:<8}{total}")


_WAYS = {
    Way.PAGES: "by page",
    Way.LOOK_UPS: "looked up",
    Way.LISTING: "with the same pages",
    Way.ONE: "one by one",
    Way.LISTS: "list by list",
    Way.LEDGER: "as the ledger has them",
}


def routes(taken: Iterable[Route]) -> Iterator[Line]:
    """The ways in which things were read, a line each."""
    for place, route in enumerate(taken):
        yield labelled("" if place else "route", way(route), indent=0, column=8)


def way(route: Route) -> str:
    """How something was read, and the least that the other ways would have cost."""
    others = "; ".join(f"{_WAYS[other]} {number(cost)} or more" for other, cost in route.others)
    made = f", {count(route.calls, 'call')}" if route.calls else ""
    return f"{route.of} {_WAYS[route.way]}{made}{f' ({others})' if others else ''}"


_NOT_SEEN = {
    Refresh.CHANGED: "what others changed since in their lists and values is not seen",
    Refresh.NONE: "what others changed of them since is not seen",
}


def unread(plan: Plan) -> str:
    """What was not read, and what cannot have been seen because of it; empty where everything was read."""
    if plan.refresh is Refresh.FULL:
        return ""
    return f"{plan.refresh}: {count(plan.trusted, 'contact')} taken as the ledger has them; {_NOT_SEEN[plan.refresh]}"


def refreshed(plan: Plan) -> Iterator[Line]:
    """What was not read, on a line."""
    told = unread(plan)
    if told:
        yield labelled("refresh", told, indent=0, column=8)


def paced(made: int, pace: float | None) -> str:
    """How long so many calls take at `pace`, where that is bounded: `, about 27 min at 0.5/s`."""
    return f", {duration(made / pace)} at {per_second(pace)}" if made and pace else ""


def planned(changes: Iterable[Change]) -> Mapping[str, int]:
    """The calls that `changes` make when nothing goes wrong, by `METHOD /path`: those of one batch are made once."""
    counted: Counter[str] = Counter()
    batches: dict[str, tuple[str, ...]] = {}
    for change in changes:
        made = tuple(str(call) for call in change.calls)
        if change.batch is None:
            counted.update(made)
        else:
            batches[change.batch] = made
    for made in batches.values():
        counted.update(made)
    return counted
