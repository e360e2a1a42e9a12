"""What the kill switch did, for who pulled it: what is stopped, what could not be, what was too late. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from reconciler.engine.model import Observed
from reconciler.providers.criaenvio.envios.switch import Stopped
from reconciler.report.lines import GRAVE, TAKES, Line, Span, Style, line, pad, rendered, widest
from reconciler.report.view import View
from reconciler.report.words import count, moment


def stop_text(stopped: Sequence[Stopped], others: Sequence[Observed], view: View) -> str:
    """One line per send, by start, below a headline; the problems stand out. `others` go on, and may be ours."""
    return rendered((*_lines(stopped, view), *_going_on(others)), view)


def stop_document(stopped: Iterable[Stopped], others: Iterable[Observed]) -> dict[str, object]:
    """The same as `schemas/stop.schema.json` describes it."""
    sends = [
        {
            "address": str(item.address),
            "live_id": item.live_id,
            "start": item.start.isoformat(timespec="minutes") if item.start else None,
            "before": item.before,
            "action": str(item.action) if item.action else None,
            "problem": item.problem,
            "too_late": item.too_late,
        }
        for item in stopped
    ]
    going_on = [
        {"live_id": item.id, "start": _start(item), "status": str(item.fields.get("estado"))} for item in others
    ]
    return {"format_version": 1, "sends": sends, "others": going_on}


def _start(item: Observed) -> str | None:
    start = item.fields.get("data_de_inicio")
    return start.isoformat(timespec="minutes") if isinstance(start, datetime) else None


def _going_on(others: Sequence[Observed]) -> Iterator[Line]:
    """What may be ours as well: nobody can tell, so that nothing was done about it."""
    if not others:
        return
    yield ()
    head = f"{count(len(others), 'other send')} of this account {'goes' if len(others) == 1 else 'go'} on: "
    yield line(Span(f"{head}look whose they are", Style.STRONG))
    for item in others:
        start = item.fields.get("data_de_inicio")
        when = moment(start) if isinstance(start, datetime) else "start not known"
        yield line("  ", Span(GRAVE.symbol, GRAVE.style), f" live id {item.id}  {when}  {item.fields.get('estado')}")
    yield line("To stop one of them: reconciler stop --id ID")


def _lines(stopped: Sequence[Stopped], _view: View) -> Iterator[Line]:
    done = [item for item in stopped if item.action is not None]
    failed = [item for item in stopped if item.problem is not None]
    late = [item for item in stopped if item.too_late]
    head = f"{count(len(done), 'send')} stopped"
    head += f", {len(failed)} NOT stopped" if failed else ""
    head += f", {len(late)} too late (the mail is out)" if late else ""
    yield line(Span(head if stopped else "nothing is known here that is ours to stop", Style.STRONG))
    column = widest(str(item.address) for item in stopped)
    for item in stopped:
        mark = GRAVE if item.problem or item.too_late else TAKES
        when = moment(item.start) if item.start else "start not known"
        told = item.problem or (f"{item.before}: {item.action}" if item.action else item.before)
        what = f"NOT stopped: {told}" if item.problem else "too late: already sent" if item.too_late else told
        symbol = mark.symbol if item.problem or item.too_late or item.action else " "
        yield line(
            "  ", Span(symbol, mark.style), f" {pad(str(item.address), column)}  {when}  live id {item.live_id}  {what}"
        )
    if any(item.action is not None for item in stopped):
        yield ()
        yield line("A later plan shows what was cancelled as blocked, and what was paused after its start as well:")
        yield line("declare estado: cancelado (or pausado), a new start, or recriar: true before the next apply.")
