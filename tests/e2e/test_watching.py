"""`status --watch`: it shows what changes, keeps the pace, ends when all is done, and can be ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from reconciler.sandbox import Fault, FaultKind, Sandbox
from tests.e2e.channels import EXAMPLES, JULY, JUNE, KEYS, reached, workspace
from tests.e2e.conftest import KEY, OpenAccount, Run
from tests.e2e.test_terminal import on_terminal
from tests.e2e.workspace import wait_for

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "status.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def ogmma_alone(tmp_path: Path, open_account: OpenAccount, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """One vendor: a look takes two calls, so that a second is enough between two looks."""
    workspace(
        tmp_path,
        {"verificacoes": {"julho": JULY, "junho": JUNE}},
        {"ogmma": {"chave": {"env": "OGMMA_API_KEY"}}},
    )
    sandbox = open_account(EXAMPLES)
    sandbox.clock.stop()
    reached(monkeypatch, sandbox)
    return sandbox


def _meanwhile(account: Sandbox, steps: Iterator[timedelta]) -> threading.Thread:
    """Moves the clock a step for each look at the batches."""

    def move() -> None:
        for number, step in enumerate(steps, start=1):
            wait_for(lambda least=number: _looks(account) >= least)  # type: ignore[misc]
            account.clock.advance(step)

    thread = threading.Thread(target=move, daemon=True)
    thread.start()
    return thread


def _looks(account: Sandbox) -> int:
    return sum(item.path.endswith("/bulk") for item in account.history.requests())


def test_watching_ends_when_all_is_done(ogmma_alone: Sandbox, run: Run) -> None:
    """Off a terminal there is a line for what has changed, and no other; it ends with the last look's exit code."""
    mover = _meanwhile(ogmma_alone, iter([timedelta(minutes=5), timedelta(), timedelta(days=1)]))
    ran = run("status", "--watch", "--every", "1s", url=ogmma_alone.url)
    mover.join()
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert [line for line in lines if "Campanha Junho" in line] == lines[:1]
    july = [line for line in lines if "Promo Julho 2025" in line]
    assert [line.split(": ", 1)[1].split("%")[0] for line in july] == [
        "IN_PROGRESS 45",
        "IN_PROGRESS 60",
        "COMPLETED 100",
    ]
    assert "verificacao.julho: holds" in lines[-1]
    assert "\x1b" not in ran.out
    assert _looks(ogmma_alone) == 4


def test_watching_as_json(ogmma_alone: Sandbox, run: Run) -> None:
    """One document a line for each look that shows something new; the last one says that it is over."""
    mover = _meanwhile(ogmma_alone, iter([timedelta(), timedelta(days=1)]))
    ran = run("status", "--watch", "--every", "1s", "--format", "json", url=ogmma_alone.url)
    mover.join()
    documents = [json.loads(line) for line in ran.out.splitlines()]
    for document in documents:
        Draft202012Validator(SCHEMA).validate(document)
    assert [document["over"] for document in documents] == [False, True]


def test_watching_into_a_file(ogmma_alone: Sandbox, run: Run, tmp_path: Path) -> None:
    """The file is the last view, whole."""
    mover = _meanwhile(ogmma_alone, iter([timedelta(days=1)]))
    out = tmp_path / "estado.txt"
    ran = run("status", "--watch", "--every", "1s", "--out", str(out), url=ogmma_alone.url)
    mover.join()
    assert (ran.code, ran.out) == (0, "")
    assert "COMPLETED" in out.read_text(encoding="utf-8")


def test_watching_a_terminal(ogmma_alone: Sandbox, tmp_path: Path) -> None:
    """The screen is drawn anew with each look; what is left there in the end is the last view."""
    mover = _meanwhile(ogmma_alone, iter([timedelta(days=1)]))
    where = {**KEYS, "OGMMA_URL": ogmma_alone.ogmma_url}
    terminal = on_terminal(tmp_path, ogmma_alone, "status", "--watch", "--every", "1s", "--no-color", **where)
    assert terminal.end() == 0
    mover.join()
    assert terminal.shown.count("\x1b[H\x1b[J") == 2
    assert "Ctrl-C ends" in terminal.shown
    assert "COMPLETED" in terminal.shown.rpartition("\x1b[H\x1b[J")[2]
    assert "\x1b[3" not in terminal.shown


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_watching_can_be_ended(ogmma_alone: Sandbox, tmp_path: Path, number: signal.Signals, code: int) -> None:
    """Ctrl-C and SIGTERM end it at once, also while it waits for the next look."""
    addresses = {"CRIAENVIO_URL": ogmma_alone.url, "OGMMA_URL": ogmma_alone.ogmma_url, "CRIAENVIO_CHAVE": KEY}
    words = [sys.executable, "-m", "reconciler", "status", "--watch", "-C", str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        words, env={**os.environ, **KEYS, **addresses}, stdout=pipe, stderr=pipe, text=True
    ) as process:
        wait_for(lambda: _looks(ogmma_alone) == 1)
        time.sleep(0.5)
        process.send_signal(number)
        _, err = process.communicate(timeout=20)
    assert process.returncode == code
    assert "Traceback" not in err


def test_a_fault_passes_by_while_watching(ogmma_alone: Sandbox, run: Run) -> None:
    """A source that answers again is shown again; an answer that is a redirection is none."""
    ogmma_alone.clock.advance(timedelta(days=1))
    ogmma_alone.faults.add(Fault(kind=FaultKind.REDIRECT, path="/ogmma/*"))
    ran = run("status", "--watch", "--every", "1s", url=ogmma_alone.url)
    assert ran.code == 1
    assert "ogmma.lotes: not read: GET /bulk: answered 307" in ran.out
