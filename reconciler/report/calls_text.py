"""The calls of a plan or a run in a report's text: how many, and of which kinds. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from reconciler.engine.model import Change
from reconciler.report.lines import Line, line, wrapped
from reconciler.report.words import duration, number, per_second


def calls(label: str, total: str, counted: Mapping[str, int]) -> Iterator[Line]:
    """`label`, `total` in words, and the calls by `METHOD /path`, most frequent first."""
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    items = [f"{call} {number(times)}" for call, times in ranked]
    if items:
        yield from wrapped(f"{label:<8}{total}: ", items, indent=10)
    else:
        yield line(f"{label:<8}{total}")


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
