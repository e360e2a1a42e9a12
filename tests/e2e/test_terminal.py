"""On a terminal: colours, and the question that has to be answered before anybody gets mail."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Sandbox
from tests.e2e.conftest import KEY
from tests.e2e.workspace import SEED, SENDING, write

CROWD = [{"id": f"C{n}", "email": f"p{n}@exemplo.org", "listas": ["Lsp"]} for n in range(1200)]


class Terminal:
    """The program on a pseudo-terminal of its own, and what it has shown so far."""

    def __init__(self, words: list[str], environment: Mapping[str, str]) -> None:
        self._master, slave = pty.openpty()
        self._process = subprocess.Popen(words, env=environment, stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        self.shown = ""

    def until(self, text: str) -> None:
        """Read until the program has shown `text`."""
        ends = time.monotonic() + 30
        while text not in self.shown:
            assert time.monotonic() < ends, self.shown
            assert self._read(1.0) or self._process.poll() is None, self.shown

    def type(self, line: str) -> None:
        """Type a line."""
        os.write(self._master, f"{line}\n".encode())

    def interrupt(self) -> None:
        """Ctrl-C, until it is heard: one that comes right before Python waits for the line is heard after the line."""
        for _ in range(5):  # a second one too early would end an interpreter that is ending already
            self._process.send_signal(signal.SIGINT)
            ends = time.monotonic() + 6
            while self._process.poll() is None and time.monotonic() < ends:
                self._read(0.1)
            if self._process.poll() is not None:
                return

    def end(self) -> int:
        """The exit code, once the program has ended."""
        ends = time.monotonic() + 30
        while self._process.poll() is None or self._read(0.1):
            assert time.monotonic() < ends, self.shown
            self._read(0.1)
        os.close(self._master)
        return self._process.returncode

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], seconds)
        try:
            data = os.read(self._master, 65536) if ready else b""
        except OSError:  # Linux: nobody holds the other end any more
            data = b""
        self.shown += data.decode("utf-8", "replace")
        return bool(data)


@contextmanager
def campaign(root: Path, declared: Mapping[str, Any]) -> Iterator[Sandbox]:
    """An account, and a workspace that declares `declared`."""
    write(root, declared)
    with Sandbox.open(None, {**SEED, "contatos": CROWD}) as sandbox:
        yield sandbox


def on_terminal(root: Path, sandbox: Sandbox, *words: str, **more: str) -> Terminal:
    """Start the program."""
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environment = {**kept, "CRIAENVIO_URL": sandbox.url, "CRIAENVIO_CHAVE": KEY, "TERM": "xterm", **more}
    return Terminal([sys.executable, "-m", "reconciler", words[0], "-C", str(root), *words[1:]], environment)


@pytest.mark.parametrize("typed", ["1200", "1.200"])
def test_the_right_number_applies(tmp_path: Path, typed: str) -> None:
    """Who types how many people will get mail, with or without the thousands' point, may send."""
    with campaign(tmp_path, SENDING) as sandbox:
        terminal = on_terminal(tmp_path, sandbox, "apply")
        terminal.until("number of recipients")
        assert "1.200 pessoas" in terminal.shown
        terminal.type(typed)
        assert terminal.end() == 0
        assert sandbox.counts()["envios"] == 1


@pytest.mark.parametrize("typed", ["1201", "", "yes", "12", "120 0"])
def test_a_wrong_number_does_not(tmp_path: Path, typed: str) -> None:
    """Any other answer ends the run with 4, and nothing was called."""
    with campaign(tmp_path, SENDING) as sandbox:
        terminal = on_terminal(tmp_path, sandbox, "apply")
        terminal.until("number of recipients")
        terminal.type(typed)
        assert terminal.end() == 4
        assert {item.method for item in sandbox.history.requests()} == {"GET"}


def test_ctrl_c_at_the_question(tmp_path: Path) -> None:
    """Ctrl-C instead of an answer: 130, and nothing was called."""
    with campaign(tmp_path, SENDING) as sandbox:
        terminal = on_terminal(tmp_path, sandbox, "apply")
        terminal.until("number of recipients")
        terminal.interrupt()
        assert terminal.end() == 130
        assert sandbox.counts()["envios"] == 0


@pytest.mark.parametrize(("answer", "code", "made"), [("y", 0, 1), ("n", 4, 0), ("", 4, 0)])
def test_a_plan_that_sends_nothing_takes_a_yes(tmp_path: Path, answer: str, code: int, made: int) -> None:
    """Without mail in it a yes is enough; a no leaves all as it is."""
    with campaign(tmp_path, {"listas": {"rj": {}}}) as sandbox:
        terminal = on_terminal(tmp_path, sandbox, "apply")
        terminal.until("[y/N]")
        terminal.type(answer)
        assert terminal.end() == code
        assert sandbox.counts()["listas"] - 1 == made


def test_colours_only_where_they_are_wanted(tmp_path: Path) -> None:
    """A terminal gets colours and progress; with NO_COLOR or --no-color it gets the same text without colours."""
    with campaign(tmp_path, SENDING) as sandbox:
        coloured, plain, wished = (
            on_terminal(tmp_path, sandbox, "plan"),
            on_terminal(tmp_path, sandbox, "plan", NO_COLOR="1"),
            on_terminal(tmp_path, sandbox, "plan", "--no-color"),
        )
        assert [terminal.end() for terminal in (coloured, plain, wished)] == [0, 0, 0]
    assert "\x1b[3" in coloured.shown or "\x1b[1" in coloured.shown
    for terminal in (plain, wished):
        assert "\x1b[3" not in terminal.shown
        assert "\x1b[1m" not in terminal.shown
        assert "1.200 pessoas" in terminal.shown
