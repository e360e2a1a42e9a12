"""How tests save plans and apply them."""

from __future__ import annotations

from pathlib import Path

from reconciler.sandbox import Sandbox
from tests.e2e.conftest import Ran, Run


def saved(run: Run, root: Path, sandbox: Sandbox, name: str = "plan.json") -> Path:
    """Plan, and keep the plan."""
    file = root / name
    ran = run("plan", "--save", str(file), url=sandbox.url, root=root)
    assert ran.code == 0, ran.err
    assert f"{name}: the plan is saved" in ran.err
    return file


def applied(run: Run, file: Path, sandbox: Sandbox, *words: str) -> Ran:
    """Apply what was saved."""
    return run("apply", "--plan", str(file), *words, url=sandbox.url, root=file.parent)
