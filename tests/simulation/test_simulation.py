"""A sample of the simulation with every test run; `python -m tests.simulation` plays all of it."""

from __future__ import annotations

import pytest

from reconciler.sandbox.faults import Effect, Fault, FaultKind
from tests.simulation.__main__ import played
from tests.simulation.line import Trouble
from tests.simulation.scenario import DEADLINE, LONGEST_DELAY, Round, Scenario
from tests.simulation.trial import drawn, play, starts

_SAMPLE, _PART = 1200, 150
_MANY = 250
"""More moments than any story has."""


@pytest.mark.parametrize("first", range(0, _SAMPLE, _PART))
def test_nothing_is_sent_twice_lost_or_made_up(first: int) -> None:
    """Whatever befalls it, wherever it dies: the server's own memory shows no law broken, after at most two applies."""
    table = played(range(first, first + _PART))
    assert table.broken == [], f"python -m tests.simulation --show {table.broken[0]}"


def _place(story: str) -> int:
    return next(place for place, start in enumerate(starts()) if start.story.name == story)


def _at_every_moment(story: str, severity: str, *troubles: Trouble, rate: float | None = None) -> dict[int, str]:
    """Dies at each moment of a run in turn, and not at all: what broke, by moment."""
    broken: dict[int, str] = {}
    for moment in range(_MANY):
        died = Round(troubles, dies_at=moment, severity=severity, rate=rate)
        trial = play(Scenario(moment, _place(story), (died,)))
        broken |= dict.fromkeys([moment] if trial.violations else [], "; ".join(trial.violations))
        if moment and not trial.crashed:
            return broken
    raise AssertionError(f"{story} has more than {_MANY} moments")


@pytest.mark.parametrize(
    ("story", "severity"),
    [("do-zero, media", "power"), ("trocada, media", "kill"), ("retomada, longa", "torn"), ("duas, media", "kill")],
)
def test_it_may_die_at_every_moment(story: str, severity: str) -> None:
    """At whichever call of a port the process dies, killed or with the power cut: the next applies end it well."""
    assert _at_every_moment(story, severity) == {}


def test_replacing_takes_time() -> None:
    """A cancelling that is slow to be answered takes nothing from the time in which the POST after it may arrive."""
    lost = Fault(kind=FaultKind.SLOW, effect=Effect.NEVER)
    late = Fault(kind=FaultKind.DROP, effect=Effect.LATER, delay=LONGEST_DELAY)
    troubles = (
        Trouble("request lost", "GET", "/envios/*/cancelar", fault=lost),
        Trouble("request lost", "GET", "/envios/*", skip=2, fault=lost),
        Trouble("reset, applied late", "POST", "/envios", fault=late),
    )
    assert _at_every_moment("trocada, longa", "kill", *troubles) == {}


@pytest.mark.parametrize(
    ("story", "path"),
    [
        ("nova, longa", "/envios"),
        ("trocada, longa", "/envios"),
        ("do-zero, longa", "/mensagens"),
        ("do-zero, longa", "/grupos"),
        ("do-zero, longa", "/campos"),
    ],
)
def test_waiting_for_the_pace_takes_no_time_from_what_may_arrive(story: str, path: str) -> None:
    """At six calls a minute: a POST may arrive late from when it left, not from when its turn was waited for."""
    late = Fault(kind=FaultKind.SLOW, effect=Effect.LATER, delay=LONGEST_DELAY)
    trouble = Trouble("given up, applied late", "POST", path, fault=late)
    for moment in range(0, 110, 3):
        trial = play(Scenario(moment, _place(story), (Round((trouble,), dies_at=moment, rate=0.1),)))
        assert trial.violations == (), moment


@pytest.mark.parametrize(("story", "skip"), [("nova, media", 0), ("outras-listas, media", 1)])
def test_a_twin_that_could_not_be_stopped_is_not_forgotten(story: str, skip: int) -> None:
    """Whoever cannot cancel the surplus send at once leaves that open, and the next run does it."""
    refusing = Fault(kind=FaultKind.REDIRECT, effect=Effect.NEVER)
    troubles = (
        Trouble("by hand: twin", "POST", "/envios", by_hand="twin"),
        Trouble("redirected before the effect", "GET", "/envios/*/cancelar", skip=skip, fault=refusing),
    )
    trial = play(Scenario(0, _place(story), (Round(troubles),)))
    assert (trial.befell, trial.violations, trial.asked) == (tuple(item.name for item in troubles), (), "")


def test_trying_again_forgets_nothing() -> None:
    """Between two attempts of one send there is no moment at which the journal holds neither."""
    told = Fault(kind=FaultKind.THROTTLE, effect=Effect.NEVER)
    again = Trouble("429, no word", "POST", "/envios", fault=told)
    assert _at_every_moment("trocada, media", "kill", again) == {}


def test_a_number_is_a_scenario() -> None:
    """The same number plays out in the same way: what a trace shows can be shown again."""
    for number in (3, 35, 143):
        assert play(drawn(number), telling=True) == play(drawn(number), telling=True)


def test_the_program_believes_what_the_scenarios_do() -> None:
    """The deadline and the longest delay of the scenarios are those that the program assumes unless it is told."""
    account = starts()[0].account
    assert (account.deadline.total_seconds(), account.longest_delay.total_seconds()) == (DEADLINE, LONGEST_DELAY)
