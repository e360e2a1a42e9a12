"""What a rehearsal showed, and what a plan against a snapshot is, in a report's text. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reconciler.engine.plan import Against, Plan
from reconciler.engine.proof import Proof, Verdict
from reconciler.report.headline import plan_headline
from reconciler.report.lines import Line, Span, Style, labelled, line, rendered, title
from reconciler.report.mask import Mask
from reconciler.report.trouble_text import findings
from reconciler.report.view import View
from reconciler.report.words import count, moment, number

VERDICTS = {
    Verdict.PROVED: "proved on a copy of the account, in memory",
    Verdict.NOT_PROVED: "not proved: on a copy of the account it does not come to what it says",
    Verdict.NOT_REHEARSED: "not rehearsed: a guard refuses the plan, and apply would stop before any call",
}
"""What each verdict says."""


def proof(found: Proof | None, mask: Mask) -> Iterator[Line]:
    """What a rehearsal showed, if there was one."""
    if found is None:
        return
    yield from title("Rehearsal", VERDICTS[found.verdict])
    for told in facts(found):
        yield line("  ", told)
    yield from findings("What did not hold", "", found.faults, mask)
    yield from findings("Not in the copy", "", found.notes, mask)


def facts(found: Proof) -> Iterator[str]:
    """A rehearsal in figures, each as a sentence; none of one that did not take place."""
    if not found.rehearsed:
        return
    wrong = {fault.rule for fault in found.faults}
    same = "as predicted" if found.calls == found.predicted else f"{number(found.predicted)} were predicted"
    yield f"{count(found.changes, 'change')}, {count(found.calls, 'call')}, {same}"
    if found.differences:
        yield f"planned again: {count(found.differences, 'change')} still to be made"
    else:
        yield "planned again: nothing to do"
    if found.sends:
        once = "" if "mailed-twice" in wrong else ", nobody twice"
        mails = count(found.messages, "e-mail")
        yield f"{count(found.sends, 'send')} went out when the time came, as {mails}{once}"
    untouched = "some were touched" if "touched" in wrong else "untouched"
    yield f"{count(found.compared, 'other object')} compared before and after: {untouched}"
    if found.left:
        kinds = Counter(item.rule for item in found.left)
        yield f"left alone on purpose: {', '.join(f'{number(times)} {rule}' for rule, times in sorted(kinds.items()))}"


def against(found: Against | None) -> Iterator[Line]:
    """What a plan was made against, if not the account."""
    if found is not None:
        yield labelled("offline", offline(found), indent=0, column=8)


def offline(found: Against) -> str:
    """What a plan was made against, as a sentence."""
    people = "" if found.people else ", contacts not compared"
    return f"made against a snapshot of {moment(found.observed)}{people}; for reading, not for apply"


def rehearsal_text(plan: Plan, view: View) -> str:
    """The report of a rehearsal: the plan in a line, and what it came to."""
    return rendered(_lines(plan, view), view)


def _lines(plan: Plan, view: View) -> Iterator[Line]:
    found = plan.proof or Proof()
    mask = Mask(plan, view, found.findings)
    yield line(Span(plan_headline(plan, view), Style.STRONG))
    yield line(f"account {plan.account}")
    yield from proof(found, mask)
    yield from findings("Left alone on purpose", "", found.left, mask)
    yield from findings("Refused", "", plan.refusals, mask)
    yield ()
    yield labelled("digest", plan.digest, indent=0, column=8)
