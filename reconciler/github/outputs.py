"""Outputs of a step, for the file of GITHUB_OUTPUT. Pure, but for the delimiter that is passed in.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands#multiline-strings: whatever a value
holds, it ends where its delimiter stands alone on a line, so that nobody may know the delimiter before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reconciler.github.report import Report
from reconciler.report.words import shortened

_REASON = 500


def of_report(report: Report, plan_path: str, report_path: str) -> Mapping[str, str]:
    """What the action puts out of a run: numbers as digits, nothing as an empty text."""
    figures = report.figures
    return {
        "changes": str(figures.changes),
        "digest": report.digest,
        "creates": str(figures.creates),
        "updates": str(figures.updates),
        "deactivations": str(figures.deactivations),
        "sends": str(figures.sends),
        "recipients": str(figures.recipients),
        "failure_reason": shortened(report.failure, _REASON),
        "plan_path": plan_path,
        "report_path": report_path,
    }


def encoded(values: Mapping[str, str], delimiter: Callable[[], str]) -> str:
    """The text to add to the file: each value between two lines of a `delimiter` of its own."""
    parts = []
    for name, value in values.items():
        mark = f"reconciler_{delimiter()}"
        parts.append(f"{name}<<{mark}\n{value}\n{mark}\n")
    return "".join(parts)
