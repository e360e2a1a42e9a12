"""What differs between a reviewed plan and the plan as it is now, as Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from reconciler.engine.outline import Heads, Pair, Step
from reconciler.engine.saved import Standing
from reconciler.report.differences import (
    DIFFERENT,
    GONE,
    NEW,
    NEW_SINCE,
    NOTHING_LEFT,
    SPENT,
    UNWORDED,
    Dispute,
    audience,
    ending,
    fields_of,
    headline,
    persons,
)
from reconciler.report.layout import Risk, Section
from reconciler.report.lines import mark
from reconciler.report.markdown.escape import code, fence, lines, prose, row
from reconciler.report.markdown.page import Frame, laid_out, table
from reconciler.report.markdown.plan import command
from reconciler.report.markdown.trouble import headed
from reconciler.report.view import View
from reconciler.report.words import NAME, WORDS, moment, number, shortened


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
                items[Risk.REST if step.people is None else Risk.SENDS].append(_step(step, blocked))
        build = partial(_diff, headed(name, len(steps), note))
        yield Section(f"{name.lower()} changes", build, items)


def _step(step: Step, blocked: Mapping[str, str]) -> str:
    told = (shortened(step.name, NAME), step.action, audience(step), shortened(step.wording, WORDS))
    held = [f"      held up now: {shortened(blocked[step.name], WORDS)}"] if step.name in blocked else []
    return lines([f"{mark(step).symbol} {'  '.join(filter(None, told))}", *held])


def _pairs(pairs: Sequence[Pair]) -> Iterator[Section]:
    if pairs:
        items = [_pair(pair) for pair in pairs if not pair.now.private]
        items += [f"  {text}" for text in persons(pair.now for pair in pairs)]
        build = partial(_diff, headed("Different", len(pairs), DIFFERENT))
        yield Section("different changes", build, {Risk.LETTING_GO: items})


def _pair(pair: Pair) -> str:
    told = [f"{mark(pair.now).symbol} {shortened(pair.now.name, NAME)}  {pair.now.action}"]
    for name, *sides in fields_of(pair):
        was, now = (shortened(side or "(not in it)", WORDS) for side in sides)
        told += [f"-    {name}  {was}", f"+    {name}  {now}"]
    return lines(told if len(told) > 1 else [*told, f"     {UNWORDED}"])


def _recipients(heads: Sequence[Heads]) -> Iterator[Section]:
    if heads:
        build = table("### Recipients", ("send", "reviewed", "now", ""))
        yield Section("recipients", build, {Risk.SENDS: heads}, _heads)


def _heads(heads: Heads) -> str:
    much = "more than `tolerancia_de_publico` allows" if heads.beyond else ""
    return row((code(heads.name) or "in all", number(heads.reviewed), number(heads.now), much))
