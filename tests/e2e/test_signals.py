"""Ctrl-C and SIGTERM while the program waits: it ends at once, says what is open, gives everything back, and goes on.

Real processes and real signals; the program would wait for a minute or more in each of these cases.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.config import load
from reconciler.ledger import holder, open_ledger
from reconciler.sandbox import Effect, Fault, FaultKind, Sandbox
from tests.e2e.conftest import KEY, OpenAccount, Ran, Run
from tests.e2e.workspace import SEED, SENDING, wait_for, write
from tests.ledger.places import git

_SOON = 3.0
"""Seconds within which a run has to end that was asked to, interpreter and all."""
_CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}


@dataclass(frozen=True)
class Desk:
    """A workspace, the account that it declares a send of, and the ways to the program."""

    root: Path
    sandbox: Sandbox
    run: Run

    def digest(self) -> str:
        """The reviewed plan's."""
        planned = self.run("plan", "--format", "json", url=self.sandbox.url, root=self.root)
        return str(planned.document["digest"])

    def seen(self, method: str, path: str) -> int:
        """How often the account was asked this."""
        requests = self.sandbox.history.requests()
        return sum((item.method, item.path) == (method, path) for item in requests)

    def free(self) -> bool:
        """Whether nobody holds the ledger."""
        return holder(load(self.root).accounts["principal"].ledger) is None

    def ledger(self) -> dict[str, Any]:
        """What the ledger shows."""
        return self.run("ledger show", "--format", "json", url=self.sandbox.url, root=self.root).document

    def finished(self) -> None:
        """When nothing can arrive any more the next apply is done, and everybody is mailed once."""
        self.sandbox.faults.clear()
        self.sandbox.clock.advance(timedelta(minutes=5))
        assert self.run("apply", "--digest", self.digest(), url=self.sandbox.url, root=self.root).code == 0
        assert self.run("plan", "--detailed-exitcode", url=self.sandbox.url, root=self.root).code == 0
        assert self.ledger()["open_intents"] == []
        self.sandbox.clock.advance(timedelta(days=30))
        assert len(self.sandbox.history.deliveries()) == len(SEED["contatos"])


@pytest.fixture
def desk(tmp_path: Path, open_account: OpenAccount, run: Run) -> Desk:
    """Nothing has been applied yet; the ledger is in files."""
    write(tmp_path, SENDING)
    return Desk(tmp_path, open_account(SEED), run)


@pytest.fixture
def shared(tmp_path: Path, open_account: OpenAccount, run: Run) -> Desk:
    """The same with the ledger at a git remote, where a dead run would keep others out for a while."""
    git(tmp_path, "init", "--bare", "--quiet", "remote.git")
    git(tmp_path, "clone", "--quiet", "remote.git", "clone")
    write(tmp_path / "clone", SENDING, {"principal": {"ledger": {"git": {}}}})
    return Desk(tmp_path / "clone", open_account(SEED), run)


