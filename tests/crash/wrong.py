"""Runs that must go wrong: what the oracle is worth is shown by what it does not let pass."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from reconciler.config import LINEAGE_FILE
from tests.crash import season
from tests.crash.stage import Stage
from tests.crash.steps import Death, Moment
from tests.crash.trial import TOO_LATE, Came, Point, Trial


@dataclass(frozen=True, slots=True)
class Wrong:
    """A run, what is done to it, and what has to be noticed of it."""

    name: str
    point: Point
    noticed: Callable[[Came], bool]
    meddle: Callable[[Stage], None] = lambda _stage: None


def _forget(stage: Stage) -> None:
    """Wipe the ledger, and what says that there was one."""
    shutil.rmtree(season.home(stage.root).path.parent)
    (stage.root / LINEAGE_FILE).unlink()


def _twice(call: str, number: int, kind: str) -> Wrong:
    """A server that is slower than anybody had assumed: a second one of what the call makes."""
    befallen = Moment(f"before {call}", number)
    return Wrong(
        f"{kind} made an hour late", Point(TOO_LATE, befallen), lambda came: bool(came.verdict.twice.get(kind))
    )


WRONG = (
    _twice("POST /campos", 1, "campos"),
    _twice("POST /grupos", 1, "listas"),
    _twice("POST /mensagens", 1, "mensagens"),
    _twice("POST /envios", 2, "envios"),
    _twice("POST /envios", 2, "e-mails"),
    Wrong(
        "a ledger that is wiped after the kill",
        Point(death=Death(Moment("before POST /envios", 2))),
        lambda came: bool(came.lost) and bool(came.verdict.wrong),
        _forget,
    ),
    Wrong(
        "a kill at a step that there is none of",
        Point(death=Death(Moment("before POST /nada"))),
        lambda came: not came.reached and not came.killed,
    ),
)


def unnoticed(trial: Trial) -> Iterator[str]:
    """The names of those that passed for right."""
    for wrong in WRONG:
        if not wrong.noticed(replace(trial, meddle=wrong.meddle).of(wrong.point)):
            yield wrong.name
