"""Sends in a Markdown report: who gets which message when, all channels in time, and people by list. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from reconciler.engine.model import Action, Audience, Change
from reconciler.engine.plan import Plan
from reconciler.engine.timeline import Event
from reconciler.report.events import SEND, WAITING, events_of
from reconciler.report.layout import Risk, Section, by_risk
from reconciler.report.markdown.escape import code, fence, label, row
from reconciler.report.markdown.page import table
from reconciler.report.people_text import gains_and_losses
from reconciler.report.sends_text import audience_people
from reconciler.report.view import View
from reconciler.report.words import moment, number

_LISTS = 12
"""How many lists of a send are named; the rest are counted."""
_EVENTS = 60
"""How many sends a chart shows: with more, nobody can read it."""
_FEWEST = 2
_DAYS = timedelta(days=3)
"""Over more than that an axis shows days only."""
_MINUTES = "%Y-%m-%d %H:%M"


def sends(plan: Plan, view: View) -> Iterator[Section]:
    """The table of sends, those that reach people first, by time; and the chart of all channels."""
    own = (change for change in plan.changes if change.address.kind == SEND and change.action is not Action.ADOPT)
    found = {degree: sorted(changes, key=_start) for degree, changes in by_risk(own).items()}
    if found:
        heads = ("send", "action", "when", "people", "lists → people", "mensagem")
        yield Section("sends", table("### Sends", heads), found, _send)
    yield from _chart(plan, view)


def _start(change: Change) -> float:
    """What is sent as soon as it is applied comes first."""
    start = change.audience.start if change.audience is not None else None
    return start.timestamp() if start is not None else 0


def _send(change: Change) -> str:
    to, message = change.audience, change.values.get("mensagem")
    first = f" (cancels {code(change.live_id)} first)" if change.action is Action.REPLACE and change.live_id else ""
    told = ("", "", "") if to is None else (moment(to.start), audience_people(to), _reached(to))
    return row(
        (code(str(change.address)), f"{change.action}{first}", *told, code(message) if isinstance(message, str) else "")
    )


def _reached(to: Audience) -> str:
    ranked = sorted(to.lists, key=lambda item: (-item[1], item[0]))
    told = ", ".join(f"{code(key)} {number(people)}" for key, people in ranked[:_LISTS])
    rest = len(ranked) - _LISTS
    return told + (f" and {number(rest)} more" if rest > 0 else "")


def _chart(plan: Plan, view: View) -> Iterator[Section]:
    """All sends of all channels in time; where there is but one of them, the table has said it."""
    events = events_of(plan)
    placed = sorted((event.at.astimezone(view.zone), place, event) for place, event in enumerate(events) if event.at)
    if len(placed) < _FEWEST:
        return
    body = fence("mermaid", "\n".join(_gantt(placed[:_EVENTS], view)))
    told = ["### Timeline", f"All channels; a bulk send from when it was created. Times in {code(str(view.zone))}."]
    if len(events) > len(placed[:_EVENTS]):
        told.append(f"Not in the chart: {number(len(events) - len(placed[:_EVENTS]))}, later or without a time.")
    head = f"{told[0]}\n\n{' '.join(told[1:])}\n\n"
    yield Section("the timeline", lambda text: head + text, {Risk.BACKGROUND: (body,)})


def _gantt(placed: Sequence[tuple[datetime, int, Event]], view: View) -> Iterator[str]:
    """Lines of a chart: a section for each channel, in it a send a line (https://mermaid.js.org/syntax/gantt.html)."""
    first, last = placed[0][0], placed[-1][0]
    yield "gantt"
    yield "    dateFormat YYYY-MM-DD HH:mm"
    yield f"    axisFormat {'%d/%m' if last - first > _DAYS else '%d/%m %H:%M'}"
    for channel in dict.fromkeys(event.channel for _, _, event in placed):
        yield f"    section {label(channel)}"
        for at, _, event in placed:
            if event.channel == channel:
                yield f"    {_bar(at, event, view)}"


def _bar(at: datetime, event: Event, view: View) -> str:
    """One send: begins with its time, so that no name stands where Mermaid looks for a command."""
    people = "" if event.people is None else f" ({'' if event.exact else '≤ '}{number(event.people)})"
    until = event.until.astimezone(view.zone) if event.until is not None else None
    if event.channel == SEND:
        look = WAITING if event.state == WAITING else "crit"
    else:
        look = "active" if until is None else "done"
    tags = [look] if look != WAITING else []
    end = f"{until:{_MINUTES}}" if until is not None and until > at else "0m"
    tags += ["milestone"] if end == "0m" else []
    when = ", ".join((*tags, f"{at:{_MINUTES}}", end))
    return f"{at:%d/%m %Hh%M} {label(f'{event.name} {event.state}')}{people} :{when}"


def lists(changes: Sequence[Change]) -> Iterator[Section]:
    """How many people each list gains and loses, and how many a send of this plan finds in it then."""
    moves = gains_and_losses(changes)
    reached: dict[str, int] = {}
    for change in changes:
        for key, people in change.audience.lists if change.audience is not None else ():
            reached[key] = max(people, reached.get(key, 0))
    if moves:
        rows = [(key, more, less, reached.get(key)) for key, (more, less) in moves.items()]
        heads = ("list", "joining", "leaving", "people, when sent to")
        yield Section("lists", table("### People by list", heads), {Risk.REST: rows}, _list)


def _list(of: tuple[str, int, int, int | None]) -> str:
    key, more, less, people = of
    told = (f"+{number(more)}" if more else "", f"-{number(less)}" if less else "", number(people) if people else "")
    return row((code(key), *told))