@contextmanager
def running(desk: Desk, *words: str) -> Iterator[subprocess.Popen[str]]:
    """The program in a process of its own; killed at the end if it still runs."""
    environment = {**os.environ, "CRIAENVIO_URL": desk.sandbox.url, "CRIAENVIO_CHAVE": KEY}
    command = [sys.executable, "-m", "reconciler", *words, "-C", str(desk.root)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def ended(process: subprocess.Popen[str], number: signal.Signals) -> Ran:
    """What the program says when it is sent this signal; it has to be soon."""
    time.sleep(0.3)  # until it waits
    assert process.poll() is None
    began = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert time.monotonic() - began < _SOON
    assert "Traceback" not in err
    assert process.returncode == _CODES[number], err
    return Ran(process.returncode, out, err)


@pytest.mark.parametrize("number", _CODES, ids=lambda number: number.name)
@pytest.mark.parametrize("place", ["desk", "shared"])
def test_waiting_until_an_outcome_is_certain_can_be_ended(
    place: str, number: signal.Signals, request: pytest.FixtureRequest
) -> None:
    """The answer to a send is lost: two and a half minutes would pass. The call stays open, and is told as that."""
    desk: Desk = request.getfixturevalue(place)
    digest = desk.digest()
    lost = Fault(kind=FaultKind.DROP, method="POST", path="/envios", effect=Effect.FIRST)
    desk.sandbox.faults.add(lost)
    with running(desk, "apply", "--digest", digest, "--format", "json") as process:
        wait_for(lambda: desk.seen("POST", "/envios") == 1)
        ran = ended(process, number)
    document = json.loads(ran.out)
    assert document["exit_code"] == _CODES[number]
    (outcome,) = (item for item in document["changes"] if item["action"] == "schedule")
    assert outcome["status"] == "unknown"
    assert "asked to end while it waited to find out" in outcome["detail"]
    assert "stays open: the next apply settles it" in ran.out
    assert desk.free()
    assert [item["address"] for item in desk.ledger()["open_intents"]] == ["envio.um"]
    desk.finished()
    assert desk.seen("POST", "/envios") == 1


@pytest.mark.parametrize("number", _CODES, ids=lambda number: number.name)
@pytest.mark.parametrize("call", ["POST /mensagens", "POST /envios"])
def test_waiting_as_long_as_the_server_asks_can_be_ended(desk: Desk, call: str, number: signal.Signals) -> None:
    """It answers 429 and asks for a minute: nothing more is asked, and the rest is left to the next run."""
    digest = desk.digest()
    method, path = call.split()
    desk.sandbox.faults.add(Fault(kind=FaultKind.THROTTLE, method=method, path=path, retry_after="60", count=None))
    with running(desk, "apply", "--digest", digest) as process:
        wait_for(lambda: desk.seen(method, path) == 1)
        asked = len(desk.sandbox.history.requests())
        ended(process, number)
    assert len(desk.sandbox.history.requests()) == asked
    assert desk.free()
    desk.finished()


@pytest.mark.parametrize("number", _CODES, ids=lambda number: number.name)
@pytest.mark.parametrize("place", ["desk", "shared"])
def test_waiting_to_settle_what_an_earlier_run_left_can_be_ended(
    place: str, number: signal.Signals, request: pytest.FixtureRequest
) -> None:
    """A run was killed in its call: the next one would wait before it plans. It ends, and the call stays open."""
    desk: Desk = request.getfixturevalue(place)
    digest = desk.digest()
    desk.sandbox.faults.add(Fault(kind=FaultKind.DROP, method="POST", path="/envios", effect=Effect.FIRST))
    with running(desk, "apply", "--digest", digest) as process:
        wait_for(lambda: desk.seen("POST", "/envios") == 1)
        time.sleep(0.3)
        process.kill()
        process.communicate()
    lease = desk.ledger()["lease"]
    if lease is not None:  # a shared ledger cannot know that its holder is dead
        assert desk.run("unlock", "--id", lease["id"], url=desk.sandbox.url, root=desk.root).code == 0
    asked = len(desk.sandbox.history.requests())
    with running(desk, "apply", "--digest", digest) as process:
        wait_for(lambda: len(desk.sandbox.history.requests()) > asked)
        ended(process, number)
    assert desk.free()
    assert len(desk.ledger()["open_intents"]) == 1
    desk.finished()
    assert desk.seen("POST", "/envios") == 1


@pytest.mark.parametrize("number", _CODES, ids=lambda number: number.name)
@pytest.mark.parametrize("command", ["plan", "apply"])
def test_waiting_while_reading_can_be_ended(desk: Desk, command: str, number: signal.Signals) -> None:
    """Nothing was changed yet, and nobody else has to wait for this ledger."""
    desk.sandbox.faults.add(Fault(kind=FaultKind.THROTTLE, method="GET", path="/grupos", retry_after="60", count=None))
    with running(desk, command) as process:
        wait_for(lambda: desk.seen("GET", "/grupos") == 1)
        ran = ended(process, number)
    assert ran.err.splitlines()[-1] in {"interrupted", "terminated"}
    assert desk.free()
    desk.finished()


@pytest.mark.parametrize("number", _CODES, ids=lambda number: number.name)
def test_waiting_for_another_run_can_be_ended(desk: Desk, number: signal.Signals) -> None:
    """The other run keeps the ledger, and nothing was asked of the account."""
    home = load(desk.root).accounts["principal"].ledger
    with open_ledger(home, account="principal", origin=desk.sandbox.url) as held:
        with running(desk, "apply", "--yes", "--lock-timeout", "10min") as process:
            assert process.stderr is not None
            assert "waiting for the ledger" in process.stderr.readline()
            ended(process, number)
        now = holder(home)
        assert now is not None
        assert now.id == held.lease.id
    assert desk.sandbox.history.requests() == []
    desk.finished()


def test_a_call_in_flight_is_finished_and_recorded(desk: Desk) -> None:
    """What is no waiting of ours is not cut short: the slow answer to a send is waited for, and remembered."""
    digest = desk.digest()
    desk.sandbox.faults.add(Fault(kind=FaultKind.SLOW, method="POST", path="/envios", delay=1.5))
    with running(desk, "apply", "--digest", digest) as process:
        wait_for(lambda: desk.seen("POST", "/envios") == 1)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert process.returncode == 0  # it was the last change: nothing was left undone
    assert desk.ledger()["open_intents"] == []
    desk.finished()
