"""Markdown reports: whatever stands in a campaign, the document is ours, and within its budget."""

from __future__ import annotations

import re
import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reconciler.engine.model import Action, Address, Audience, Blocked, Change, Delta, Outcome, Status
from reconciler.engine.plan import Plan
from reconciler.engine.result import Exit, Result
from reconciler.engine.route import Route, Way
from reconciler.engine.sight import Refresh
from reconciler.report import Ending, Frame, View, plan_markdown, result_markdown, trouble_markdown
from reconciler.report.frame import BUDGET
from reconciler.report.words import number, visible
from tests.report import everything
from tests.report.rendering import ALIVE, RENDERERS, Page, collapsed
from tests.report.test_markdown_escape import seen

VIEW = View(salt=b"s", today=date(2026, 11, 2))
SHOWN = replace(VIEW, show_contacts=True)
FRAME = Frame(command="reconciler apply", whole="reconciler plan")
LAWS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
REPORTS: Mapping[str, Callable[[str, View, Frame], str]] = {
    "plan": lambda text, view, frame: plan_markdown(everything.plan(text), view, frame),
    "ended": lambda text, view, frame: plan_markdown(
        everything.plan(text), replace(view, ended=Ending(Exit.BLOCKED, text)), frame
    ),
    "trouble": lambda text, view, frame: trouble_markdown(everything.trouble(text), view, frame),
    "result": lambda text, view, frame: result_markdown(everything.result(text), view, frame),
}
SENT = Audience(300, exact=True, start=everything.START, lists=(("vip", 300),))


@pytest.mark.parametrize("renderer", RENDERERS)
@pytest.mark.parametrize("report", REPORTS)
@LAWS
@given(seen, st.booleans())
@example("</details>|`x`\n\n# @maria <script>", True)  # noqa: FBT003
def test_a_report_is_the_same_document_whatever_its_names(report: str, renderer: str, text: str, shown: bool) -> None:
    """A text that stands everywhere adds no element, takes none away, is no link, and can be read."""
    view = SHOWN if shown else VIEW
    made = REPORTS[report](text, view, replace(FRAME, command=text, whole=text))
    page, plain = (Page(RENDERERS[renderer](each)) for each in (made, REPORTS[report]("xy", view, FRAME)))
    assert page.tags == plain.tags
    assert len(page.cells) == len(plain.cells)
    assert not any(ALIVE.search(piece) for piece in page.plain)
    assert collapsed(visible(text)) in collapsed(page.text)
    assert "\x1b" not in made
    for block in page.blocks[1 if "mermaid" in made else 0 :]:
        assert all(line[:1] in "+-~=! " for line in block.split("\n")) or visible(text) in block


@pytest.mark.parametrize("report", REPORTS)
@LAWS
@given(seen)
def test_charts_keep_their_lines(report: str, text: str) -> None:
    """A chart's lines are its own: none begins with foreign text, and none has a second colon before its data."""
    found = re.findall(r"```mermaid\n(.*?)\n```", REPORTS[report](text, VIEW, FRAME), re.DOTALL)
    assert len(found) == (report in ("plan", "ended"))
    for chart in found:
        bars = [line for line in chart.split("\n") if re.match(r"    [0-9]", line)]
        assert len(chart.split("\n")) == len(bars) + 5
        assert all(
            re.fullmatch(r"    \d\d/\d\d \d\dh\d\d [^:;#%]* :[a-z, ]*[-\d: ]+, [-\d: m]+", line) for line in bars
        )


