"""Plans and results as GitHub's Markdown, for comments on pull requests and summaries of jobs. Pure."""

from reconciler.report.markdown.differences import differences_markdown
from reconciler.report.markdown.plan import plan_markdown
from reconciler.report.markdown.proof import rehearsal_markdown
from reconciler.report.markdown.result import result_markdown
from reconciler.report.markdown.stopped import trouble_markdown

__all__ = ["differences_markdown", "plan_markdown", "rehearsal_markdown", "result_markdown", "trouble_markdown"]
