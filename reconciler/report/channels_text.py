"""The other channels in a report's text: what came of checks, sends that wait for them, all sends by time. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.engine.check import Ground, Ruling, Verdict
from reconciler.engine.timeline import Event
from reconciler.engine.waiting import Waiting
from reconciler.report.lines import Line, Span, Style, labelled, line, pad, title, widest
from reconciler.report.words import moment, number, persons

_LOOKS = {Ruling.HOLDS: Style.ADD, Ruling.BROKEN: Style.GRAVE}
GROUNDS = 8
"""How many of the things that a verdict rests on are shown; the JSON document has them all."""


def checks(verdicts: Sequence[Verdict]) -> Iterator[Line]:
    """Every check with what came of it, and the figures that this rests on."""
    if verdicts:
        yield from title(f"Checks ({number(len(verdicts))})", "what other channels show")
    names = widest(str(verdict.check.address) for verdict in verdicts)
    rulings = widest(words(verdict.ruling) for verdict in verdicts)
    for verdict in verdicts:
        ruling = Span(pad(words(verdict.ruling), rulings), _LOOKS.get(verdict.ruling, Style.CHANGE))
        place = Span(f"  {verdict.check.source}  {verdict.check.place}", Style.FAINT)
        yield line("  ", Span(pad(str(verdict.check.address), names), Style.STRONG), "  ", ruling, place)
        if told(verdict):
            yield from _grounds(verdict)
        else:
            yield line("      ", verdict.reason)


def words(ruling: Ruling) -> str:
    """A ruling in words: `not yet`."""
    return ruling.value.replace("-", " ")


def told(verdict: Verdict) -> Sequence[Ground]:
    """What a verdict rests on, as far as it is worth telling: what decides comes first, which keeps it from holding."""
    if verdict.ruling is Ruling.NOT_FOUND:
        return ()
    return sorted(verdict.grounds, key=lambda ground: ground.ruling is not verdict.ruling)


def objects(verdict: Verdict) -> Mapping[str, str]:
    """How the objects that a verdict is about are called, by id, so that none is taken for another; empty if one is."""
    about = {ground.id: ground.title for ground in told(verdict) if ground.id}
    alike = len(set(about.values())) < len(about)
    names = {key: f"{title} {key}".strip() if alike else title or key for key, title in about.items()}
    return names if len(names) > 1 else {}


def hint(verdict: Verdict) -> str:
    """What to write where one object of several was meant; empty where that is not the question."""
    about = objects(verdict)
    if not about or verdict.check.newest is not None or verdict.holds:
        return ""
    return f"all {number(len(about))} of them have to be as expected; with mais_recente: true only the newest"


def _grounds(verdict: Verdict) -> Iterator[Line]:
    found, about, advice = told(verdict), objects(verdict), hint(verdict)
    names = widest(ground.name for ground in found[:GROUNDS])
    for ground in found[:GROUNDS]:
        wanted = f"  (expected {ground.wanted})" if ground.wanted else ""
        whose = f"  {about[ground.id]}" if ground.id in about else ""
        yield line("      ", f"{pad(ground.name, names)}  {ground.shown}", Span(f"{wanted}{whose}", Style.FAINT))
    if len(found) > GROUNDS:
        yield line("      ", Span(f"and {number(len(found) - GROUNDS)} more", Style.FAINT))
    if advice:
        yield line("      ", Span(advice, Style.FAINT))


WAITING = "scheduled by the first apply in which their checks hold, if the start is still to come"


def waiting(items: Sequence[Waiting]) -> Iterator[Line]:
    """Sends that a check holds back: what would be done, when, for how many, and what it waits for."""
    if items:
        yield from title(f"Waiting ({number(len(items))})", WAITING)
    for item in items:
        to = item.audience
        what = f"  {item.action}" + (
            f"  {moment(to.start)}  {persons(to.people, exact=to.exact)}" if to is not None else ""
        )
        place = Span(f"  {item.place}" if item.place is not None else "", Style.FAINT)
        yield line("  ", Span(str(item.address), Style.STRONG), what, place)
        yield labelled("why", item.reason, indent=6, column=6)


def timeline(events: Sequence[Event]) -> Iterator[Line]:
    """All sends of all channels, the earliest first."""
    if not events:
        return
    yield from title("Timeline", "sends of all channels; a bulk send from when it was created")
    rows = [
        (
            _at(event),
            f"until {moment(event.until)}" if event.until is not None else "",
            event.channel,
            event.name,
            event.state,
            "" if event.people is None else persons(event.people, exact=event.exact),
        )
        for event in events
    ]
    columns = [widest(texts) for texts in zip(*rows, strict=True)]
    for row in rows:
        cells = [pad(text, column) for text, column in zip(row, columns, strict=True) if column]
        yield line("  ", "  ".join(cells).rstrip())


def _at(event: Event) -> str:
    own = event.until is None and event.channel == "envio"
    return moment(event.at) if event.at is not None or own else "(not told)"
