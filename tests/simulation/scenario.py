"""A scenario, drawn from a number: which story, what goes wrong, when the program dies. Same number, same scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from reconciler.sandbox.faults import Effect, Fault, FaultKind
from tests.simulation.line import Trouble

DEADLINE, LONGEST_DELAY = 30.0, 120.0
"""Seconds: a request's deadline (T) and the longest that the server may act after it was given up (D)."""
BEYOND = (300.0, 900.0)
"""Seconds of delays beyond D, which a send survives whose start is further away: a later apply finds the twin."""


@dataclass(frozen=True, slots=True)
class Round:
    """One disturbed apply: what befalls its requests, at which moment it dies (0: never) and how its disk takes that.

    `full_at` is the write that finds the disk full (0: none), `thinking` how long a person looks at the plan, `rate`
    how many calls a second are made (None: no limit).
    """

    troubles: tuple[Trouble, ...] = ()
    dies_at: int = 0
    severity: str = "kill"
    full_at: int = 0
    thinking: float = 0.0
    rate: float | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """`number` draws it. After the disturbed rounds the program is applied again in peace, at most twice.

    With `once` it is not, if the last round says that all is done: people believe that. (Not where a text is edited by
    hand, which may happen in the second in which the send leaves: the next plan then sees to it.)
    """

    number: int
    story: int
    rounds: tuple[Round, ...]
    page: int = 100
    once: bool = False

    @property
    def beyond(self) -> bool:
        """Whether a request is applied later than the program believes possible."""
        faults = [trouble.fault for item in self.rounds for trouble in item.troubles if trouble.fault is not None]
        return any(fault.takes_effect is Effect.LATER and fault.delay > LONGEST_DELAY for fault in faults)


def _never(kind: FaultKind, **rest: object) -> Fault:
    return Fault(kind=kind, effect=Effect.NEVER, **rest)  # type: ignore[arg-type]


def _first(kind: FaultKind, **rest: object) -> Fault:
    return Fault(kind=kind, effect=Effect.FIRST, **rest)  # type: ignore[arg-type]


FAULTS: Sequence[tuple[str, Fault | None]] = (
    ("refused", None),
    ("reset before the effect", _never(FaultKind.DROP)),
    ("reset after the effect", _first(FaultKind.DROP)),
    ("request lost", _never(FaultKind.SLOW)),
    ("answer lost", _first(FaultKind.SLOW)),
    ("reset, applied late", Fault(kind=FaultKind.DROP, effect=Effect.LATER)),
    ("given up, applied late", Fault(kind=FaultKind.SLOW, effect=Effect.LATER)),
    ("5xx before the effect", _never(FaultKind.ERROR, status=500)),
    ("5xx after the effect", _first(FaultKind.ERROR, status=502)),
    ("page before the effect", _never(FaultKind.PAGE, status=503)),
    ("page after the effect", _first(FaultKind.PAGE, status=200)),
    ("answer cut short", _first(FaultKind.TRUNCATE)),
    ("429, seconds", _never(FaultKind.THROTTLE, retry_after="7")),
    ("429, a date", _never(FaultKind.THROTTLE, retry_after="date+20")),
    ("429, no word", _never(FaultKind.THROTTLE)),
    ("429, a page", _never(FaultKind.THROTTLE, page=True)),
    ("redirected before the effect", _never(FaultKind.REDIRECT)),
    ("redirected after the effect", _first(FaultKind.REDIRECT)),
)
"""What the server does to a request; late effects get their delay when they are drawn."""

BY_HAND: Sequence[tuple[str, str, str]] = (
    ("twin", "POST", "/envios"),
    ("edit", "GET", "/grupos"),
    ("edit", "GET", "/envios"),
    ("cancel", "GET", "/envios"),
    ("cancel", "GET", "/envios/*"),
    ("cancel", "POST", "/envios"),
    ("unsubscribe", "GET", "/grupos"),
    ("unsubscribe", "POST", "/contatos/*/inscrever"),
    ("empty", "GET", "/grupos"),
)
"""What is done in the vendor's screens, right before which request."""
RACES = frozenset({"twin", "edit"})
"""Deeds that no lead time protects a send of `agora` from: done in the second in which it leaves, they go with it."""

