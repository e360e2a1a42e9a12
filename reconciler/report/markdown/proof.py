"""What a rehearsal showed, in Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.engine.plan import Plan
from reconciler.engine.proof import Proof, Verdict
from reconciler.report.frame import Frame
from reconciler.report.headline import plan_headline
from reconciler.report.layout import Risk, Section
from reconciler.report.markdown.escape import code, prose
from reconciler.report.markdown.page import laid_out, listed
from reconciler.report.markdown.trouble import findings
from reconciler.report.mask import Mask
from reconciler.report.proof_text import VERDICTS, facts
from reconciler.report.view import View

_MARKS = {Verdict.PROVED: "✅", Verdict.NOT_PROVED: "❌", Verdict.NOT_REHEARSED: "⛔"}


def proof(found: Proof | None, mask: Mask) -> Iterator[Section]:
    """The sections of a rehearsal, if there was one."""
    if found is None:
        return
    heading = f"### Rehearsal\n\n{_MARKS[found.verdict]} {prose(VERDICTS[found.verdict])}."
    degree = Risk.TROUBLE if found.faults else Risk.WARNINGS
    yield Section("figures of the rehearsal", listed(heading), {degree: tuple(facts(found))}, _fact)
    yield from findings("What did not hold", "", found.faults, mask, Risk.TROUBLE)
    yield from findings("Not in the copy", "", found.notes, mask, Risk.WARNINGS)


def rehearsal_markdown(plan: Plan, view: View, frame: Frame) -> str:
    """The report of a rehearsal: the plan in a line, and what it came to, in at most `frame.budget` characters."""
    found = plan.proof or Proof()
    mask = Mask(plan, view, found.findings)
    commit = f" (commit {code(view.commit)})" if view.commit else ""
    top = [f"## {prose(plan_headline(plan, view))}", f"Account {code(plan.account)}{commit}."]
    sections = (
        *proof(found, mask),
        *findings("Left alone on purpose", "", found.left, mask, Risk.WARNINGS),
        *findings("Refused", "", plan.refusals, mask, Risk.REFUSED),
    )
    return laid_out(top, sections, (f"**Digest** {code(plan.digest)}",), frame)


def _fact(told: str) -> str:
    return f"- {prose(told)}"
