"""A few races on every store; `python -m tests.races --rounds 200` holds all of them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.races.place import PLACES

_ROUNDS = {"arquivo": 10, "git": 5, "objeto": 5}


@pytest.mark.parametrize("store", PLACES)
def test_of_two_applies_at_once_one_does_it(store: str) -> None:
    """One makes every change; the other waits for it, or ends with 75 and says who is at work: every effect once."""
    words = [sys.executable, "-m", "tests.races", "--rounds", str(_ROUNDS[store]), "--store", store]
    root = Path(__file__).parents[2]
    ended = subprocess.run(words, cwd=root, capture_output=True, text=True, timeout=110, check=False)
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    assert f"| {store} | {_ROUNDS[store]} |" in ended.stdout
