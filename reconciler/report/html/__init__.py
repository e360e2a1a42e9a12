"""Plans and results as one self-contained HTML page, for whoever opens it from a job's artifacts. Pure."""

from reconciler.report.html.differences import differences_html
from reconciler.report.html.plan import plan_html
from reconciler.report.html.proof import rehearsal_html
from reconciler.report.html.result import result_html
from reconciler.report.html.stopped import trouble_html

__all__ = ["differences_html", "plan_html", "rehearsal_html", "result_html", "trouble_html"]
