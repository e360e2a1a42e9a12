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

KEYS = {"CRIAENVIO_CHAVE": KEY, "OGMMA_API_KEY": "oapi_sk_test_0001", "MINDO_API_KEY": "mindo_0001"}
"""The key of each vendor, by the variable that tests name for it."""

OpenAccount = Callable[..., Sandbox]


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
    """Opens a simulated account from a seed (and a `key`), as often as wanted; all are closed after the test."""
    with ExitStack() as stack:

        def opened(seed: Mapping[str, Any], key: Mapping[str, str] | None = None) -> Sandbox:
            return stack.enter_context(Sandbox.open(None, seed, key=key))

        yield opened


def environment(url: str) -> dict[str, str]:
    """The variables for an account whose every vendor stands on the server of `url`, Criaenvio's address."""
    server = url.removesuffix("/v1")
    others = {"OGMMA_URL": f"{server}/ogmma/v1", "MINDO_URL": f"{server}/mindo"} if url else {}
    return {"CRIAENVIO_URL": url, **others, **KEYS}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line in this process on the workspace `root` (`tmp_path`), against the API at `url`."""

    def call(command: str, *args: str, url: str = "", root: Path = tmp_path) -> Ran:
        for name, value in environment(url).items():
            monkeypatch.setenv(name, value)
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
        words = [sys.executable, "-m", "reconciler", command, "-C", str(tmp_path), *args]
        variables = {**os.environ, **environment(url)}
        ended = subprocess.run(words, env=variables, capture_output=True, text=True, timeout=60, check=False)
        return _checked(Ran(ended.returncode, ended.stdout, ended.stderr))

    return call


def _checked(ran: Ran) -> Ran:
    """No output ever has a key or a traceback in it."""
    for text in (ran.out, ran.err):
        assert not [key for key in KEYS.values() if key in text]
        assert "Traceback" not in text
    return ran
