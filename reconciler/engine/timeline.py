"""A plan's sends and the bulk sends of other channels, one after another. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.engine.channels import Bulk, Phase
from reconciler.engine.check import Elsewhere

_RECENT = timedelta(days=2)
"""How near to now, or to a send, a bulk send is that is over and is shown all the same."""


@dataclass(frozen=True, slots=True)
class Event:
    """One send of any channel.

    `channel` is the source of a bulk send, or `envio`; `name` is its title, or the address. `at` is when it starts (a
    bulk send: when it was created), aware; None is as soon as the plan is applied (a bulk send: not told). `until` is
    when it ended. `state` is the vendor's word, or what becomes of it: an action of the plan, or `waiting`. `people`
    are whom it reaches, at most unless `exact`; None where that is not told.
    """

    channel: str
    name: str
    at: datetime | None
    state: str
    people: int | None = None
    exact: bool = True
    until: datetime | None = None
    id: str | None = None


def timeline(sends: Iterable[Event], elsewhere: Elsewhere, now: datetime) -> tuple[Event, ...]:
    """`sends` among the bulk sends that matter beside them, by time, in the zone of `now`; none if there are none.

    What matters: what a check is about, what is not over, and what was over less than two days ago, or is no further
    from a send than that.
    """
    sends = tuple(sends)
    near = [now, *(send.at for send in sends if send.at is not None)]
    about = {(bulk.source, bulk.id) for verdict in elsewhere.verdicts.values() for bulk in verdict.bulks}
    bulks = [bulk for bulk in elsewhere.bulks if (bulk.source, bulk.id) in about or _matters(bulk, near)]
    events = (*sends, *_bulk_events(bulks, now))
    return tuple(sorted(events, key=lambda event: (event.at or now, event.channel, event.name))) if bulks else ()


def _matters(bulk: Bulk, near: Iterable[datetime]) -> bool:
    last = bulk.ended or bulk.created
    return bulk.phase is not Phase.ENDED or (last is not None and any(abs(at - last) < _RECENT for at in near))


def _bulk_events(bulks: Iterable[Bulk], now: datetime) -> Iterator[Event]:
    for bulk in bulks:
        created, ended = (moment and moment.astimezone(now.tzinfo) for moment in (bulk.created, bulk.ended))
        yield Event(bulk.source, bulk.title or bulk.id, created, bulk.status, bulk.total, until=ended, id=bulk.id)
