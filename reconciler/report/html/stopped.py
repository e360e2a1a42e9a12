"""A run that ended before there was a plan, or what validating found, as one HTML page. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.engine.result import Exit
from reconciler.report.frame import Frame
from reconciler.report.html.element import Markup, prose
from reconciler.report.html.page import Head, banner, laid_out
from reconciler.report.html.trouble import findings
from reconciler.report.layout import Risk
from reconciler.report.mask import Mask
from reconciler.report.outcomes import VERDICTS
from reconciler.report.trouble import Trouble, headline, mask_of, shown
from reconciler.report.view import View


def trouble_html(trouble: Trouble, view: View, frame: Frame) -> str:
    """`trouble` for those who wait for the run, on one page."""
    mask = mask_of(trouble, view)
    head = Head("run", headline(trouble), trouble.account, tuple(_top(trouble, mask)))
    chapter = findings("Findings", "", shown(trouble.findings, mask, view), mask, Risk.REFUSED)
    return laid_out(head, (chapter,), (), view, frame.whole)


def _top(trouble: Trouble, mask: Mask) -> Iterator[Markup]:
    look = "" if trouble.exit in (Exit.OK, Exit.LATER) else "bad"
    yield banner(f"Exit code {int(trouble.exit)}: {VERDICTS[trouble.exit]}", prose(mask.text(trouble.word)), look)
