"""What a rehearsal showed, and what a plan was made against, as JSON values. Pure."""

from __future__ import annotations

from typing import Any

from reconciler.engine.plan import Against
from reconciler.engine.proof import Proof
from reconciler.report.findings_document import findings_of
from reconciler.report.mask import Mask


def proof_of(found: Proof | None, mask: Mask) -> dict[str, Any] | None:
    """What a rehearsal showed; None if there was none."""
    if found is None:
        return None
    return {
        "verdict": str(found.verdict),
        "faults": findings_of(found.faults, mask),
        "left": findings_of(found.left, mask),
        "notes": findings_of(found.notes, mask),
        "changes": found.changes,
        "predicted_calls": found.predicted,
        "calls": found.calls,
        "differences": found.differences,
        "sends": found.sends,
        "messages": found.messages,
        "compared": found.compared,
    }


def against_of(found: Against | None) -> dict[str, Any] | None:
    """The snapshot that stood for the account; None if that itself was read."""
    if found is None:
        return None
    return {"snapshot": found.sum, "observed": found.observed.isoformat(timespec="seconds"), "contacts": found.people}
