"""Several processes at one ledger, wherever it lives: one at a time, nothing lost, nobody left out for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.engine.model import Address
from reconciler.ledger import Claim, FileHome, Home, LedgerBusyError, open_ledger, read_ledger

COUNTER = Address("lista", "contador")
PRELUDE = """
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from reconciler.engine.model import Action, Address, Binding, Intent
from reconciler.ledger import Claim, FileHome, GitHome, LedgerBusyError, LedgerError, ObjectHome, open_ledger

COUNTER = Address("lista", "contador")
HOME = {home}

def claim(**given):
    return replace(Claim.here(), **given)

def opened(**given):
    return open_ledger(HOME, account="conta", origin="sandbox", claim=claim(**given))

def intent(number):
    return Intent(f"{{number}}", Address("envio", f"e{{number}}"), Action.SCHEDULE, datetime(2026, 11, 2, tzinfo=UTC))

def say(word):
    print(word, flush=True)
    sys.stdin.readline()

say("ready")
"""
COUNT = """
for _ in range(3):
    with opened(patience=timedelta(seconds=60)) as ledger:
        known = ledger.of(COUNTER)
        number = int(known.id) + 1 if known else 1
        ledger.begin(intent(number))
        ledger.bind(COUNTER, Binding("lista", None, f"{number}"))
        ledger.end(intent(number), "confirmed", {})
print("done", flush=True)
"""
GRAB = """
try:
    ledger = opened()
except LedgerBusyError:
    say("busy")
else:
    say("mine")
    ledger.close()
"""
FOREVER = """
ledger = opened(term=timedelta(seconds=float(sys.argv[1])))
for number in range(1_000_000):
    ledger.begin(intent(number))
    print("begun", flush=True)
"""
STOPPED = """
ledger = opened(term=timedelta(seconds=1.5))
ledger.begin(intent(1))
say("begun")
try:
    ledger.begin(intent(2))
except LedgerError as error:
    say(error.finding.rule)
"""


@contextmanager
def process(home: Home, code: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A Python of its own that is ready to run `code`; killed at the end if it still runs."""
    written = f"{type(home).__name__}(**{fields(home)!r})".replace("PosixPath", "Path")
    command = [sys.executable, "-c", PRELUDE.format(home=written) + code, *arguments]
    with (
        # What a killed process cannot clear away itself. A git that it had started goes on writing there for a moment.
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch,
        subprocess.Popen(
            command,
            env={**os.environ, "TMPDIR": scratch},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as running,
    ):
        try:
            assert said(running) == "ready"
            yield running
        finally:
            running.kill()


def fields(home: Home) -> dict[str, object]:
    """A place's fields by name."""
    return {name: getattr(home, name) for name in home.__slots__}


def said(running: subprocess.Popen[str]) -> str:
    """The process's next word."""
    assert running.stdout is not None
    return running.stdout.readline().strip()


def go(running: subprocess.Popen[str]) -> None:
    """Let the process go on."""
    assert running.stdin is not None
    running.stdin.write("\n")
    running.stdin.flush()


def test_of_several_that_start_at_once_one_gets_it(home: Home) -> None:
    """Also of the very first, when nothing is there yet: one has it, and every other is told so."""
    with ExitStack() as stack:
        running = [stack.enter_context(process(home, GRAB)) for _ in range(4)]
        for one in running:
            go(one)
        assert sorted(said(one) for one in running) == ["busy", "busy", "busy", "mine"]
        for one in running:
            go(one)
            assert one.wait(20) == 0


def test_those_that_wait_lose_nothing(home: Home) -> None:
    """Four processes count to twelve together: each read what the one before wrote, and the chain has every entry."""
    with ExitStack() as stack:
        running = [stack.enter_context(process(home, COUNT)) for _ in range(4)]
        for one in running:
            go(one)
        assert [said(one) for one in running] == ["done"] * 4
    memory = read_ledger(home, account="conta", origin="sandbox")
    counted = memory.of(COUNTER)
    assert counted is not None
    assert (counted.id, memory.seq, memory.begun) == ("12", 36, {})


def test_a_killed_run_leaves_what_it_had_begun_and_is_followed(home: Home) -> None:
    """In a file the next one goes on at once; where machines share, when the lease has ended by itself."""
    with process(home, FOREVER, "2") as running:
        go(running)
        assert [said(running) for _ in range(3)] == ["begun"] * 3
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
    if not isinstance(home, FileHome):
        with pytest.raises(LedgerBusyError, match=f"process {running.pid} on "):
            open_ledger(home, account="conta", origin="sandbox")
    waiting = replace(Claim.here(), patience=timedelta(seconds=0 if isinstance(home, FileHome) else 20))
    with open_ledger(home, account="conta", origin="sandbox", claim=waiting) as ledger:
        assert len(ledger.open_intents()) >= 3
        assert ledger.lease.fence == 2


def test_a_run_that_was_stopped_for_too_long_writes_nothing_more(home: Home) -> None:
    """SIGSTOP, past its lease, another run; when it goes on, its next step fails."""
    with process(home, STOPPED) as running:
        go(running)
        assert said(running) == "begun"
        os.kill(running.pid, signal.SIGSTOP)
        waiting = replace(Claim.here(), patience=timedelta(seconds=20))
        with open_ledger(home, account="conta", origin="sandbox", claim=waiting):
            os.kill(running.pid, signal.SIGCONT)
            go(running)
            assert said(running) == "ledger-taken"
    assert list(read_ledger(home, account="conta", origin="sandbox").begun) == ["1"]
