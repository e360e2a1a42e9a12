"""The scenarios are worth something only if they catch what they are for: each defence, taken out, must show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.sandbox.faults import Effect, Fault, FaultKind
from tests.simulation.line import Trouble
from tests.simulation.scenario import LONGEST_DELAY, Round, Scenario
from tests.simulation.trial import drawn, play, starts
from tests.simulation.variants import VARIANTS, Variant
from tests.simulation.world import Subject

_BOUND = 400
"""Scenarios that may be needed to catch a variant."""
_LOOKED_THROUGH = 40_000
_TRUE_DELAY = 600.0
"""Seconds that the server really takes: longer than the program believes possible."""


def _shown_by(variant: Variant) -> Iterator[Scenario]:
    fitting = (found for found in map(drawn, range(_LOOKED_THROUGH)) if variant.shown_by(found))
    return (found for _, found in zip(range(_BOUND), fitting, strict=False))


@pytest.mark.parametrize("name", VARIANTS)
def test_a_broken_variant_is_caught(name: str) -> None:
    """One defence less, and the same scenarios find the law that it held, while the program itself passes them."""
    variant = VARIANTS[name]
    for found in _shown_by(variant):
        broken = {words.partition(":")[0] for words in play(found, variant.subject).violations}
        if broken & variant.breaks:
            assert play(found).violations == ()
            return
    pytest.fail(f"{name} was not caught in {_BOUND} scenarios")


def _late(story: str, delay: float) -> Scenario:
    """The POST of a story's send is given up at once, and applied `delay` seconds later."""
    fault = Fault(kind=FaultKind.DROP, effect=Effect.LATER, delay=delay)
    place = next(place for place, start in enumerate(starts()) if start.story.name == story)
    return Scenario(-1, place, (Round((Trouble("reset, applied late", "POST", "/envios", fault=fault),)),))


def _believing(seconds: float) -> Subject:
    """The program, told that the server may take so long (`atraso_maximo`)."""
    return Subject(account=lambda account: replace(account, longest_delay=timedelta(seconds=seconds)))


def test_a_delay_beyond_the_assumed_one_is_outside_the_promise() -> None:
    """A server slower than `atraso_maximo` breaks it: two sends are live at one start. Told the truth, it does not."""
    assert play(_late("nova, curta", LONGEST_DELAY)).violations == ()
    beyond = play(_late("nova, curta", _TRUE_DELAY))
    assert {words.partition(":")[0] for words in beyond.violations} == {"duplicate"}
    assert play(_late("nova, curta", _TRUE_DELAY), _believing(_TRUE_DELAY)).violations == ()
