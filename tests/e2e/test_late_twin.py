"""A server that carries a send out long after it was given up and made anew: the second one is seen, and cancelled."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.sandbox import Effect, Fault, FaultKind, Sandbox
from tests.e2e.conftest import OpenAccount, Run
from tests.e2e.workspace import SEED, SENDING, write, writes

_TWICE = timedelta(minutes=20)
"""Longer than the workspace believes possible, and sooner than the start."""


@pytest.fixture
def twice(tmp_path: Path, open_account: OpenAccount, run: Run) -> Sandbox:
    """An account in which the one declared send was made, and then a second time by the request that was given up."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING, {"principal": {"limites": {"prazo": "1s", "atraso_maximo": "1s"}}})
    assert run("plan", "--save", str(tmp_path / "plano.json"), url=sandbox.url).code == 0
    late = Fault(
        method="POST", path="/envios", kind=FaultKind.DROP, effect=Effect.LATER, delay=_TWICE.total_seconds() - 60
    )
    sandbox.faults.add(late)
    assert run("apply", "--plan", str(tmp_path / "plano.json"), url=sandbox.url).code == 0
    assert _statuses(sandbox) == {"Agendado": 1}
    sandbox.clock.advance(_TWICE)
    assert _statuses(sandbox) == {"Agendado": 2}
    return sandbox


def _statuses(sandbox: Sandbox) -> Counter[str]:
    return Counter(row["status"] for row in sandbox.state()["envios"])


def test_a_plan_shows_the_twin(twice: Sandbox, run: Run) -> None:
    """Who plans sees it: which send is cancelled, of which it is the twin, and that nobody is mailed by it."""
    ours, twin = (row["id"] for row in sorted(twice.state()["envios"], key=lambda row: int(row["codigo"])))
    shown = run("plan", url=twice.url)
    assert shown.code == 0
    assert "1 envio a cancelar" in shown.out
    assert f"the same send as {ours} is live again and would mail the same people" in shown.out
    assert f"envios.{twin}" in shown.out
    document = run("plan", "--format", "json", url=twice.url).document
    assert [change["id"] for change in document["changes"]] == ["envio.um/cancel-twins"]
    assert document["summary"]["calls"] == 2
    assert document["summary"]["recipients"] == 0


@pytest.mark.parametrize("again", ["by the plan as it is now", "by the plan that was reviewed before"])
def test_the_next_apply_cancels_it(again: str, twice: Sandbox, tmp_path: Path, run: Run) -> None:
    """Whatever plan was approved, also a used one (a job that is run again): the twin is cancelled, ours stays."""
    ours = min(twice.state()["envios"], key=lambda row: int(row["codigo"]))["id"]
    if "now" in again:
        consent = ("--digest", run("plan", "--format", "json", url=twice.url).document["digest"])
    else:
        consent = ("--plan", str(tmp_path / "plano.json"))
    before = len(writes(twice))
    ran = run("apply", *consent, url=twice.url)
    assert ran.code == 0, ran.err
    assert len(writes(twice)) == before + 1
    assert {row["id"]: row["status"] for row in twice.state()["envios"]}[ours] == "Agendado"
    assert _statuses(twice) == {"Agendado": 1, "Cancelado": 1}
    assert run("plan", "--detailed-exitcode", url=twice.url).code == 0, "nothing is left to do"


def test_one_that_cannot_be_cancelled_is_told_and_tried_again(twice: Sandbox, tmp_path: Path, run: Run) -> None:
    """A vendor that refuses to cancel it: the run says which send is still live, and the next one tries again."""
    twice.faults.add(Fault(method="GET", path="/envios/*/cancelar", kind=FaultKind.ERROR, status=401, count=1))
    ran = run("apply", "--plan", str(tmp_path / "plano.json"), url=twice.url)
    assert ran.code == 1
    assert "is agendado, not cancelado" in ran.out
    assert run("apply", "--plan", str(tmp_path / "plano.json"), url=twice.url).code == 0
    assert _statuses(twice) == {"Agendado": 1, "Cancelado": 1}
