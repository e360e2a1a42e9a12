"""What differs from a reviewed plan, as lines of a diff. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reconciler.engine.outline import Pair, Step
from reconciler.report.differences import UNWORDED, audience, fields_of
from reconciler.report.lines import mark
from reconciler.report.words import NAME, WORDS, shortened


def step_lines(step: Step, blocked: Mapping[str, str]) -> Sequence[str]:
    """A step that is in one plan only, and why nothing is done about it now, if that is in `blocked`."""
    told = (shortened(step.name, NAME), step.action, audience(step), shortened(step.wording, WORDS))
    held = [f"      held up now: {shortened(blocked[step.name], WORDS)}"] if step.name in blocked else []
    return [f"{mark(step).symbol} {'  '.join(filter(None, told))}", *held]


def pair_lines(pair: Pair) -> Sequence[str]:
    """A step that is in both plans, and not the same."""
    told = [f"{mark(pair.now).symbol} {shortened(pair.now.name, NAME)}  {pair.now.action}"]
    for name, *sides in fields_of(pair):
        was, now = (shortened(side or "(not in it)", WORDS) for side in sides)
        told += [f"-    {name}  {was}", f"+    {name}  {now}"]
    return told if len(told) > 1 else [*told, f"     {UNWORDED}"]
