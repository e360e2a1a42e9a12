"""What a run has to report, in whichever format it is asked for: one value, told as often as there are readers. Pure.

Formats are called as `--format` calls them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Protocol

from reconciler.engine.plan import Plan
from reconciler.engine.result import Exit, Result
from reconciler.report.differences import Dispute, differences_document, differences_text
from reconciler.report.document import Sheet, plan_document, rehearsal_document, result_document
from reconciler.report.frame import Frame
from reconciler.report.html import differences_html, plan_html, rehearsal_html, result_html, trouble_html
from reconciler.report.json_form import json_text
from reconciler.report.markdown import (
    differences_markdown,
    plan_markdown,
    rehearsal_markdown,
    result_markdown,
    trouble_markdown,
)
from reconciler.report.plan_text import plan_text
from reconciler.report.proof_text import rehearsal_text
from reconciler.report.result_text import result_text
from reconciler.report.trouble import Trouble, trouble_document, trouble_text, validation_document
from reconciler.report.view import Ending, View

TEXT: Final = "text"
JSON: Final = "json"
MARKDOWN: Final = "markdown"
HTML: Final = "html"


class Report(Protocol):
    """Something that a run reports."""

    def told(self, style: str, *, color: bool = False) -> str:
        """It in a format; `color` allows colours in text."""

    def ended(self, ending: Ending) -> Report:
        """The same of a run that ended so, after all."""


@dataclass(frozen=True, slots=True)
class PlanReport:
    """A plan; its changes of contacts may stand `apart`."""

    plan: Plan
    view: View
    frame: Frame
    apart: Sheet | None = None

    def told(self, style: str, *, color: bool = False) -> str:
        """The plan in a format."""
        if style == JSON:
            return json_text(plan_document(self.plan, self.view, self.apart))
        if style == MARKDOWN:
            return plan_markdown(self.plan, self.view, self.frame)
        if style == HTML:
            return plan_html(self.plan, self.view, self.frame)
        return plan_text(self.plan, replace(self.view, color=color), command=self.frame.command)

    def ended(self, ending: Ending) -> PlanReport:
        """The plan of a run that ended so, and made nothing of it."""
        return replace(self, view=replace(self.view, ended=ending))


@dataclass(frozen=True, slots=True)
class RehearsalReport:
    """What a rehearsal of a plan showed."""

    plan: Plan
    view: View
    frame: Frame

    def told(self, style: str, *, color: bool = False) -> str:
        """The rehearsal in a format."""
        if style == JSON:
            return json_text(rehearsal_document(self.plan, self.view))
        if style == MARKDOWN:
            return rehearsal_markdown(self.plan, self.view, self.frame)
        if style == HTML:
            return rehearsal_html(self.plan, self.view, self.frame)
        return rehearsal_text(self.plan, replace(self.view, color=color))

    def ended(self, _: Ending) -> RehearsalReport:
        """The same: there was nothing to be done."""
        return self


@dataclass(frozen=True, slots=True)
class ResultReport:
    """What came of an apply; what came of its changes of contacts may stand `apart`."""

    result: Result
    view: View
    frame: Frame
    apart: Sheet | None = None

    def told(self, style: str, *, color: bool = False) -> str:
        """The result in a format."""
        if style == JSON:
            return json_text(result_document(self.result, self.view, self.apart))
        if style == MARKDOWN:
            return result_markdown(self.result, self.view, self.frame)
        if style == HTML:
            return result_html(self.result, self.view, self.frame)
        return result_text(self.result, replace(self.view, color=color), command=self.frame.command)

    def ended(self, ending: Ending) -> ResultReport:
        """The result of a run that did not end with it: what it could not do beside its changes is told as well."""
        return replace(self, result=replace(self.result, ended=self.result.ended or ending))


@dataclass(frozen=True, slots=True)
class DifferencesReport:
    """How the plan differs from the one that was reviewed."""

    dispute: Dispute
    view: View
    frame: Frame

    def told(self, style: str, *, color: bool = False) -> str:
        """The differences in a format."""
        if style == JSON:
            return json_text(differences_document(self.dispute))
        if style == MARKDOWN:
            return differences_markdown(self.dispute, self.view, self.frame)
        if style == HTML:
            return differences_html(self.dispute, self.view, self.frame)
        return differences_text(self.dispute, replace(self.view, color=color))

    def ended(self, _: Ending) -> DifferencesReport:
        """The same: nothing was called, and nothing else was to be done."""
        return self


@dataclass(frozen=True, slots=True)
class TroubleReport:
    """How a run ended that has no plan to show."""

    trouble: Trouble
    view: View
    frame: Frame

    def told(self, style: str, *, color: bool = False) -> str:
        """The trouble in a format."""
        if style == JSON:
            return json_text(trouble_document(self.trouble, self.view))
        if style == MARKDOWN:
            return trouble_markdown(self.trouble, self.view, self.frame)
        if style == HTML:
            return trouble_html(self.trouble, self.view, self.frame)
        return trouble_text(self.trouble, replace(self.view, color=color))

    def ended(self, _: Ending) -> TroubleReport:
        """The same: it has ended."""
        return self


@dataclass(frozen=True, slots=True)
class ValidationReport(TroubleReport):
    """What validating found, which may be nothing."""

    def told(self, style: str, *, color: bool = False) -> str:
        """What was found in a format."""
        if style == JSON:
            return json_text(validation_document(self.trouble, self.view))
        return TroubleReport.told(self, style, color=color)

    def ended(self, ending: Ending) -> TroubleReport:
        """A run that found nothing wrong, and could not say so."""
        if self.trouble.exit is not Exit.OK:
            return self
        trouble = replace(self.trouble, exit=ending.exit, message=ending.reason)
        return TroubleReport(trouble, self.view, self.frame)
