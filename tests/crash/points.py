"""Which points are tried: every one that a dry run has passed, or a sample that has some of each sort. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tests.crash import season
from tests.crash.steps import Death, Moment, Passed
from tests.crash.trial import FAULTS, Came, Point

_STRIDE, _FOLLOWING = 3, 3
"""After a fault every third moment is a kill, so many of them: between two there is little that lasts."""
_PLANNING_STRIDE = 6
"""Of the next run, while it settles and plans (mostly reading), every sixth."""
_IDLE = frozenset({"request lost", "effect after the deadline"})
"""Faults that are the same as another where there is no effect."""


def kills(trace: Iterable[Passed], scene: str = season.SEASON) -> list[Point]:
    """A kill at every moment of a scene's run that nothing else befalls."""
    return [Point(death=Death(item.moment), scene=scene) for item in trace]


def faults(trace: Iterable[Passed]) -> list[Point]:
    """Every fault on every call of a run, without a kill; of readings of one sort, on the first."""
    every = [moment for item in trace if (moment := _call(item.moment)) is not None]
    calls = [call for call in every if call.number == 1 or has_effect(call.name)]
    return [Point(fault, call) for call in calls for fault in FAULTS if has_effect(call.name) or fault not in _IDLE]


def kills_after(came: Iterable[Came]) -> list[Point]:
    """A kill at the steps that follow each fault, as the run that it befell has shown them."""
    return [point for item in came if item.reached for point in _following(item)]


def kills_again(came: Iterable[Came]) -> list[Point]:
    """Where a kill came after a call's effect: another one while the next run settles that and plans."""
    after = [item for item in came if item.killed and _after_effect(item.point)]
    return [replace(item.point, again=Death(moment)) for item in after for moment in _before_effects(item.following)]


def _after_effect(point: Point) -> bool:
    """Whether the kill of a season's run comes right after a call that did something."""
    name = point.death.moment.name if point.death and point.scene == season.SEASON else ""
    before = _call(Moment(name.replace("after", "before", 1)))
    return name.startswith("after") and before is not None and has_effect(before.name)


def _before_effects(trace: Sequence[Passed]) -> Iterator[Moment]:
    """Every few moments of a run, up to the first call that does something."""
    for place, item in enumerate(trace):
        call = _call(item.moment)
        if call is not None and has_effect(call.name):
            return
        if place % _PLANNING_STRIDE == 0:
            yield item.moment


def sampled(points: Sequence[Point], count: int, seed: int) -> list[Point]:
    """At most `count` of `points`: in turn of each scene and fault, for each in turn of each sort of step."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    sorts: dict[tuple[str, str], dict[str, list[Point]]] = {}
    for point in chance.sample(points, len(points)):
        sorts.setdefault((point.scene, point.fault), {}).setdefault(_sort(point), []).append(point)
    return _in_turn([_in_turn(list(steps.values())) for steps in sorts.values()])[:count]


def _in_turn(piles: Sequence[Sequence[Point]]) -> list[Point]:
    """The first of each pile, the second of each, and so on."""
    deepest = max(map(len, piles), default=0)
    return [pile[turn] for turn in range(deepest) for pile in piles if turn < len(pile)]


def has_effect(call: str) -> bool:
    """Whether a call (`before GET /envios/envi-fora/cancelar`) does something; two GETs do (vendor's client)."""
    _, method, path = call.split(" ")
    return method != "GET" or path.rpartition("/")[2] in ("pausar", "cancelar")


def _call(moment: Moment) -> Moment | None:
    """The moment itself if it is before a call."""
    words = moment.name.split(" ")
    return moment if words[0] == "before" and len(words) == 3 and words[2].startswith("/") else None


def _following(came: Came) -> Iterator[Point]:
    """Kills after the fault of `came`, none of them beyond the end of the run."""
    call = came.point.befallen
    if call is None or not has_effect(call.name):
        return
    answered = Moment(call.name.replace("before", "after", 1), call.number)
    moments = [item.moment for item in came.trace]
    left = len(moments) - moments.index(answered) - 1 if answered in moments else 0
    for later in range(1, min(left, _STRIDE * _FOLLOWING) + 1, _STRIDE):
        yield Point(came.point.fault, call, Death(answered, later))


def _sort(point: Point) -> str:
    """What the step is that a point befalls or kills: a method, or what is done to a file."""
    step = point.befallen or (point.death.moment if point.death else None)
    return step.name.split(" ")[1] if step else ""
