"""The outcome of many trials as a table, and every violation in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tests.crash import season
from tests.crash.oracle import KINDS
from tests.crash.trial import FAULTS, LATE_EFFECT, Came

_HEAD = (
    "fault on a call",
    "points",
    "reached",
    "killed",
    f"twice: {' / '.join(KINDS)}",
    "otherwise wrong",
    "intents lost / left open",
    "done in 1 further run",
    "in 2",
    "in more",
    "a run ended with 7",
    "a person was asked",
    "sent while asking",
)

_SORTS = {
    "none, the first apply of a workspace": (season.FIRST, "", False),
    "none": (season.SEASON, "", False),
    "none, and the next run killed as well": (season.SEASON, "", True),
    **{fault: (season.SEASON, fault, False) for fault in FAULTS},
}


def _sort(came: Came) -> tuple[str, str, bool]:
    return came.point.scene, came.point.fault, came.point.again is not None


def violations(came: Iterable[Came]) -> list[str]:
    """What must not be, one line each, with the point at which it happened."""
    return [f"{item.point}: {what} (exit codes {item.notes.codes})" for item in came for what in _wrong(item)]


def _wrong(came: Came) -> Iterator[str]:
    yield from came.verdict.wrong
    yield from came.notes.complaints
    if came.lost:
        yield f"lost intents: {', '.join(came.lost)}"
    if came.open:
        yield f"{came.open} intents are open at the end"
    if came.notes.sent:
        yield f"asked, and sent all the same: {', '.join(came.notes.sent)}"
    if came.further > _allowed(came):
        yield f"{came.further} further runs, since there was another plan: {' | '.join(came.notes.differences)}"


def _allowed(came: Came) -> int:
    """Further runs that a trial may take.

    One more where the account goes on changing by itself after the plan was made: that one is then refused (exit 5).
    """
    return 2 if came.point.fault == LATE_EFFECT else 1


def markdown(came: Sequence[Came]) -> str:
    """One row for each fault, three where there is none, and one for all."""
    rows = [_row(name, [item for item in came if _sort(item) == sort]) for name, sort in _SORTS.items()]
    lines = [_HEAD, tuple("---" for _ in _HEAD), *rows, _row("**all**", came)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _row(name: str, came: Sequence[Came]) -> tuple[str, ...]:
    reached = [item for item in came if item.reached]
    further = [item.further for item in reached]
    return (
        name,
        str(len(came)),
        str(len(reached)),
        str(sum(item.killed for item in reached)),
        " / ".join(str(sum(item.verdict.twice.get(kind, 0) for item in came)) for kind in KINDS),
        str(sum(len(item.verdict.wrong) for item in came)),
        f"{sum(len(item.lost) for item in came)} / {sum(item.open for item in came)}",
        str(further.count(1)),
        str(further.count(2)),
        str(sum(number > 2 for number in further)),
        str(sum(7 in item.notes.codes for item in reached)),
        str(sum(bool(item.notes.asked) for item in reached)),
        str(sum(bool(item.notes.sent) for item in came)),
    )
