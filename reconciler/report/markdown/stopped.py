"""A run that ended before there was a plan, or what validating found, as Markdown. Pure."""

from __future__ import annotations

from reconciler.report.frame import Frame
from reconciler.report.layout import Risk
from reconciler.report.markdown.escape import code, prose
from reconciler.report.markdown.page import laid_out
from reconciler.report.markdown.trouble import findings
from reconciler.report.outcomes import VERDICTS
from reconciler.report.trouble import Trouble, headline, mask_of, shown
from reconciler.report.view import View


def trouble_markdown(trouble: Trouble, view: View, frame: Frame) -> str:
    """`trouble` for a comment or a job's summary, in at most `frame.budget` characters."""
    mask = mask_of(trouble, view)
    account = f"Account {code(trouble.account)}" if trouble.account else ""
    commit = f"commit {code(view.commit)}" if view.commit else ""
    about = f"{account} ({commit})" if account and commit else account or commit.capitalize()
    top = [f"## {prose(headline(trouble))}"]
    told = f"Exit code {int(trouble.exit)}: {VERDICTS[trouble.exit]}."
    top.append(f"{about}. {told}" if about else told)
    if trouble.word:
        top.append(prose(mask.text(trouble.word)))
    sections = findings("Findings", "", shown(trouble.findings, mask, view), mask, Risk.REFUSED)
    return laid_out(top, tuple(sections), (), frame)
