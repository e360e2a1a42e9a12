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
_UNTIL_THE_START = 40 * 60.0
"""Seconds until the nearest of the starts."""


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


@pytest.mark.parametrize("delay", [LONGEST_DELAY, 2 * LONGEST_DELAY, 600.0, 1500.0])
@pytest.mark.parametrize("story", ["nova, curta", "duas, media", "outras-listas, media", "trocada, longa"])
def test_a_twin_that_comes_up_late_is_cancelled_by_the_next_apply(story: str, delay: float) -> None:
    """However slow the server is: who applies once more before the start is sure that nobody is mailed twice."""
    assert play(_late(story, delay)).violations == ()


def test_a_twin_that_comes_up_while_the_run_goes_on_is_cancelled_by_it() -> None:
    """The look after each send sees twins of the sends before it, too: nobody has to apply again."""
    late = _late("duas, longa", 200.0)
    slow = replace(late, once=True, rounds=(replace(late.rounds[0], rate=0.1),))
    trial = play(slow, telling=True)
    assert trial.violations == ()
    assert trial.again == 0
    assert any(line.startswith("done: envio.oferta/schedule envio.amigos was made twice: ") for line in trial.trace)


def test_a_twin_that_comes_up_at_the_start_is_outside_the_promise() -> None:
    """Slower than `atraso_maximo`, and too late for another apply: two sends go out. Told the truth, none is lost."""
    beyond = play(_late("nova, curta", _UNTIL_THE_START))
    assert {words.partition(":")[0] for words in beyond.violations} == {"duplicate"}
    assert play(_late("nova, curta", _UNTIL_THE_START), _believing(_UNTIL_THE_START)).violations == ()
