"""Rehearsals, and plans against a snapshot, as people read them: `REGENERATE=1` writes the files in golden/ anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import jsonschema
import pytest

from reconciler.engine.model import Address, Finding, Severity
from reconciler.engine.plan import Against, Plan
from reconciler.engine.proof import Proof, Verdict
from reconciler.report import (
    Frame,
    View,
    plan_document,
    plan_markdown,
    plan_text,
    rehearsal_document,
    rehearsal_markdown,
    rehearsal_text,
    schemas,
)
from tests.report import everything
from tests.report.test_golden import held

FRAME = Frame(command="reconciler apply --digest DIGEST", whole="reconciler plan")
FAULTS = (
    Finding(
        Severity.ERROR,
        "failed",
        "schedule failed",
        "the account shows another data_de_inicio",
        address=Address("envio", "natal"),
    ),
    Finding(
        Severity.ERROR, "not-converged", "planned again, it would still schedule", address=Address("envio", "natal")
    ),
    Finding(
        Severity.ERROR,
        "failed",
        "create failed",
        "maria@exemplo.com.br is refused",
        address=Address("contato", "maria@exemplo.com.br"),
    ),
)
WAITS = (Finding(Severity.WARNING, "waiting", "waits for a check", "not yet", address=Address("envio", "promo")),)
FIGURES = {"changes": 812, "predicted": 829, "calls": 829, "sends": 6, "messages": 18_402, "compared": 51_314}
PROOFS: Mapping[str, Proof] = {
    "proved": Proof(left=WAITS, **FIGURES),
    "not-proved": Proof(FAULTS, WAITS, **{**FIGURES, "calls": 840, "sends": 5}, differences=1),
    "refused": Proof(rehearsed=False),
}


@pytest.mark.parametrize("name", PROOFS)
def test_a_rehearsal_reads_as_agreed(name: str, plans: Mapping[str, Plan], view: View) -> None:
    """The report of `rehearse`, in text and in Markdown, is the one that was read and agreed upon."""
    base = plans["refused" if name == "refused" else "season"]
    plan = replace(base, proof=PROOFS[name])
    held(f"rehearsal-{name}.txt", rehearsal_text(plan, view).replace(plan.digest, "DIGEST"))
    held(f"rehearsal-{name}.md", rehearsal_markdown(plan, view, FRAME).replace(plan.digest, "DIGEST"))
    document = rehearsal_document(plan, view)
    jsonschema.validate(document, schemas()["rehearsal.schema.json"])
    assert "maria@" not in str(document)


def test_a_plan_with_its_proof_reads_as_agreed(plans: Mapping[str, Plan], view: View) -> None:
    """The proof stands where a reader of the plan looks for trouble, and before its digest."""
    plan = replace(plans["empty"], proof=PROOFS["proved"])
    held("plan-proved.txt", plan_text(plan, view, command="reconciler apply"))
    held("plan-proved.md", plan_markdown(plan, view, FRAME))


def test_a_plan_against_a_snapshot_reads_as_agreed(plans: Mapping[str, Plan], view: View) -> None:
    """It says what it was made against, and offers nothing to apply."""
    against = Against("sha256:0123", datetime(2026, 11, 22, 14, 15, tzinfo=UTC), people=False)
    for name in ("letting-go", "empty"):
        plan = replace(plans[name], against=against)
        text = plan_text(plan, view, command="reconciler apply")
        markdown = plan_markdown(plan, view, FRAME)
        held(f"plan-against-{name}.txt", text)
        held(f"plan-against-{name}.md", markdown)
        assert "reconciler apply" not in text + markdown
        jsonschema.validate(plan_document(plan, view), schemas()["plan.schema.json"])


def test_a_proof_is_no_part_of_the_digest_and_a_snapshot_is(plans: Mapping[str, Plan]) -> None:
    """A rehearsal changes nothing of what is approved; a plan against a snapshot is another plan."""
    plan = plans["season"]
    one, other = (Against(sum_, everything.START, people=True) for sum_ in ("sha256:1", "sha256:2"))
    assert replace(plan, proof=PROOFS["not-proved"]).digest == plan.digest
    assert len({plan.digest, replace(plan, against=one).digest, replace(plan, against=other).digest}) == 3


def test_verdicts() -> None:
    """A fault decides, and what was left alone on purpose is none."""
    assert [proof.verdict for proof in PROOFS.values()] == [*Verdict]
