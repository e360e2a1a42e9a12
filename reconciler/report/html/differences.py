"""What differs between a reviewed plan and the plan as it is now, as one HTML page. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from reconciler.engine.outline import Heads, Pair, Step
from reconciler.engine.saved import Standing
from reconciler.report.difference_lines import pair_lines, step_lines
from reconciler.report.differences import (
    DIFFERENT,
    GONE,
    NEW,
    NEW_SINCE,
    NOTHING_LEFT,
    SPENT,
    Dispute,
    ending,
    headline,
    persons,
)
from reconciler.report.frame import Frame
from reconciler.report.html.changes import diff
from reconciler.report.html.element import Markup, code, el, joined
from reconciler.report.html.page import Chapter, Head, banner, command, counted, laid_out, row, table
from reconciler.report.layout import Risk, Section
from reconciler.report.view import View
from reconciler.report.words import moment, number

_HEADS = ("send", "reviewed", "now", "")


def differences_html(dispute: Dispute, view: View, frame: Frame) -> str:
    """What is new, gone and different, and how many people that is; `frame.command` plans again."""
    found, spent = dispute.agreement.differences, dispute.agreement.standing is Standing.SPENT
    head = Head("apply", headline(dispute), dispute.saved.account, tuple(_top(dispute, view)))
    chapters = (
        _steps("New", NEW_SINCE if spent else NEW, found.new, {}),
        _steps("Gone", GONE, found.gone, dispute.blocked),
        _pairs(found.different),
        _recipients(found.heads),
    )
    foot = (*((el("p", SPENT),) if spent else ()), el("p", "Plan again:"), command(frame.command))
    return laid_out(head, chapters, foot, view, frame.whole)


def _top(dispute: Dispute, view: View) -> Iterator[Markup]:
    saved, use = dispute.saved, dispute.agreement.use
    told = [joined(f"Reviewed {moment(saved.made.astimezone(view.zone))}, digest ", code(saved.outline.digest), ".")]
    if use is not None:
        told.append(joined(f" Used {moment(use.at.astimezone(view.zone))}, {ending(use)}."))
    left = "" if dispute.now.steps else f"{NOTHING_LEFT}, "
    told.append(joined(f" Now: {left}digest ", code(dispute.now.digest), "."))
    yield banner("Nothing was called", joined(*told), "bad")


def _steps(name: str, note: str, steps: Sequence[Step], blocked: Mapping[str, str]) -> Chapter:
    items: dict[Risk, list[Markup]] = {Risk.SENDS: [], Risk.REST: [diff((f"  {text}",)) for text in persons(steps)]}
    for step in steps:
        if not step.private:
            lines = step_lines(step, blocked)
            items[Risk.REST if step.people is None else Risk.SENDS].append(diff(lines))
    section = Section(f"{name.lower()} changes", _diffs, items)
    return Chapter(name.lower(), counted(name, len(steps)), note, (section,) if steps else ())


def _pairs(pairs: Sequence[Pair]) -> Chapter:
    items = [diff(pair_lines(pair)) for pair in pairs if not pair.now.private]
    items += [diff((f"  {text}",)) for text in persons(pair.now for pair in pairs)]
    section = Section("different changes", _diffs, {Risk.LETTING_GO: items})
    return Chapter("different", counted("Different", len(pairs)), DIFFERENT, (section,) if pairs else ())


def _diffs(body: str) -> Markup:
    return el("div", Markup(body), class_="diff")


def _recipients(heads: Sequence[Heads]) -> Chapter:
    section = Section("recipients", table(_HEADS), {Risk.SENDS: heads}, partial(_row, heads=_HEADS))
    return Chapter("recipients", "Recipients", "", (section,) if heads else ())


def _row(of: Heads, heads: Sequence[str]) -> Markup:
    much = joined("more than ", code("tolerancia_de_publico"), " allows") if of.beyond else Markup()
    return row(heads, (code(of.name) or joined("in all"), joined(number(of.reviewed)), joined(number(of.now)), much))
