"""A ledger in processes of their own: killed, full disks, two at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from reconciler.ledger import FileHome, LedgerBusyError, open_ledger, read_ledger

PRELUDE = """
import json, resource, sys
from datetime import UTC, datetime
from pathlib import Path
from reconciler.engine.model import Action, Address, Binding, Intent
from reconciler.ledger import FileHome, LedgerError, open_ledger

def intent(number):
    return Intent(f"{number}", Address("envio", f"e{number}"), Action.SCHEDULE, datetime(2026, 11, 2, tzinfo=UTC))

def say(*words):
    print(json.dumps(words), flush=True)

ledger = open_ledger(FileHome(Path(sys.argv[1])), account="conta", origin="sandbox")
say("open")
"""
FOREVER = """
for number in range(1_000_000):
    ledger.begin(intent(number))
    say("begun", f"{number}")
    ledger.bind(intent(number).address, Binding("envio", None, f"live{number}"))
    if number % 3:
        ledger.end(intent(number), "confirmed", {})
        say("ended", f"{number}")
"""
UNTIL_FULL = """
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    for number in range(1_000_000):
        ledger.begin(intent(number))
        say("begun", f"{number}")
except LedgerError as error:
    say("full", error.finding.rule, str(error))
try:
    ledger.begin(intent(-1))
except LedgerError as error:
    say("still full", error.finding.rule)
ledger.close()
"""
FULL_AT_CLOSE = """
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
ledger.begin(intent(1))
say("begun", "1")
try:
    ledger.close()
except LedgerError as error:
    say("full", error.finding.rule, str(error))
"""


@contextmanager
def process(code: str, *arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A Python of its own that runs `code` with a ledger open; killed at the end if it still runs."""
    command = [sys.executable, "-c", PRELUDE + code, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            yield running
        finally:
            running.kill()


def told(running: subprocess.Popen[str]) -> Iterator[list[str]]:
    """What the process says, line by line; a line that its death cut short is dropped."""
    for line in running.stdout or ():
        if line.endswith("\n"):
            yield json.loads(line)


@pytest.mark.parametrize("lines", [1, 2, 3, 7, 20, 101])
def test_a_killed_run_leaves_what_it_had_begun(tmp_path: Path, lines: int) -> None:
    """SIGKILL anywhere: what was begun and not ended is open, with at most the one step that had not returned yet."""
    path = tmp_path / "conta.json"
    begun, ended = set(), set()
    with process(FOREVER, path) as running:
        for count, (word, *rest) in enumerate(told(running)):
            (begun if word == "begun" else ended).update(rest)
            if count == lines:
                os.kill(running.pid, signal.SIGKILL)
    with open_ledger(FileHome(path), account="conta", origin="sandbox") as ledger:
        left = {intent.id for intent in ledger.open_intents()}
        assert len(left ^ (begun - ended)) <= 1
        bound = {binding.key for _, binding in ledger.bindings()}
        assert {f"e{number}" for number in ended} <= bound


def test_two_processes_never_write_at_once(tmp_path: Path) -> None:
    """The second is told the first one's process; killed, the first one lets go at once."""
    path = tmp_path / "conta.json"
    with process(FOREVER, path) as running:
        assert next(told(running)) == ["open"]
        with pytest.raises(LedgerBusyError, match=f"process {running.pid} on "):
            open_ledger(FileHome(path), account="conta", origin="sandbox")
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        open_ledger(FileHome(path), account="conta", origin="sandbox").close()


def test_reading_beside_a_writer_always_finds_a_whole_ledger(tmp_path: Path) -> None:
    """Whatever the writer is doing, folding included, each reading succeeds and never goes back."""
    path = tmp_path / "conta.json"
    folding = """
for number in range(1_000_000):
    ledger.begin(intent(number))
    ledger.close()
    ledger = open_ledger(FileHome(Path(sys.argv[1])), account="conta", origin="sandbox")
"""
    with process(folding, path) as running:
        assert next(told(running)) == ["open"]
        latest = 0
        for _ in range(50_000):
            now = len(read_ledger(FileHome(path), account="conta", origin="sandbox").open_intents())
            assert now >= latest
            latest = now
            if latest >= 50:
                break
        assert running.poll() is None
    assert latest >= 50


@pytest.mark.parametrize("limit", range(1000, 1400, 40))
def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path, limit: int) -> None:
    """With no room left in the middle of a line the step fails in words, and what had returned before is there."""
    path = tmp_path / "conta.json"
    with process(UNTIL_FULL, path, limit) as running:
        words = list(told(running))
        assert running.wait() == 0
    assert words[-1] == ["still full", "ledger-disk"]
    assert words[-2][:2] == ["full", "ledger-disk"]
    assert "has reached the size that this process may write" in words[-2][2]
    memory = read_ledger(FileHome(path), account="conta", origin="sandbox")
    assert [intent.id for intent in memory.open_intents()] == [number for word, number in words[1:-2]]
    assert memory.findings == ()


def test_a_disk_that_is_full_at_the_end_keeps_the_old_snapshot_and_the_journal(tmp_path: Path) -> None:
    """The fold fails in words; snapshot and journal stay as they were, and the next run folds them."""
    path = tmp_path / "conta.json"
    with open_ledger(FileHome(path), account="conta", origin="sandbox") as ledger:
        lineage = ledger.lineage
    before = path.read_bytes()
    with process(FULL_AT_CLOSE, path, len(before) + 60) as running:
        words = list(told(running))
        assert running.wait() == 0
    assert [word[0] for word in words] == ["open", "begun", "full"]
    assert path.read_bytes() == before
    assert {file.name for file in tmp_path.iterdir()} == {"conta.json", "conta.journal", "conta.lock"}
    with open_ledger(FileHome(path), account="conta", origin="sandbox") as ledger:
        assert ([intent.id for intent in ledger.open_intents()], ledger.lineage) == (["1"], lineage)
