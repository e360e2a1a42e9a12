"""Findings as JSON values. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reconciler.engine.model import Finding
from reconciler.report.mask import Mask


def findings_of(found: Iterable[Finding], mask: Mask) -> list[dict[str, Any]]:
    """Findings with their wording masked."""
    return [_finding(mask.finding(finding), mask) for finding in found]


def _finding(told: Finding, mask: Mask) -> dict[str, Any]:
    return {
        "severity": str(told.severity),
        "rule": told.rule,
        "summary": told.summary,
        "reason": told.reason,
        "remedy": told.remedy,
        "address": mask.alias(told.address) if told.address and told.address.key else None,
        "field": told.field,
        "value": told.value,
        "place": None if told.place is None else str(told.place),
    }
