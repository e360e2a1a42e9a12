"""Reports as people read them, whole: `REGENERATE=1 python -m pytest tests/report/test_golden.py` writes them anew.

Read the difference (`git diff tests/report/golden`) as a marketer would before it is committed.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.engine.plan import Plan
from reconciler.engine.result import Result
from reconciler.report import View, plan_text, result_text

GOLDEN = Path(__file__).parent / "golden"


def held(name: str, text: str) -> None:
    """Compare with, or when asked write, the golden file."""
    path = GOLDEN / name
    if os.environ.get("REGENERATE"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["season", "refused", "letting-go", "channels", "empty"])
def test_plan_reads_as_agreed(name: str, plans: Mapping[str, Plan], view: View) -> None:
    """A typical plan's text is the one that was read and agreed upon."""
    plan = plans[name]
    text = plan_text(plan, view, command=f"reconciler apply --digest {plan.digest}")
    held(f"plan-{name}.txt", text.replace(plan.digest, "DIGEST"))


def test_plan_with_contacts_reads_as_agreed(plans: Mapping[str, Plan], view: View) -> None:
    """With contacts shown, each is listed with all that changes."""
    plan = plans["few-people"]
    text = plan_text(plan, replace(view, show_contacts=True), command="reconciler apply")
    held("plan-few-people-shown.txt", text.replace(plan.digest, "DIGEST"))


@pytest.mark.parametrize("name", ["finished", "troubled", "stopped", "nothing", "waiting"])
def test_result_reads_as_agreed(name: str, results: Mapping[str, Result], view: View) -> None:
    """A typical result's text is the one that was read and agreed upon."""
    held(f"result-{name}.txt", result_text(results[name], view, command="reconciler apply --account principal"))
