"""What every end-to-end test needs: an account behind HTTP in the test's own process, and the real command line.

`run` calls the command line in this process, the way `main` does but for the final `sys.exit`: an interpreter of its
own costs half a second of imports for each call. `spawn` starts one, where the process itself is what is tested.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest

from reconciler.cli.main import cli
from reconciler.sandbox import Sandbox

KEY = "chave-de-teste"
"""Any key opens a sandbox; this one must be in no output."""

OpenAccount = Callable[[Mapping[str, Any]], Sandbox]


@dataclass(frozen=True, slots=True)
class Ran:
    """One call of the program: exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The JSON on stdout."""
        found: dict[str, Any] = json.loads(self.out)
        return found


Run = Callable[..., Ran]


@pytest.fixture
def open_account() -> Iterator[OpenAccount]:
    """Opens a simulated account from a seed, as often as wanted; all are closed after the test."""
    with ExitStack() as stack:
        yield lambda seed: stack.enter_context(Sandbox.open(None, seed))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line in this process on the workspace `root` (`tmp_path`), against the API at `url`."""

    def call(command: str, *args: str, url: str = "", root: Path = tmp_path) -> Ran:
        monkeypatch.setenv("CRIAENVIO_URL", url)
        monkeypatch.setenv("CRIAENVIO_CHAVE", KEY)
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                words = [*command.split(), "-C", str(root), *args]
                code = cli.main(words, prog_name="reconciler", standalone_mode=False)
            except click.UsageError as error:
                error.show()
                code = 64
        return _checked(Ran(int(code or 0), out.getvalue(), err.getvalue()))

    return call


@pytest.fixture
def spawn(tmp_path: Path) -> Run:
    """The same in a process of its own."""

    def call(command: str, *args: str, url: str = "") -> Ran:
        environment = {**os.environ, "CRIAENVIO_URL": url, "CRIAENVIO_CHAVE": KEY}
        words = [sys.executable, "-m", "reconciler", command, "-C", str(tmp_path), *args]
        ended = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)
        return _checked(Ran(ended.returncode, ended.stdout, ended.stderr))

    return call


def _checked(ran: Ran) -> Ran:
    """No output ever has the key or a traceback in it."""
    for text in (ran.out, ran.err):
        assert KEY not in text
        assert "Traceback" not in text
    return ran
