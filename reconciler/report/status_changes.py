"""What has changed between two looks at an account: a line for each send and check that stands otherwise. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.engine.overview import Overview, Sending
from reconciler.report.channels_text import words
from reconciler.report.status_text import progress, standing_word
from reconciler.report.words import number, visible


def changes(before: Overview | None, now: Overview) -> list[str]:
    """One line for everything that is not as it was `before` (None: nothing is known), with the time of `now`."""
    known = {} if before is None else _told(before)
    told = _told(now)
    stamp = now.at.isoformat(timespec="seconds")
    new = [f"{stamp}  {key}: {text}" for key, text in told.items() if known.get(key) != text]
    return [visible(line) for line in (*new, *(f"{stamp}  {key}: no longer shown" for key in known if key not in told))]


def _told(overview: Overview) -> Mapping[str, str]:
    return {
        **{_name(each): _sending(each) for each in overview.sendings},
        **{source: f"not read: {each.reason}" for source, each in overview.unread.items()},
        **{str(each.check.address): f"{words(each.ruling)}: {each.reason}" for each in overview.verdicts},
    }


def _name(sending: Sending) -> str:
    bulk = sending.bulk
    live_id = f" ({bulk.id})" if bulk.id and bulk.id != bulk.title else ""
    return f"{bulk.source}  {bulk.title or bulk.id}{live_id if sending.address is None else ''}"


def _sending(sending: Sending) -> str:
    bulk = sending.bulk
    named = (("sent", bulk.sent), ("delivered", bulk.delivered), ("read", bulk.read), ("failed", bulk.failed))
    figures = [f"{number(value)} {name}" for name, value in named if value is not None]
    of = [] if bulk.total is None else [f"of {number(bulk.total)}"]
    said = [standing_word(sending.standing), *([sending.reason] if sending.reason else [])]
    return f"{bulk.status} {progress(sending)}  {', '.join([*figures, *of])}  ({'; '.join(said)})".replace("    ", "  ")
