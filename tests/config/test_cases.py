"""Workspaces as data: what stands in them, and every finding that loading them gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler.engine.model import Finding

CASES = Path(__file__).parent / "cases"


def cases() -> Iterator[Any]:
    """Every case of the folder."""
    for file in sorted(CASES.glob("*.yaml")):
        for case in yaml.safe_load(file.read_text(encoding="utf-8")):
            yield pytest.param(case, id=f"{file.stem}: {case['law']}")


@pytest.mark.parametrize("case", list(cases()))
def test_every_finding_of_a_workspace_is_reported_at_its_place(
    case: dict[str, Any], findings: Callable[[dict[str, str]], tuple[Finding, ...]]
) -> None:
    """One run reports all that is wrong, and nothing else, sorted by place; each with the line and something to do."""
    found = findings(case["files"])
    assert [f"{finding.place} {finding.rule}" for finding in found] == case["findings"]
    told = "\n".join(f"{finding.summary}\n{finding.reason}\n{finding.remedy}" for finding in found)
    for words in case.get("says", ()):
        assert words in told
    for finding in found:
        assert finding.place is not None
        assert finding.remedy
        lines = case["files"].get(finding.place.file, "").split("\n")
        assert finding.excerpt == lines[finding.place.line - 1]
        assert finding.place.column <= len(finding.excerpt or "") + 1
        assert "pydantic" not in told
