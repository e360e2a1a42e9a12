"""What differs between a reviewed plan and the plan as it is now, as Markdown. Pure."""

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
from reconciler.report.layout import Risk, Section
from reconciler.report.markdown.escape import code, fence, lines, prose, row
from reconciler.report.markdown.page import laid_out, table
from reconciler.report.markdown.plan import command
from reconciler.report.markdown.trouble import headed
from reconciler.report.view import View
from reconciler.report.words import moment, number


def differences_markdown(dispute: Dispute, view: View, frame: Frame) -> str:
    """What is new, gone and different, and how many people that is, in at most `frame.budget` characters.

    `frame.command` plans again.
    """
    found, spent = dispute.agreement.differences, dispute.agreement.standing is Standing.SPENT
    top = (f"## {prose(headline(dispute))}", f"Account {code(dispute.saved.account)}; nothing was called.")
    sections = (
        Section("", lambda _: "\n".join(_standing(dispute, view))),
        *_steps("New", NEW_SINCE if spent else NEW, found.new, {}),
        *_steps("Gone", GONE, found.gone, dispute.blocked),
        *_pairs(found.different),
        *_recipients(found.heads),
    )
    bottom = (*((SPENT,) if spent else ()), f"**Plan** again:\n\n{command(frame.command)}")
    return laid_out(top, sections, bottom, frame)


def _standing(dispute: Dispute, view: View) -> Iterator[str]:
    saved, use = dispute.saved, dispute.agreement.use
    yield f"- reviewed: {moment(saved.made.astimezone(view.zone))}, digest {code(saved.outline.digest)}"
    if use is not None:
        yield f"- used: {moment(use.at.astimezone(view.zone))}, {ending(use)}"
    left = "" if dispute.now.steps else f"{NOTHING_LEFT}, "
    yield f"- now: {left}digest {code(dispute.now.digest)}"


def _diff(heading: str, body: str) -> str:
    return f"{heading}\n\n{fence('diff', body)}" if body else heading


def _steps(name: str, note: str, steps: Sequence[Step], blocked: Mapping[str, str]) -> Iterator[Section]:
    if steps:
        items: dict[Risk, list[str]] = {Risk.SENDS: [], Risk.REST: [f"  {text}" for text in persons(steps)]}
        for step in steps:
            if not step.private:
                items[Risk.REST if step.people is None else Risk.SENDS].append(lines(step_lines(step, blocked)))
        build = partial(_diff, headed(name, len(steps), note))
        yield Section(f"{name.lower()} changes", build, items)


def _pairs(pairs: Sequence[Pair]) -> Iterator[Section]:
    if pairs:
        items = [lines(pair_lines(pair)) for pair in pairs if not pair.now.private]
        items += [f"  {text}" for text in persons(pair.now for pair in pairs)]
        build = partial(_diff, headed("Different", len(pairs), DIFFERENT))
        yield Section("different changes", build, {Risk.LETTING_GO: items})


def _recipients(heads: Sequence[Heads]) -> Iterator[Section]:
    if heads:
        build = table("### Recipients", ("send", "reviewed", "now", ""))
        yield Section("recipients", build, {Risk.SENDS: heads}, _heads)


def _heads(heads: Heads) -> str:
    much = "more than `tolerancia_de_publico` allows" if heads.beyond else ""
    return row((code(heads.name) or "in all", number(heads.reviewed), number(heads.now), much))