def huge(number_of: int) -> Plan:
    """Very many of everything."""
    sends = [
        Change(
            Address("envio", f"e{n}"), Action.SCHEDULE, "", values={"mensagem": "m"}, irreversible=True, audience=SENT
        )
        for n in range(number_of)
    ]
    gone = [
        Change(Address("lista", f"g{n}"), Action.DEACTIVATE, "no longer declared", live_id="x")
        for n in range(number_of // 2)
    ]
    rest = [
        Change(Address("lista", f"l{n}"), Action.UPDATE, "nome", (Delta("nome", "a" * 90, "b" * 90),), live_id="x")
        for n in range(number_of)
    ]
    held = [Blocked(Address("campo", f"c{n}"), None, f"reason {n}", "fix") for n in range(number_of)]
    return Plan("p", (*gone, *rest, *sends), tuple(held), reached=(300, True))


def test_what_does_not_fit_is_counted_and_the_rest_is_whole() -> None:
    """Sends come first, then what is let go; each section says how many are left out, the top says where all is."""
    text = plan_markdown(huge(400), VIEW, FRAME)
    assert BUDGET * 0.95 < len(text) <= BUDGET
    page = Page(RENDERERS["cmark-gfm"](text))
    assert sum(cell.startswith("envio.") for cell in page.cells) == 400
    assert text.count("  deactivate  ") == 200
    updated = text.count("  update  ")
    assert 0 < text.count("reason ") <= 400
    assert f"{number(400 - updated)} of 600 changes of listas" in text
    assert "All of it: `reconciler plan`" in text
    assert f"_{number(400 - updated)} more left out, for lack of room._" in text
    assert text.count("-    nome") == text.count("+    nome") == updated


@pytest.mark.parametrize("budget", [4_000, 8_000, 20_000, BUDGET])
@pytest.mark.parametrize("text", ["x", "`" * 100, "|" * 100, "é" * 5_000])
def test_a_budget_is_kept_with_the_same_document(budget: int, text: str) -> None:
    """However small the budget and however long the names: never more, and every fence, fold and table is whole."""
    plan = replace(everything.plan(text), changes=everything.changes(text) * 30)
    outcomes = tuple(Outcome(change, Status.FAILED, text) for change in plan.changes)
    for made in (
        plan_markdown(plan, SHOWN, replace(FRAME, budget=budget)),
        result_markdown(Result(plan, outcomes, {}, (Exit.LATER, text)), SHOWN, replace(FRAME, budget=budget)),
    ):
        assert len(made) <= budget
        for render in RENDERERS.values():
            tags = Page(render(made)).tags
            for tag in ("details", "pre", "table", "ul"):
                assert tags.count(tag) == tags.count(f"/{tag}")
            assert tags.count("details") == made.count("\n</details>")


def test_a_hundred_thousand_contacts_are_a_few_lines_and_little_memory() -> None:
    """Contacts are grouped and counted: what making the report takes does not grow with them as the plan does."""
    people = tuple(
        Change(Address("contato", f"m{n}@exemplo.org"), Action.CREATE, "", (Delta("nome", None, f"M {n}"),))
        for n in range(100_000)
    )
    plan = Plan("p", people)
    plan.digest  # noqa: B018  (its own cost)
    tracemalloc.start()
    text = plan_markdown(plan, VIEW, FRAME)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    shown = plan_markdown(plan, SHOWN, FRAME)
    shown_peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "+ create  100.000  m***@exemplo.org, …\n" in text
    assert len(text) < 1_500
    assert peak < 40_000_000
    assert shown_peak < 40_000_000
    assert len(shown) <= BUDGET
    assert re.search(r"_9[0-9]\.[0-9]{3} more left out", shown)


def test_what_was_not_read_stands_on_top(plans: Mapping[str, Plan]) -> None:
    """A plan that took the ledger's word says so before anything else, and one that read everything does not."""
    trusting = replace(plans["season"], refresh=Refresh.NONE, trusted=1_204)
    assert ". **Refresh** none: 1.204 contacts taken as the ledger has them; " in plan_markdown(trusting, VIEW, FRAME)
    idle = replace(plans["empty"], refresh=Refresh.CHANGED, trusted=3)
    assert "to find out. **Refresh** changed: 3 contacts" in plan_markdown(idle, VIEW, FRAME)
    assert "Refresh" not in plan_markdown(plans["season"], VIEW, FRAME)


def test_routes_stand_with_the_calls(plans: Mapping[str, Plan]) -> None:
    """How people were read, and what the other ways would have cost, unfolds with the calls."""
    routed = replace(plans["season"], routes=(Route("contatos", Way.PAGES, 513, ((Way.LOOK_UPS, 1_204),)),))
    assert "- route: contatos by page, 513 calls (looked up 1.204 or more)" in plan_markdown(routed, VIEW, FRAME)


def test_the_commit_is_named_where_it_is_known(plans: Mapping[str, Plan]) -> None:
    """A comment says which commit it is about; without one nothing is said."""
    assert "(commit `0123abc`)" in plan_markdown(plans["season"], replace(VIEW, commit="0123abc"), FRAME)
    assert "commit" not in plan_markdown(plans["season"], VIEW, FRAME)
