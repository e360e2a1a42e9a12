"""What the kill switch did, for who pulled it: what is stopped, what could not be, what was too late. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reconciler.providers.criaenvio.envios.switch import Stopped
from reconciler.report.lines import GRAVE, TAKES, Line, Span, Style, line, pad, rendered, widest
from reconciler.report.view import View
from reconciler.report.words import count, moment


def stop_text(stopped: Sequence[Stopped], view: View) -> str:
    """One line per send, by start, below a headline; the problems stand out."""
    return rendered(_lines(stopped, view), view)


def stop_document(stopped: Iterable[Stopped]) -> dict[str, object]:
    """The same as JSON: `sends[] {address, live_id, start, before, action, problem, too_late}`."""
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
    return {"format_version": 1, "sends": sends}


def _lines(stopped: Sequence[Stopped], _view: View) -> Iterator[Line]:
    done = [item for item in stopped if item.action is not None]
    failed = [item for item in stopped if item.problem is not None]
    late = [item for item in stopped if item.too_late]
    head = f"{count(len(done), 'send')} stopped"
    head += f", {len(failed)} NOT stopped" if failed else ""
    head += f", {len(late)} too late (the mail is out)" if late else ""
    yield line(Span(head if stopped else "nothing here is ours to stop", Style.STRONG))
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
