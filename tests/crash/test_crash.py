"""A sample of the crash harness, and the harness itself: that it notices what goes wrong.

All of it is `python -m tests.crash`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.points import faults, kills, kills_after, sampled
from tests.crash.steps import Death, Moment, Passed, pattern
from tests.crash.trial import FAULTS

_ROOT = Path(__file__).parents[2]
_TRACE = tuple(
    Passed(Moment(name, number))
    for name, number in (
        ("before fsync journal", 1),
        ("after fsync journal", 1),
        ("before POST /campos", 1),
        ("after POST /campos", 1),
        ("before GET /envios", 1),
        ("after GET /envios", 1),
        ("before GET /envios/??/cancelar", 1),
        ("after GET /envios/??/cancelar", 1),
    )
)


def _crash(*options: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own: it forks, which a process with threads should not."""
    command = [sys.executable, "-m", "tests.crash", *options]
    return subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=280, check=False)


@pytest.mark.timeout(300)
def test_a_killed_apply_is_finished_by_the_next() -> None:
    """Killed anywhere, with or without a fault: nothing twice, nothing lost, done after one further apply."""
    ended = _crash("--sample", "12", "--workers", "6")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    total = next(line for line in ended.stdout.splitlines() if line.startswith("| **all** |"))
    tried, reached, killed = (int(figure) for figure in total.split("|")[2:5])
    assert (tried >= 36, reached >= 0.9 * tried, killed >= 0.5 * tried) == (True, True, True), total


@pytest.mark.timeout(300)
def test_what_goes_wrong_is_noticed() -> None:
    """Twins of every kind, a mail that comes twice, a lost intent, a change that is missing, a kill that never was."""
    ended = _crash("--wrong")
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_points_are_what_a_run_has_passed() -> None:
    """A kill at every moment; a fault on every call, but none that is the same as another on a mere reading."""
    assert [point.death for point in kills(_TRACE)] == [Death(item.moment) for item in _TRACE]
    found = {(str(point.befallen), point.fault) for point in faults(_TRACE)}
    assert ("before POST /campos #1", "request lost") in found
    assert ("before GET /envios/??/cancelar #1", "request lost") in found
    assert ("before GET /envios #1", "answer lost") in found
    assert ("before GET /envios #1", "request lost") not in found
    assert not kills_after([])


def test_a_sample_has_some_of_each_sort() -> None:
    """Before any fault is tried twice, each is tried once, and so are the sorts of steps; the seed says which ones."""
    points = faults(_TRACE)
    assert {point.fault for point in sampled(points, len(FAULTS), 1)} == set(FAULTS)
    steps = {str(point.death).split()[1] for point in sampled(kills(_TRACE), 3, 1)}
    assert steps == {"fsync", "POST", "GET"}
    assert sampled(points, 5, 1) == sampled(points, 5, 1)
    assert sampled(points, 5, 1) != sampled(points, 5, 2)


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/contatos/aB/campos", "/contatos/??/campos"), ("/mensagens/mens-natal", "/mensagens/mens-natal")],
)
def test_new_objects_have_no_names(path: str, expected: str) -> None:
    """Their ids depend on the order of threads; a fault is ordered for whichever it is."""
    assert pattern(path) == expected
