"""HTML reports as they are, but for their style: `REGENERATE=1 python -m pytest tests/report/test_html_golden.py`.

Read the difference of the source, and open the pages in a browser, at a desk and on a phone, before it is committed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from reconciler.engine.plan import Plan
from reconciler.engine.result import Result
from reconciler.report import Frame, View, differences_html, plan_html, result_html, trouble_html
from reconciler.report.html.style import STYLE
from tests.report import pages
from tests.report.test_golden import held
from tests.report.test_markdown_golden import WRONG, first_campaign
from tests.report.test_saved import disputes

FRAME = Frame(command="reconciler apply --account principal", whole="reconciler plan --account principal")


def kept(name: str, html: str) -> None:
    """The page, held without its style, which is the same in all of them."""
    assert html.count(STYLE) == 1
    held(name, html.replace(STYLE, " … "))


@pytest.mark.parametrize("name", ["first", "letter", "channels", "refused", "empty"])
def test_plan_reads_as_agreed(name: str, plans: Mapping[str, Plan], view: View) -> None:
    """A typical plan's page is the one that was looked at and agreed upon."""
    plan = (plans | {"first": first_campaign(), "letter": pages.letter(pages.NEW, pages.OLD)})[name]
    html = plan_html(plan, replace(view, commit="0123456789abcdef"), FRAME)
    kept(f"plan-{name}.html", html.replace(plan.digest, "DIGEST"))


def test_result_reads_as_agreed(results: Mapping[str, Result], view: View) -> None:
    """The page of an apply that came to nothing in part is the one that was looked at and agreed upon."""
    kept("result-waiting.html", result_html(results["waiting"], view, FRAME))


def test_trouble_and_differences_read_as_agreed(view: View) -> None:
    """So are the pages of runs that did not come to apply anything."""
    kept("trouble-wrong.html", trouble_html(WRONG, view, FRAME))
    kept("differences-differs.html", differences_html(disputes()["differs"], view, FRAME))
