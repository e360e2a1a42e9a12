"""A job that applied a saved plan is killed, and run again as it is: it goes on without another review, and mails once.

The plan has every kind and every action, and the server's own history says what came of it. By default a sample of the
points is tried; `KILL_POINTS=all` tries every request that changes something, before and after its effect.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reconciler.engine.model import Use
from reconciler.ledger import read_ledger
from reconciler.sandbox import Effect, Fault, FaultKind, Sandbox
from tests.crash import oracle, season
from tests.e2e.conftest import KEY, OpenAccount, Ran, Run
from tests.e2e.workspace import writes

_READS = 19
"""About as many requests as an apply makes here before the first that changes something."""
_REQUESTS = 87
"""About as many as it makes in all. A point beyond the last one kills nothing, and must do no harm."""
_POINTS = [(number, effect) for number in range(_READS, _REQUESTS) for effect in (Effect.NEVER, Effect.FIRST)]
_CHOSEN = _POINTS if os.environ.get("KILL_POINTS") == "all" else _POINTS[3::19]
_HELD = 4.0
"""Seconds for which the server holds the request at which the program is killed."""


@pytest.fixture
def account(tmp_path: Path, open_account: OpenAccount) -> Sandbox:
    """An account, and a workspace that changes it in every way."""
    made = open_account(season.SEED)
    season.lay(tmp_path, made.url, season.SEASON)
    return made


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> oracle.Found:
    """What a run that nothing befalls makes of it."""
    root = tmp_path_factory.mktemp("undisturbed")
    with Sandbox.open(None, season.SEED) as made:
        season.lay(root, made.url, season.SEASON)
        for words in ("plan", "--save"), ("apply", "--plan"):
            with _started(root, made, *words) as process:
                assert process.wait(60) == 0
        return oracle.found(made)


def applied(run: Run, root: Path, account: Sandbox) -> Ran:
    """The job, once more."""
    return run("apply", *season.ALLOWED, "--plan", str(root / "plan.json"), url=account.url, root=root)


@pytest.mark.parametrize("point", _CHOSEN, ids=lambda point: f"{point[0]}-{point[1]}")
def test_the_same_job_again_finishes_what_was_reviewed(
    point: tuple[int, Effect], account: Sandbox, expected: oracle.Found, tmp_path: Path, run: Run
) -> None:
    """Killed at any request: the same file goes on to the end, and once more finds nothing to do."""
    number, effect = point
    _saved_and_killed(tmp_path, account, Fault(kind=FaultKind.SLOW, skip=number, count=1, effect=effect, delay=_HELD))
    on = applied(run, tmp_path, account)
    if on.code == 7:  # a send of `agora` leaves no time to try again: a person says that it is not there
        assert run("resolve envio.ja", "--absent", url=account.url, root=tmp_path).code == 0
        on = applied(run, tmp_path, account)
    assert on.code == 0, on.out
    made = writes(account)
    last = applied(run, tmp_path, account)
    assert (last.code, "nothing to do" in last.err, writes(account)) == (0, True, made)
    assert oracle.judge(expected, oracle.found(account)).wrong == ()


def test_used_and_killed_before_anything_was_done(
    account: Sandbox, expected: oracle.Found, tmp_path: Path, run: Run
) -> None:
    """Between the durable use and the first effect: the file counts as used, and goes on from the beginning."""
    first = Fault(kind=FaultKind.SLOW, method="POST", count=1, effect=Effect.NEVER, delay=_HELD)
    _saved_and_killed(tmp_path, account, first)
    plan = json.loads((tmp_path / "plan.json").read_bytes())["id"]
    assert [(use.plan, use.finished) for use in _uses(tmp_path, account)] == [(plan, False)]
    on = applied(run, tmp_path, account)
    assert (on.code, "going on with what is left" in on.err) == (0, True)
    assert [(use.plan, use.finished) for use in _uses(tmp_path, account)] == [(plan, True)]
    assert oracle.judge(expected, oracle.found(account)).wrong == ()


def _uses(root: Path, account: Sandbox) -> list[Use]:
    memory = read_ledger(season.home(root), account=season.ACCOUNT, origin=account.url)
    return list(memory.uses.known.values())


def _saved_and_killed(root: Path, account: Sandbox, fault: Fault) -> None:
    """Save the plan, apply it, and kill that run while the server holds the request that `fault` slows down."""
    with _started(root, account, "plan", "--save") as process:
        assert process.wait(60) == 0
    account.faults.add(fault)
    with _started(root, account, "apply", "--plan") as process:
        ends = time.monotonic() + 60
        while process.poll() is None and account.faults.as_json() and time.monotonic() < ends:
            time.sleep(0.01)
        if fault.effect is Effect.FIRST:
            time.sleep(0.05)  # the effect takes a moment, and comes before the wait
        process.kill()
    account.faults.clear()


def _started(root: Path, account: Sandbox, command: str, option: str) -> subprocess.Popen[bytes]:
    words = [command, "-C", str(root), *season.ALLOWED, option, str(root / "plan.json")]
    environment = {**os.environ, "CRIAENVIO_URL": account.url, "CRIAENVIO_CHAVE": KEY}
    return subprocess.Popen(
        [sys.executable, "-m", "reconciler", *words],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
