"""What a rehearsal showed, and what a plan was made against, on the page. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reconciler.engine.plan import Against, Plan
from reconciler.engine.proof import Proof, Verdict
from reconciler.report.frame import Frame
from reconciler.report.headline import plan_headline
from reconciler.report.html.element import Markup, code, el, prose
from reconciler.report.html.page import Chapter, Head, banner, item, laid_out, listed
from reconciler.report.html.trouble import findings
from reconciler.report.layout import Risk, Section
from reconciler.report.mask import Mask
from reconciler.report.proof_text import VERDICTS, facts
from reconciler.report.proof_text import offline as told_offline
from reconciler.report.view import View

_LOOKS = {Verdict.PROVED: "good", Verdict.NOT_PROVED: "bad", Verdict.NOT_REHEARSED: "bad"}


def proof(found: Proof | None, mask: Mask) -> Iterator[Chapter]:
    """The chapters of a rehearsal, if there was one."""
    if found is None:
        return
    degree = Risk.TROUBLE if found.faults else Risk.WARNINGS
    said = f"{VERDICTS[found.verdict]}."
    figures = Section(
        "figures of the rehearsal", _led(said, _LOOKS[found.verdict]), {degree: tuple(facts(found))}, _fact
    )
    yield Chapter("rehearsal", "Rehearsal", "", (figures,))
    yield findings("What did not hold", "", found.faults, mask, Risk.TROUBLE)
    yield findings("Not in the copy", "", found.notes, mask, Risk.WARNINGS)


def offline(found: Against | None) -> Iterator[Markup]:
    """What a plan was made against, if not the account."""
    if found is not None:
        yield banner("Offline", prose(f"{told_offline(found)}."))


def rehearsal_html(plan: Plan, view: View, frame: Frame) -> str:
    """The report of a rehearsal as one page: the plan in a line, and what it came to."""
    found = plan.proof or Proof()
    mask = Mask(plan, view, found.findings)
    head = Head("rehearsal", plan_headline(plan, view), plan.account)
    chapters = (
        *proof(found, mask),
        findings("Left alone on purpose", "", found.left, mask, Risk.WARNINGS),
        findings("Refused", "", plan.refusals, mask, Risk.REFUSED),
    )
    return laid_out(head, chapters, (el("p", "Digest ", code(plan.digest)),), view, frame.whole)


def _led(said: str, look: str) -> Callable[[str], str]:
    build = listed()
    return lambda body: el("div", banner("Rehearsed", prose(said), look), build(body))


def _fact(told: str) -> Markup:
    return item(prose(told))
