"""An apply that ends half-way, by a fault, by whoever cancels it, or with its machine: re-run, it goes on there."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.sandbox import Fault, FaultKind
from tests.actions.golden import held
from tests.actions.runs import Run, Runner
from tests.actions.scene import KEY, Scene, as_yaml
from tests.actions.shell import Interruption
from tests.github.world import Pull

LISTS = {f"regiao-{number}": {"nome": f"Região {number}"} for number in range(40)}
ALL = ["POST /grupos"] * len(LISTS)


@pytest.fixture
def merged(runner: Runner) -> tuple[Scene, Pull, dict[str, Any]]:
    """A pull request with forty new lists, reviewed and merged, and the event of that."""
    scene = Scene.set_up(runner, "principal")
    pull = scene.town.open({"principal/regioes.yaml": as_yaml({"listas": LISTS})})
    assert scene.plan(pull).conclusion == "success"
    return scene, pull, scene.town.merge(pull)


def _half_done(scene: Scene) -> Callable[[], bool]:
    return lambda: len(scene.writes("principal")) >= len(LISTS) // 2


def _interrupted(scene: Scene, event: dict[str, Any], number: int) -> Run:
    scene.town.accounts["principal"].faults.add(
        Fault(kind=FaultKind.SLOW, method="POST", path="/grupos", delay=0.4, count=None)
    )
    scene.runner.interruption = Interruption("Run", _half_done(scene), number)
    run = scene.apply(event)
    scene.runner.interruption = None
    scene.town.accounts["principal"].faults.clear()
    assert run.conclusion == "failure"
    assert len(scene.writes("principal")) < len(LISTS)
    return run


def test_cancelled(merged: tuple[Scene, Pull, dict[str, Any]]) -> None:
    """Who cancels the job lets calls in flight end and the ledger be freed; the comment says how to go on."""
    scene, pull, event = merged
    run = _interrupted(scene, event, signal.SIGINT)
    *_, told = scene.comments(pull)
    assert "Exit code 143: ended by SIGTERM." in told
    assert f"Re-run the failed jobs of [this run]({scene.town.forge.url}/loja/campanhas/actions/runs/{run.id})" in told
    again = scene.apply(event, again=run)
    assert again.conclusion == "success"
    assert scene.writes("principal") == ALL
    *_, done = scene.comments(pull)
    assert "Re-run" not in done


def test_machine_lost(merged: tuple[Scene, Pull, dict[str, Any]]) -> None:
    """When the machine is lost, the ledger is freed by its lease's end or by an operator; then the re-run goes on."""
    scene, pull, event = merged
    before = scene.comments(pull)
    run = _interrupted(scene, event, signal.SIGKILL)
    assert scene.comments(pull) == before
    _unlock(scene)
    assert scene.apply(event, again=run).conclusion == "success"
    assert scene.writes("principal") == ALL


def test_refused_half_way(merged: tuple[Scene, Pull, dict[str, Any]]) -> None:
    """When calls fail half-way, the job fails and the comment says what was made and what was not; a re-run ends it."""
    scene, pull, event = merged
    account = scene.town.accounts["principal"]
    account.faults.add(Fault(kind=FaultKind.ERROR, method="POST", path="/grupos", status=422, skip=37, count=None))
    run = scene.apply(event)
    assert run.conclusion == "failure"
    *_, told = scene.comments(pull)
    held(scene.town, "comment-half-way", re.sub(r"regiao-\d+", "regiao-N", told))  # whose turn it was, nobody knows
    account.faults.clear()
    assert scene.apply(event, again=run).conclusion == "success"
    assert scene.writes("principal") == ALL


def _unlock(scene: Scene) -> None:
    """An operator frees the ledger of the dead run, from a clone of their own."""
    desk, url = scene.town.desk, scene.town.accounts["principal"].url
    environment = {**os.environ, "CRIAENVIO_CHAVE": KEY, "CRIAENVIO_URL": url}

    def reconciler(*words: str) -> str:
        program = str(scene.town.python / "bin/reconciler")
        ran = subprocess.run([program, *words], cwd=desk, env=environment, capture_output=True, text=True, check=True)
        return ran.stdout

    lease = json.loads(reconciler("ledger", "show", "--format=json"))["lease"]
    reconciler("unlock", "--id", lease["id"])


def test_time_used_up(merged: tuple[Scene, Pull, dict[str, Any]]) -> None:
    """A run whose time is used up ends in good order, says how it goes on, and goes on when it is re-run."""
    scene, pull, event = merged
    scene.town.accounts["principal"].faults.add(
        Fault(kind=FaultKind.SLOW, method="POST", path="/grupos", delay=0.5, count=None)
    )
    path = scene.town.desk / ".github/workflows/apply.yml"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace("    with:\n", "    with:\n      max-time: 4s\n"), encoding="utf-8")
    run = scene.apply(event)
    assert run.conclusion == "failure"
    *_, told = scene.comments(pull)
    assert "Exit code 75" in told
    assert "Re-run the failed jobs" in told
    scene.town.accounts["principal"].faults.clear()
    path.write_text(whole, encoding="utf-8")
    assert scene.apply(event, again=run).conclusion == "success"
    assert scene.writes("principal") == ALL
