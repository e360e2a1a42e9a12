"""Why a snapshot cannot be used, in words."""

from __future__ import annotations

from reconciler.engine.model import Finding, Severity
from reconciler.engine.result import Exit


class SnapshotError(Exception):
    """A snapshot that cannot be used; `finding` says why and what to do, `exit` which code that deserves."""

    def __init__(self, finding: Finding, code: Exit = Exit.INVALID) -> None:
        super().__init__(finding.summary)
        self.finding = finding
        self.exit = code


def unusable(name: str, what: str, reason: str, code: Exit = Exit.INVALID) -> SnapshotError:
    """Why a snapshot cannot be used."""
    remedy = "Take it anew: `reconciler snapshot --out FILE`."
    return SnapshotError(Finding(Severity.ERROR, "snapshot", f"{name}: {what}", reason, remedy), code)
