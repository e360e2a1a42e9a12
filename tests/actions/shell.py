"""Scripts as a runner runs them: by bash, in a process group of their own, with nothing of the test's environment."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.actions.commands import Log

_SHELLS: Final = {
    None: ("bash", "-e"),
    "bash": ("bash", "--noprofile", "--norc", "-eo", "pipefail"),
}
"""https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell"""
_MACHINE_LOST: Final = -1


@dataclass(frozen=True, slots=True)
class Interruption:
    """Something that befalls the step of this name as soon as `when` holds: its signal, to the step or the machine.

    SIGKILL takes the whole machine: every process of the step dies, and no step follows. SIGINT is how GitHub begins to
    cancel: it goes to the step's own process only.
    """

    step: str
    when: Callable[[], bool]
    signal: int


@dataclass(frozen=True, slots=True)
class Script:
    """One `run`: its text, its shell, where, and with which variables."""

    text: str
    shell: str | None
    folder: Path
    environment: Mapping[str, str]
    file: Path

    def run(self, log: Log, interruption: Interruption | None = None) -> int:
        """Its exit code, below zero if the machine was lost."""
        self.file.write_text(self.text, encoding="utf-8")
        with subprocess.Popen(
            [*_SHELLS[self.shell], str(self.file)],
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            encoding="utf-8",
            errors="replace",
        ) as process:
            over = threading.Event()
            watch = threading.Thread(target=_watch, args=(process, interruption, over), daemon=True)
            watch.start()
            for line in process.stdout or ():
                log.take(line.rstrip("\n"))
            code = process.wait()
            over.set()
            watch.join()
        return _MACHINE_LOST if code == -signal.SIGKILL else code


def _watch(process: subprocess.Popen[str], interruption: Interruption | None, over: threading.Event) -> None:
    while interruption is not None and not over.wait(0.01):
        if interruption.when():
            if interruption.signal == signal.SIGKILL:
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.send_signal(interruption.signal)
            return
