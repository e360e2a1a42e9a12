"""Plans and results as text, Markdown and HTML, for people, and as JSON, for programs. Pure: values in, strings out."""

from reconciler.report.differences import Dispute, differences_document, differences_text
from reconciler.report.document import (
    Sheet,
    plan_document,
    plan_lines,
    rehearsal_document,
    result_document,
    result_lines,
)
from reconciler.report.frame import Frame
from reconciler.report.html import differences_html, plan_html, rehearsal_html, result_html, trouble_html
from reconciler.report.json_form import json_line, json_text, matrix_line
from reconciler.report.ledger_text import lease_document, ledger_document, ledger_text
from reconciler.report.markdown import (
    differences_markdown,
    plan_markdown,
    rehearsal_markdown,
    result_markdown,
    trouble_markdown,
)
from reconciler.report.outline import Outliner
from reconciler.report.plan_text import plan_text
from reconciler.report.proof_text import rehearsal_text
from reconciler.report.reports import (
    DifferencesReport,
    PlanReport,
    RehearsalReport,
    Report,
    ResultReport,
    TroubleReport,
    ValidationReport,
)
from reconciler.report.resolution_text import resolution_document, resolution_text
from reconciler.report.result_text import result_text
from reconciler.report.saved import SavedFile
from reconciler.report.saved import dump as dump_saved
from reconciler.report.saved import load as load_saved
from reconciler.report.schemas import schemas
from reconciler.report.status_changes import changes
from reconciler.report.status_document import status_document
from reconciler.report.status_text import status_text
from reconciler.report.stop_text import stop_document, stop_text
from reconciler.report.trouble import Trouble, trouble_document, trouble_text, validation_document
from reconciler.report.view import Ending, View

__all__ = [
    "DifferencesReport",
    "Dispute",
    "Ending",
    "Frame",
    "Outliner",
    "PlanReport",
    "RehearsalReport",
    "Report",
    "ResultReport",
    "SavedFile",
    "Sheet",
    "Trouble",
    "TroubleReport",
    "ValidationReport",
    "View",
    "changes",
    "differences_document",
    "differences_html",
    "differences_markdown",
    "differences_text",
    "dump_saved",
    "json_line",
    "json_text",
    "lease_document",
    "ledger_document",
    "ledger_text",
    "load_saved",
    "matrix_line",
    "plan_document",
    "plan_html",
    "plan_lines",
    "plan_markdown",
    "plan_text",
    "rehearsal_document",
    "rehearsal_html",
    "rehearsal_markdown",
    "rehearsal_text",
    "resolution_document",
    "resolution_text",
    "result_document",
    "result_html",
    "result_lines",
    "result_markdown",
    "result_text",
    "schemas",
    "status_document",
    "status_text",
    "stop_document",
    "stop_text",
    "trouble_document",
    "trouble_html",
    "trouble_markdown",
    "trouble_text",
    "validation_document",
]
