"""What surrounds a run does not lead calls, the key or reports elsewhere."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.sandbox import Sandbox
from tests.e2e.conftest import KEY, Run
from tests.e2e.workspace import LISTS, SEED, write

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@pytest.fixture
def stranger() -> Iterator[socket.socket]:
    """A listening socket that nobody should ever connect to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)  # noqa: FBT003 - its own name
        yield server


def test_no_proxy_is_taken_from_the_environment(
    tmp_path: Path, run: Run, stranger: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables that name a proxy do not bring the key, which stands in each address, to whoever set them."""
    for name in PROXIES:
        monkeypatch.setenv(name, f"http://127.0.0.1:{stranger.getsockname()[1]}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
    write(tmp_path, LISTS)
    with Sandbox.open(None, SEED, key=KEY) as sandbox:
        assert run("apply", "--yes", url=sandbox.url).code == 0
        assert sandbox.history.requests()
    with pytest.raises(BlockingIOError):
        stranger.accept()


@pytest.mark.parametrize("closed", ["1", "2", "0 1 2"])
def test_streams_that_are_closed(tmp_path: Path, closed: str) -> None:
    """Who closes a stream is told nothing there; the run is as it is otherwise, and no file is taken for the stream."""
    write(tmp_path, LISTS)
    report = tmp_path / "report.json"
    shut = "; ".join(f"os.close({number})" for number in closed.split())
    words = ["validate", "-C", str(tmp_path), "--report", str(report)]
    program = f"import os, sys; {shut}; os.execv(sys.executable, [sys.executable, '-m', 'reconciler', *{words!r}])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=False)
    assert ran.returncode == 0
    assert b"Traceback" not in ran.stdout + ran.stderr
    assert json.loads(report.read_text("utf-8"))["valid"]