SHIFTS = tuple(
    Trouble("rows move between pages", "GET", path, skip, by_hand=deed, query=("page", "2"))
    for path, deed in (("/grupos", "shift_lists"), ("/envios", "shift_sends"))
    for skip in (0, 1)
)


@dataclass(frozen=True, slots=True)
class Stage:
    """What a drawing must know of a story.

    `moments` and `calls` are those of an undisturbed run; `crowded` tells that its listings have more than one page,
    `at_once` that it sends `agora`, `ample` that there are hours until its first start.
    """

    moments: int
    calls: tuple[tuple[str, str], ...]
    crowded: bool
    at_once: bool
    ample: bool

    @property
    def acts(self) -> tuple[tuple[str, str], ...]:
        """Those of its calls that do something."""
        return tuple(call for call in self.calls if call[0] != "GET" or call[1].endswith("/cancelar"))


def scenario(number: int, stages: Sequence[Stage]) -> Scenario:
    """Scenario `number`, of one of the stories."""
    chance = Random(number)  # noqa: S311 - reproducible, not secret
    story = chance.randrange(len(stages))
    stage = stages[story]
    rounds = [_round(chance, stage, chance.choices((0, 1, 2), (2, 6, 3))[0], 0.6)]
    if chance.random() < 0.25:
        rounds.append(_round(chance, stage, chance.randrange(2), 0.5))
    if stage.crowded and chance.random() < 0.5:
        # Not both in the second after our own POST: a twin, and rows that move in the one listing that would show it.
        twin = any(trouble.by_hand == "twin" for item in rounds for trouble in item.troubles)
        shift = chance.choice([item for item in SHIFTS if not (twin and item.by_hand == "shift_sends")])
        rounds[0] = replace(rounds[0], troubles=(shift, *rounds[0].troubles))
    drawn = Scenario(number, story, tuple(rounds), page=2 if stage.crowded else 100)
    edited = any(trouble.by_hand == "edit" for item in rounds for trouble in item.troubles)
    return replace(drawn, once=chance.random() < 0.3 and not drawn.beyond and not edited)


def _round(chance: Random, stage: Stage, troubles: int, dying: float) -> Round:
    return Round(
        troubles=tuple(_trouble(chance, stage) for _ in range(troubles)),
        dies_at=chance.randint(1, stage.moments * 5 // 4) if chance.random() < dying else 0,
        severity=chance.choice(("kill", "power", "torn")),
        full_at=chance.randint(1, 12) if chance.random() < 0.04 else 0,
        thinking=chance.choice((0.0, 0.0, 0.0, 45.0, 1200.0)),
        rate=chance.choice((None, None, 4.0, 0.5, 0.1)),
    )


def _trouble(chance: Random, stage: Stage) -> Trouble:
    if chance.random() < 0.15:
        deed, method, path = chance.choice([deed for deed in BY_HAND if not (stage.at_once and deed[0] in RACES)])
        return Trouble(f"by hand: {deed}", method, path, by_hand=deed)
    acts = chance.random() < 0.75
    method, path = chance.choice(stage.acts if acts else stage.calls)
    name, fault = chance.choice(FAULTS)
    skip = chance.choice((0, 0, 0, 1) if acts else (0, 0, 1, 2))
    if fault is None:
        return Trouble(name, method, path, skip, unreached=True)
    if fault.takes_effect is Effect.LATER:
        beyond = BEYOND if stage.ample and (method, path) == ("POST", "/envios") else ()
        fault = replace(fault, delay=chance.choice((1.0, 20.0, 60.0, LONGEST_DELAY, *beyond)))
    return Trouble(name, method, path, skip, fault)
