"""One trial: an apply on a fresh account, a fault, a kill, then applies until there is nothing left to do."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox import Effect, Fault, FaultKind
from tests.crash import oracle, season
from tests.crash.nursery import Nursery
from tests.crash.stage import Notes, Stage, is_announced
from tests.crash.steps import Death, Moment, Passed

_LATE = 1.5 * season.DEADLINE
LATE_EFFECT = "effect after the deadline"
FAULTS: Mapping[str, Mapping[str, Any]] = {
    "request lost": {"kind": FaultKind.DROP, "effect": Effect.NEVER},
    "answer lost": {"kind": FaultKind.DROP, "effect": Effect.FIRST},
    "answer after the deadline": {"kind": FaultKind.SLOW, "effect": Effect.FIRST, "delay": _LATE},
    LATE_EFFECT: {"kind": FaultKind.SLOW, "effect": Effect.LATER, "delay": _LATE},
    "500 after effect": {"kind": FaultKind.ERROR, "effect": Effect.FIRST, "status": 500},
    "HTML after effect": {"kind": FaultKind.PAGE, "effect": Effect.FIRST, "status": 200},
    "truncated JSON after effect": {"kind": FaultKind.TRUNCATE, "effect": Effect.FIRST},
}
"""What may befall a call that the program has to be right under."""

TOO_LATE = "effect an hour later"
BEYOND: Mapping[str, Mapping[str, Any]] = {
    TOO_LATE: {"kind": FaultKind.DROP, "effect": Effect.LATER, "delay": 3600.0},
}
"""What it promises nothing about: a server that is slower than `atraso_maximo` says. It shows that twins are seen."""


@dataclass(frozen=True, slots=True)
class Point:
    """What befalls a run: `fault` (a name of FAULTS or BEYOND, or empty) on the call `befallen`, and `death`.

    `again` is the death of the run after it.
    """

    fault: str = ""
    befallen: Moment | None = None
    death: Death | None = None
    scene: str = season.SEASON
    again: Death | None = None

    def __str__(self) -> str:
        what = f"{self.fault} on {self.befallen}" if self.fault else "no fault"
        killed = f"killed {self.death}" if self.death else "not killed"
        return f"{self.scene}: {what}; {killed}" + (f", and again {self.again}" if self.again else "")

    @property
    def order(self) -> Fault | None:
        """The fault as the sandbox takes it."""
        if self.befallen is None:
            return None
        _, method, path = self.befallen.name.split(" ")
        given = {**FAULTS, **BEYOND}[self.fault]
        return Fault(method=method, path=path, skip=self.befallen.number - 1, count=1, **given)


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one trial.

    `reached` says whether fault and kills all came to pass; `further` how many runs there were after the first one;
    `trace` is the first run's, `following` that of the first run that was not killed after it;
    `lost` are intents that the dead run had written and the ledger does not know; `open` how many are open at the end.
    """

    point: Point
    reached: bool
    killed: bool
    further: int
    lost: tuple[str, ...]
    open: int
    notes: Notes
    verdict: oracle.Verdict
    trace: tuple[Passed, ...] = field(repr=False, default=())
    following: tuple[Passed, ...] = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class Calm:
    """A run that nothing befalls: its plan's digest, what it makes of the account, and its moments."""

    digest: str
    made: oracle.Found
    trace: tuple[Passed, ...]


def undisturbed(nursery: Nursery, scene: str) -> Calm:
    """Run a scene without a fault or a kill. Raises AssertionError if that is not done in one run."""
    with Stage(nursery, scene) as stage:
        code, plan = stage.plan()
        assert code == 0, plan
        code, trace = stage.watched(plan["digest"], None)
        assert code == 0, stage.notes
        assert is_announced(trace), "a contato was created before its announcement was durable"
        code, left = stage.plan("--detailed-exitcode")
        assert code == 0, left
        return Calm(plan["digest"], oracle.found(stage.account), trace)


@dataclass(slots=True)
class Trial:
    """What every point is tried with: where runs are started, and what should come of each scene.

    `meddle` is done between the first run and the next ones.
    """

    nursery: Nursery
    calm: Mapping[str, Calm]
    meddle: Callable[[Stage], None] = lambda _stage: None

    def of(self, point: Point) -> Came:
        """Try one point."""
        calm = self.calm[point.scene]
        with Stage(self.nursery, point.scene) as stage:
            began = time.monotonic()
            order = point.order
            if order is not None:
                stage.account.faults.add(order)
            code, trace = stage.watched(calm.digest, point.death)
            killed = code == -signal.SIGKILL
            befallen = order is None or not stage.account.faults.as_json()
            stage.account.faults.clear()
            self.meddle(stage)
            missing = stage.lost(trace) if killed else []
            if point.again is not None:
                code, second = stage.again(point.again)
                killed = killed and code == -signal.SIGKILL
                missing += stage.lost(second) if killed else []
            further, following = stage.finish()
            stage.verify()
            time.sleep(max(0.0, began + _owed(point) - time.monotonic()))
            return Came(
                point=point,
                reached=befallen and killed is (point.death is not None),
                killed=killed,
                further=further,
                lost=tuple(missing),
                open=len(stage.left_open()),
                notes=stage.notes,
                verdict=oracle.judge(calm.made, oracle.found(stage.account)),
                trace=trace,
                following=following,
            )


def _owed(point: Point) -> float:
    """Seconds from the start within which an effect may still come that a fault has held back."""
    return 2 * _LATE if point.fault == LATE_EFFECT else 0.0
