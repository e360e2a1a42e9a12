"""All sends of all channels as a calendar: months where there is room for them, an agenda where there is not. Pure."""

from __future__ import annotations

from calendar import Calendar
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from reconciler.engine.plan import Plan
from reconciler.engine.timeline import Event
from reconciler.report.events import SEND, WAITING, events_of
from reconciler.report.html.element import Markup, classes, code, el, joined
from reconciler.report.html.page import Chapter
from reconciler.report.layout import Risk, Section
from reconciler.report.view import View
from reconciler.report.words import DAYS, moment, number, persons

_MONTHS = (
    "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro",
    "dezembro",
)  # fmt: skip
_DRAWN = 6
"""How many months are drawn; later sends stand in the list below them."""
_ROOM = 4
"""How many sends a day has room for; the others stand in the list as well."""
_EVENTS = 400
"""How many sends are set in time; the rest are counted."""
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class _Dated:
    """A send at its time in the reader's zone (None: as soon as it is applied, or not told), and its channel's look."""

    event: Event
    at: datetime | None
    look: str

    def order(self) -> float:
        """What has no time comes first."""
        return self.at.timestamp() if self.at is not None else 0


def calendar(plan: Plan, view: View) -> Chapter:
    """The chapter; none where there is but one send, of which the table has said it."""
    events = events_of(plan)
    if len(events) < _FEWEST:
        return Chapter("calendar", "Calendar", "", ())
    looks = {SEND: "", **{name: f"ch{place % 3 + 1}" for place, name in enumerate(_others(events))}}
    dated = sorted((_dated(event, view, looks) for event in events), key=_Dated.order)
    kept = dated[:_EVENTS]
    note = f"all channels; a bulk send from when it was created. Times in {view.zone}"
    if len(dated) > len(kept):
        note += f". Left out are {number(len(dated) - len(kept))}, later ones"
    body = joined(*_months(kept), _agenda(kept), _channels(looks))
    section = Section("the calendar", Markup, {Risk.BACKGROUND: (body,)})
    return Chapter("calendar", "Calendar", note, (section,))


def _others(events: Sequence[Event]) -> list[str]:
    return [name for name in dict.fromkeys(event.channel for event in events) if name != SEND]


def _dated(event: Event, view: View, looks: Mapping[str, str]) -> _Dated:
    at = event.at.astimezone(view.zone) if event.at is not None else None
    return _Dated(event, at, classes(looks[event.channel], WAITING if event.state == WAITING else "") or "")


def _by_day(dated: Sequence[_Dated]) -> Mapping[date, Sequence[_Dated]]:
    days: dict[date, list[_Dated]] = {}
    for each in dated:
        if each.at is not None:
            days.setdefault(each.at.date(), []).append(each)
    return days


def _drawn(days: Mapping[date, Sequence[_Dated]]) -> Sequence[tuple[int, int]]:
    return sorted({(day.year, day.month) for day in days})[:_DRAWN]


def _months(dated: Sequence[_Dated]) -> Iterator[Markup]:
    days = _by_day(dated)
    months = [_month(year, month, days) for year, month in _drawn(days)]
    if months:
        yield el("div", *months, class_="months")


def _month(year: int, month: int, days: Mapping[date, Sequence[_Dated]]) -> Markup:
    heads = el("thead", el("tr", *(el("th", name, scope="col") for name in DAYS)))
    weeks = [_week(week, month, days) for week in Calendar().monthdatescalendar(year, month)]
    caption = el("caption", f"{_MONTHS[month - 1]} {year}")
    return el("table", caption, heads, el("tbody", *weeks), class_="month", lang="pt-BR")


def _week(week: Sequence[date], month: int, days: Mapping[date, Sequence[_Dated]]) -> Markup:
    """A row of a month; a week without a send is a low one."""
    quiet = not any(day in days and day.month == month for day in week)
    return el("tr", *(_day(day, month, days.get(day, ())) for day in week), class_="quiet" if quiet else None)


def _day(day: date, month: int, events: Sequence[_Dated]) -> Markup:
    if day.month != month:
        return el("td", class_="out")
    shown = [_short(each) for each in events[:_ROOM]]
    if len(events) > len(shown):
        shown.append(el("span", f"+ {number(len(events) - len(shown))}", class_="day"))
    return el("td", el("span", str(day.day), class_="day"), *shown)


def _short(each: _Dated) -> Markup:
    event, at = each.event, each.at
    name = event.name.removeprefix(f"{SEND}.") if event.channel == SEND else event.name
    people = Markup() if event.people is None else el("small", persons(event.people, exact=event.exact))
    when = f"{at:%H:%M} " if at is not None else ""
    return el("span", el("b", when), code(name), people, class_=classes("ev", each.look), title=_title(event))


def _title(event: Event) -> str:
    people = f", {persons(event.people, exact=event.exact)}" if event.people is not None else ""
    return f"{event.channel}: {event.name}, {event.state}{people}"


def _agenda(dated: Sequence[_Dated]) -> Markup:
    """The same as a list: all of it on a narrow screen, elsewhere what the months have no place for."""
    days = _by_day(dated)
    drawn, placed = set(_drawn(days)), Counter[date]()
    items = []
    for each in dated:
        at = each.at
        inside = at is not None and (at.year, at.month) in drawn and placed[at.date()] < _ROOM
        if at is not None:
            placed[at.date()] += 1
        items.append(_entry(each, "" if inside else "always"))
    return el("ol", *items, class_="agenda")


def _entry(each: _Dated, class_: str) -> Markup:
    event = each.event
    people = f" · {persons(event.people, exact=event.exact)}" if event.people is not None else ""
    until = f" · until {moment(event.until)}" if event.until is not None else ""
    channel = "" if event.channel == SEND else f"{event.channel} · "
    name = el("span", code(event.name), class_=classes("ev", each.look))
    return el(
        "li",
        el("time", _at(each)),
        el("div", name, " ", el("small", f"{channel}{event.state}{people}{until}")),
        class_=class_ or None,
    )


def _at(each: _Dated) -> str:
    own = each.event.until is None and each.event.channel == SEND
    return moment(each.at) if each.at is not None or own else "(not told)"


def _channels(looks: Mapping[str, str]) -> Markup:
    """What each colour stands for, where there are several."""
    if len(looks) < _FEWEST:
        return Markup()
    return el(
        "p", *(el("span", code(name), class_=classes("ev", look)) for name, look in looks.items()), class_="channels"
    )
