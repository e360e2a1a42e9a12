"""Runs one step of a benchmark in a process of its own; what such a step measures and says of itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def work(module: str, *words: str) -> dict[str, Any]:
    """What the worker of a benchmark's `module` prints of itself when it is given these words."""
    command = [sys.executable, "-m", module, "--worker", *words]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    if ran.returncode:
        say(ran.stderr)
        ran.check_returncode()
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def memory(name: str = "VmHWM") -> float:
    """This process's memory in MiB, at its peak or now (VmRSS).

    Not by `getrusage`, which begins with the peak of the process that started this one.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition(f"{name}:")[2].split()[0]) / 1024


def say(text: str) -> None:
    """Print it, at once."""
    sys.stdout.write(text)
    sys.stdout.flush()
