"""Real processes without what a start costs: forked from one that has imported everything and runs no thread."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path

from tests.crash.steps import Death, Recorder

KEY = "chave-de-teste"
_LONGEST = 120
"""Seconds after which a run is taken for hung, and ended."""
_NEEDED = (
    "reconciler.cli.main",
    "reconciler.cli.plan",
    "reconciler.cli.apply",
    "reconciler.cli.ledger",
    "reconciler.cli.resolve",
    "reconciler.cli.opening",
    "reconciler.cli.showing",
    "reconciler.cli.keeping",
    "reconciler.app",
    "reconciler.report",
    "reconciler.sandbox",
    "reconciler.transport",
)


def warm() -> None:
    """Import what the commands import, so that no child has to."""
    for name in _NEEDED:
        import_module(name)


@dataclass(frozen=True, slots=True)
class Order:
    """One run of the command line: its words, the API's address, where output and trace go, and when it is to die."""

    words: tuple[str, ...]
    api: str
    root: Path
    output: Path
    trace: Path | None = None
    death: Death | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: by its exit code, or by a signal (0: none)."""

    code: int
    signal: int


class Nursery:
    """Starts runs, one at a time. Made before its process has any thread; it ends with it."""

    def __init__(self) -> None:
        """Fork the process from which runs are forked."""
        mine, theirs = Pipe()
        if os.fork() == 0:
            mine.close()
            _serve(theirs)
        theirs.close()
        self._pipe = mine

    def run(self, order: Order) -> Ended:
        """Run the command line in a process of its own, and wait for its end."""
        self._pipe.send(order)
        status = self._pipe.recv()
        if os.WIFSIGNALED(status):
            return Ended(-1, os.WTERMSIG(status))
        return Ended(os.WEXITSTATUS(status), 0)


def _serve(pipe: Connection) -> None:
    """Fork a child for every order, until nobody is left who could give one."""
    try:
        while True:
            order = pipe.recv()
            child = os.fork()
            if child == 0:
                _live(order)
            pipe.send(os.waitpid(child, 0)[1])
    except (EOFError, OSError):
        os._exit(0)


def _live(order: Order) -> None:
    """The child: be the program, as its entry point starts it, and end with its code."""
    code = 70
    try:
        signal.alarm(_LONGEST)
        _stand_alone(order.output)
        os.environ.update(CRIAENVIO_URL=order.api, CRIAENVIO_CHAVE=KEY)
        sys.argv = ["reconciler", *order.words]
        if order.trace is not None:
            Recorder(order.root, order.trace, order.death).install()
        code = _main()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _main() -> int:
    from reconciler.cli.main import main  # noqa: PLC0415 - imported by `warm` already

    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)


def _stand_alone(output: Path) -> None:
    """Read from nowhere; write data to `output`, and what is said beside it to `output`.err."""
    for number, path, flags in (
        (0, Path(os.devnull), os.O_RDONLY),
        (1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (2, output.with_suffix(".err"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        handle = os.open(path, flags, 0o600)
        os.dup2(handle, number)
        os.close(handle)


def words(command: str, root: Path, options: Sequence[str]) -> tuple[str, ...]:
    """What stands on the command line."""
    return (*command.split(), "-C", str(root), "--format", "json", *options)
