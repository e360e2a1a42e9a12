"""Runs one step of a benchmark in a process of its own, and reads what it says it took."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def work(step: str, root: Path, url: str, *, module: str) -> dict[str, Any]:
    """What the worker `step` of a benchmark's `module` measured of itself."""
    words = [sys.executable, "-m", module, "--worker", step, str(root), url]
    ran = subprocess.run(words, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    if ran.returncode:
        sys.stderr.write(ran.stderr)
        ran.check_returncode()
    found: dict[str, Any] = json.loads(ran.stdout)
    return found
