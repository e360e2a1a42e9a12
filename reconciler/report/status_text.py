"""How an account stands, for people: every send with its progress and its figures, and the checks. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from reconciler.engine.check import Verdict
from reconciler.engine.overview import Overview, Sending, Standing
from reconciler.report import channels_text
from reconciler.report.folding import clipped, folded
from reconciler.report.lines import Line, Mark, Span, Style, line, pad, rendered, title, widest
from reconciler.report.view import View
from reconciler.report.words import brief_moment, count, moment, number, visible, width

_MARKS = {
    Standing.DONE: Mark("✓", Style.ADD, "done"),
    Standing.OPEN: Mark("…", Style.CHANGE, "going on"),
    Standing.WRONG: Mark("!", Style.GRAVE, "to be looked at"),
}
_FIGURES = ("total", "sent", "delivered", "read", "failed")
_STEPS = 10
_SHORTEST_NAME, _LONGEST_NAME = 16, 40
_LONGEST_STATUS = 20


def status_text(overview: Overview, view: View, columns: int) -> str:
    """The whole view, no line wider than `columns`."""
    return rendered(folded(_lines(overview, view, columns), columns), view)


def standing_word(standing: Standing) -> str:
    """A standing in words."""
    return _MARKS[standing].meaning


def progress(sending: Sending) -> str:
    """How much is done: `45%`, cut down, so that all is done at 100% only."""
    done = sending.bulk.progress
    return "–" if done is None else f"{int(done)}%"


def _lines(overview: Overview, view: View, columns: int) -> Iterator[Line]:
    yield line(Span(overview.account, Style.STRONG), f"  {moment(overview.at)}")
    yield line(_headline(overview))
    for source, group in groupby(overview.sendings, lambda sending: sending.bulk.source):
        sendings = list(group)
        yield from title(f"{source} ({number(len(sendings))})")
        yield from _sends(sendings, view, columns)
    for source, unread in overview.unread.items():
        yield from title(source)
        again = "  (later: it may pass by itself)" if unread.later else ""
        yield line("  ", Span("! not read", Style.GRAVE), f": {unread.reason}{again}")
    yield from channels_text.checks(overview.verdicts)
    yield from _closing(overview)


def _headline(overview: Overview) -> str:
    """`5 sends: 2 done, 3 going on; 2 checks: 1 holds, 1 not yet`."""
    tally = [
        f"{number(overview.count(standing))} {standing_word(standing)}"
        for standing in Standing
        if overview.count(standing)
    ]
    told = count(len(overview.sendings), "send") + (f": {', '.join(tally)}" if tally else "")
    unread = f"; {count(len(overview.unread), 'source')} not read" if overview.unread else ""
    checks = f"; {_checks(overview.verdicts)}" if overview.verdicts else ""
    return f"{told}{unread}{checks}"


def _checks(verdicts: Sequence[Verdict]) -> str:
    """`2 checks: 1 holds, 1 not yet`."""
    tally = Counter(channels_text.words(verdict.ruling) for verdict in verdicts)
    return f"{count(len(verdicts), 'check')}: {', '.join(f'{number(many)} {word}' for word, many in tally.items())}"


def _closing(overview: Overview) -> Iterator[Line]:
    if overview.hidden:
        yield ()
        yield line(Span(f"{count(overview.hidden, 'send')} long over not shown (--recent)", Style.FAINT))
    yield ()
    made = ", ".join(f"{number(times)} {call}" for call, times in sorted(overview.calls.items()))
    yield line(Span(f"{count(sum(overview.calls.values()), 'call')}{f': {made}' if made else ''}", Style.FAINT))


def _sends(sendings: Sequence[Sending], view: View, columns: int) -> Iterator[Line]:
    """As a table if that fits, else each send on two lines."""
    cells = [[_figure(sending, name) for name in _FIGURES] for sending in sendings]
    figures = [max(widest(column), len(name)) for name, column in zip(_FIGURES, zip(*cells, strict=True), strict=True)]
    whens = [_when(sending, view) for sending in sendings]
    status = min(widest(sending.bulk.status for sending in sendings), _LONGEST_STATUS)
    fixed = 4 + 2 + status + 2 + _STEPS + 6 + sum(figures) + 2 * len(figures) + 2 + widest(whens)
    names = min(widest(_name(sending) for sending in sendings), _LONGEST_NAME)
    room = min(names, columns - fixed)
    if room < min(names, _SHORTEST_NAME):
        yield from _stacked(sendings, view, columns, status)
        return
    blank = " " * (4 + room + 2 + status + 2 + _STEPS + 6)
    heads = "".join(f"  {name:>{wide}}" for name, wide in zip(_FIGURES, figures, strict=True))
    yield line(Span(f"{blank}{heads}".rstrip(), Style.FAINT))
    for sending, row, when in zip(sendings, cells, whens, strict=True):
        told = "".join(f"  {_right(cell, wide)}" for cell, wide in zip(row, figures, strict=True))
        yield line(*_head(sending, room, status), f"{told}  {when}")
        yield from _reason(sending)


def _stacked(sendings: Sequence[Sending], view: View, columns: int, status: int) -> Iterator[Line]:
    names = min(widest(_name(sending) for sending in sendings), max(columns - 4 - 2 - status - 2 - _STEPS - 6, 1))
    for sending in sendings:
        yield line(*_head(sending, names, status))
        told = [f"{_figure(sending, name)} {name}" for name in _FIGURES if getattr(sending.bulk, name) is not None]
        parts = [part for part in ("  ".join(told), _when(sending, view)) if part]
        together = "  ".join(parts)
        for text in [together] if width(together) + 6 <= columns else parts:
            yield line("      ", text)
        yield from _reason(sending)


def _head(sending: Sending, names: int, status: int) -> Iterator[Span]:
    sign = _MARKS[sending.standing]
    yield Span(f"  {sign.symbol} ", sign.style)
    yield Span(pad(clipped(_name(sending), names), names), Style.STRONG)
    yield Span(f"  {pad(clipped(sending.bulk.status, status), status)}  ", sign.style)
    yield Span(_bar(sending.bulk.progress), Style.FAINT)
    yield Span(f" {progress(sending):>5}")


def _bar(done: float | None) -> str:
    if done is None:
        return " " * _STEPS
    steps = int(done * _STEPS / 100)
    return "█" * steps + "░" * (_STEPS - steps)


def _reason(sending: Sending) -> Iterator[Line]:
    if sending.reason:
        yield line("      ", Span(sending.reason, Style.FAINT))


def _name(sending: Sending) -> str:
    return visible(sending.bulk.title or sending.bulk.id or "(no name)")


def _figure(sending: Sending, name: str) -> str:
    value: int | None = getattr(sending.bulk, name)
    return "–" if value is None else number(value)


def _right(text: str, columns: int) -> str:
    return " " * (columns - width(text)) + text


def _when(sending: Sending, view: View) -> str:
    """`sex 05/12 09:00–09:40`, in the account's zone; nothing where no time is told."""
    start, end = _local(sending.start, view), _local(sending.bulk.ended, view)
    first = "" if start is None else brief_moment(start, view)
    if end is None:
        return first
    last = f"{end:%H:%M}" if start is not None and start.date() == end.date() else brief_moment(end, view)
    return f"{first}–{last}"


def _local(at: datetime | None, view: View) -> datetime | None:
    try:
        return None if at is None else at.astimezone(view.zone)
    except OverflowError:  # the first and the last days of the calendar, which no bulk send has
        return at
