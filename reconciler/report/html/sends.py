"""Sends on the page: who gets which message when, and how their lists overlap. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from reconciler.engine.model import Action, Audience, Change, Outcome, Status
from reconciler.engine.plan import Plan
from reconciler.report.events import SEND
from reconciler.report.html.element import Markup, code, el, joined
from reconciler.report.html.page import Chapter, row, table
from reconciler.report.layout import Risk, Section, by_risk
from reconciler.report.people_text import gains_and_losses
from reconciler.report.sends_text import audience_people
from reconciler.report.words import count, moment, number, persons

_HEADS = ("send", "action", "when", "people", "lists → people", "mensagem")
_LISTS = 24
"""How many lists of a send are shown; the rest are counted."""
_PAIRS = 6
_LOOKS = {Status.DONE: "good", Status.FAILED: "bad", Status.UNKNOWN: "bad"}

Outcomes = Mapping[str, Outcome]
"""What came of each change, by its id; empty for a plan that was not applied."""


def sends(plan: Plan, outcomes: Outcomes) -> Chapter:
    """The table of sends, those that reach people first, by time; and the audience of each as bars."""
    own = (change for change in plan.changes if change.address.kind == SEND and change.action is not Action.ADOPT)
    found = {degree: sorted(changes, key=_start) for degree, changes in by_risk(own).items()}
    if not found:
        return Chapter("sends", "Sends", "", ())
    heads = (*_HEADS[:2], "outcome", *_HEADS[2:]) if outcomes else _HEADS
    told = partial(_send, heads=heads, outcomes=outcomes)
    sections = [Section("sends", table(heads), found, told)]
    reaching = [change for change in found.get(Risk.SENDS, ()) if change.audience and change.audience.lists]
    if reaching:
        most = max(max(_total(change.audience), 1) for change in reaching if change.audience)
        bars = partial(_audience, most=most)
        sections.append(Section("audiences", _audiences, {Risk.DETAILS: reaching}, bars))
    return Chapter("sends", "Sends", "", tuple(sections))


def _start(change: Change) -> float:
    """What is sent as soon as it is applied comes first."""
    start = change.audience.start if change.audience is not None else None
    return start.timestamp() if start is not None else 0


def _send(change: Change, heads: Sequence[str], outcomes: Outcomes) -> Markup:
    to, message = change.audience, change.values.get("mensagem")
    first = change.action is Action.REPLACE and change.live_id
    action = joined(str(change.action), *((" (cancels ", code(change.live_id or ""), " first)") if first else ()))
    told = [code(str(change.address)), action]
    if outcomes:
        told.append(status(outcomes.get(change.id)))
    told += [Markup(), Markup(), Markup()] if to is None else [joined(moment(to.start)), _people(to), _lists(to)]
    told.append(code(message) if isinstance(message, str) else Markup())
    return row(heads, told, "" if to else "gone")


def status(outcome: Outcome | None) -> Markup:
    """What came of a change, as a word with a look."""
    return (
        el("span", str(outcome.status), class_=f"tag {_LOOKS.get(outcome.status, '')}".strip()) if outcome else Markup()
    )


def _people(to: Audience) -> Markup:
    return el("b", audience_people(to))


def _ranked(to: Audience) -> Sequence[tuple[str, int]]:
    return sorted(to.lists, key=lambda item: (-item[1], item[0]))


def _lists(to: Audience) -> Markup:
    parts: list[str] = []
    for key, people in _ranked(to)[:_LISTS]:
        parts += [", " if parts else "", code(key), f" {number(people)}"]
    rest = len(to.lists) - _LISTS
    return joined(*parts, f" and {number(rest)} more" if rest > 0 else "")


def _audiences(body: str) -> Markup:
    legend = el(
        "p", el("i"), "in this list only ", el("i", class_="shared"), "in several of the send's lists", class_="legend"
    )
    shared = 'class="shared"' in body
    return joined(el("div", Markup(body), class_="audiences"), legend if shared else Markup())


def _total(to: Audience | None) -> int:
    return max((people for _, people in to.lists), default=0) if to is not None else 0


def _audience(change: Change, most: int) -> Markup:
    """One send's lists as bars, all sends by one scale: `most` people are as wide as can be."""
    to = change.audience
    if to is None:
        return Markup()
    shown = _ranked(to)[:_LISTS]
    rows = [_list(key, people, to, most) for key, people in shown]
    if len(to.lists) > len(shown):
        rows.append(el("li", el("small", f"and {number(len(to.lists) - len(shown))} lists more")))
    head = (el("h3", code(str(change.address))), el("p", _summary(to)))
    return el("figure", el("figcaption", *head), el("ul", *rows, class_="lists"), *_pairs(to), class_="audience")


def _summary(to: Audience) -> str:
    """How many people that is, and how the lists overlap."""
    told = f"{persons(to.people, exact=to.exact)}, {moment(to.start)}"
    if to.overlap is not None:
        shared = (
            f"{number(to.overlap.several)} of them in several lists" if to.overlap.several else "nobody in two lists"
        )
        return f"{told}; each counted once, {shared}"
    if len(to.lists) > 1 and not to.exact:
        return f"{told}; at most, since it is not known who is in several of the lists"
    return told


def _list(key: str, people: int, to: Audience, most: int) -> Markup:
    alone = dict(to.overlap.only).get(key) if to.overlap is not None else None
    bars = [el("i", style=_share(people if alone is None else alone, most))]
    told = ""
    if alone is not None and alone < people:
        bars.append(el("i", class_="shared", style=_share(people - alone, most)))
        told = f"{number(alone)} only here, {number(people - alone)} also in another"
    figure = el("span", el("small", f"{told} "), el("b", number(people)))
    text = el("p", code(key), figure)
    return el("li", text, el("div", *bars, class_="bar"))


def _share(people: int, most: int) -> str:
    return f"width:{100 * people / most:.2f}%"


def _pairs(to: Audience) -> Iterator[Markup]:
    """Which lists share the most people."""
    found = to.overlap.pairs if to.overlap is not None else ()
    if not found or len(to.lists) <= 2:
        return
    parts: list[str] = ["Shared: "]
    for place, (one, other, people) in enumerate(found[:_PAIRS]):
        parts += [", " if place else "", code(one), " and ", code(other), f" {number(people)}"]
    more = f", and {count(len(found) - _PAIRS, 'pair')} more" if len(found) > _PAIRS else ""
    yield el("p", *parts, more, class_="legend")


def lists(changes: Sequence[Change]) -> Chapter:
    """How many people each list gains and loses, and how many a send of this plan finds in it then."""
    moves = gains_and_losses(changes)
    reached: dict[str, int] = {}
    for change in changes:
        for key, people in change.audience.lists if change.audience is not None else ():
            reached[key] = max(people, reached.get(key, 0))
    rows = [(key, more, less, reached.get(key)) for key, (more, less) in moves.items()]
    heads = ("list", "joining", "leaving", "people, when sent to")
    section = Section("lists", table(heads), {Risk.REST: rows}, partial(_moved, heads=heads))
    return Chapter("lists", "People by list", "", (section,) if rows else ())


def _moved(of: tuple[str, int, int, int | None], heads: Sequence[str]) -> Markup:
    key, more, less, people = of
    told = (f"+{number(more)}" if more else "", f"−{number(less)}" if less else "", number(people) if people else "")
    return row(heads, (code(key), *map(joined, told)))
