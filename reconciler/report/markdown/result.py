"""What came of an apply as Markdown, for a comment on a pull request or a job's summary. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from reconciler.engine.model import Outcome, Status
from reconciler.engine.result import Exit, Result
from reconciler.report.calls_text import paced
from reconciler.report.frame import Frame
from reconciler.report.headline import result_headline
from reconciler.report.layout import Risk, Section
from reconciler.report.markdown.escape import code, prose, row
from reconciler.report.markdown.page import laid_out, listed, table
from reconciler.report.markdown.plan import account, calls, command
from reconciler.report.markdown.trouble import bullet, findings, headed, subject, trouble
from reconciler.report.mask import Mask
from reconciler.report.outcomes import AGAIN, COUNTED, TITLES, VERDICTS, Told, adoption, advice, tally, told, uneventful
from reconciler.report.sends_text import audience_people
from reconciler.report.view import View
from reconciler.report.waits import Waits, live_id
from reconciler.report.words import count, moment, number


def result_markdown(result: Result, view: View, frame: Frame) -> str:
    """`result` for those who wait for it, also when the run ended early, in at most `frame.budget` characters."""
    plan = result.plan
    top = [f"## {prose(result_headline(result, view))}"]
    if uneventful(result):
        top.append(f"{account(plan, view)} is as declared; {count(sum(plan.reads.values()), 'call')} to find out.")
        return laid_out(top, (), (), frame)
    mask = Mask(plan, view, result.notes)
    top.append(f"{account(plan, view)}. Exit code {int(result.exit)}: {VERDICTS[result.exit]}.")
    if result.ended is not None:
        top.append(f"The run ended before its plan did: {prose(mask.text(result.ended[1]))}")
    if result.adopted:
        top.append(f"{adoption(result.adopted)}.")
    sections = (
        *_outcomes(result, mask, view),
        *findings("Notes", "", result.notes, mask, Risk.WARNINGS),
        *trouble(plan, mask),
        calls(
            (f"{count(sum(result.calls.values()), 'call')} made by applying", result.calls),
            (f"{number(sum(plan.reads.values()))} made by planning", plan.reads),
        ),
    )
    return laid_out(top, sections, tuple(_next(result, frame)), frame)


def _outcomes(result: Result, mask: Mask, view: View) -> Iterator[Section]:
    waits = Waits(result)
    for status, (name, note) in TITLES.items():
        found = [outcome for outcome in result.outcomes if outcome.status is status]
        if not found:
            continue
        heading = headed(name, len(found), note)
        if status in COUNTED:
            yield _counted(heading, found)
            sent = [outcome for outcome in found if outcome.change.audience is not None]
            if sent:
                heads = ("send", "action", "when", "people", "live id")
                yield Section("sends", table("", heads), {Risk.SENDS: sent}, _send)
            found, heading = [outcome for outcome in found if outcome.detail], ""
        if found:
            items = tuple(told(found, mask, waits, view))
            yield Section(
                f"{name.lower()}",
                listed(heading),
                {_RISKS[status]: items},
                partial(_told, label="why" if heading else "detail"),
            )


_RISKS = {
    Status.UNKNOWN: Risk.REFUSED,
    Status.FAILED: Risk.REFUSED,
    Status.SKIPPED: Risk.TROUBLE,
    Status.DONE: Risk.REST,
    Status.PENDING: Risk.REST,
}


def _counted(heading: str, found: Sequence[Outcome]) -> Section:
    lines = [f"- {name}: {', '.join(actions)}" for name, actions in tally(found).items()]
    return Section("", lambda _: f"{heading}\n\n" + "\n".join(lines))


def _send(outcome: Outcome) -> str:
    change, live = outcome.change, live_id(outcome)
    to = change.audience
    when = (moment(to.start), audience_people(to)) if to is not None else ("", "")
    return row((code(str(change.address)), str(change.action), *when, code(live) if live else ""))


def _told(item: Told, label: str) -> str:
    live = f", live id {code(item.live)}" if item.live else ""
    return bullet(
        f"{subject(item.name, item.samples)} {item.action}{live}",
        (label, prose(item.detail)),
        ("waited for", prose(item.waited)),
    )


def _next(result: Result, frame: Frame) -> Iterator[str]:
    yield "### Next"
    steps = [f"- {text[0].upper()}{text[1:]}." for text in advice(result)]
    if result.left:
        steps.append(f"- Left: {count(result.left, 'call')}{paced(result.left, result.pace)}.")
    if steps:
        yield "\n".join(steps)
    if result.exit is not Exit.OK:
        yield f"{AGAIN[0].upper()}{AGAIN[1:]}:\n\n{command(frame.command)}"
