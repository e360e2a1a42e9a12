"""How a bulk send moves through time: how many it has reached follows from when it began and how fast it goes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from reconciler.sandbox.account import Row
from reconciler.sandbox.moments import SECOND
from reconciler.sandbox.section import When
from reconciler.sandbox.seed_fields import WHEN, EditError, Field, Record, SeedError, filled, positive, seconds, whole


class Phase(Enum):
    """How far a bulk send is, whatever its vendor calls that."""

    QUEUED = auto()
    RUNNING = auto()
    ENDED = auto()
    CANCELLED = auto()


FIELDS = {
    "total": Field("a whole number, 0 or more", whole, required=True),
    "falhas": Field("a whole number, 0 or more", whole, default=0),
    "criado": WHEN,
    "inicio": WHEN,
    "por_segundo": Field("a number of recipients a second, above 0", positive),
    "duracao": Field("a number of seconds, 0 or more", seconds),
    "cancelado": WHEN,
    "status": Field("a word that the vendor's documents do not have", filled),
}
"""What a seed says of every bulk send.

`total` recipients, of whom `falhas` fail, evenly spread. It shows from `criado` on (by default `inicio` if that is
past, else the present), waits until `inicio` (by default `criado`), and then takes `duracao` seconds, or as long as
`por_segundo` makes it. `cancelado` ends it before. `status` is shown in place of the one that follows from the time.
"""

COLUMNS = ("total", "falhas", "criado", "inicio", "duracao", "cancelado", "status")
TABLE = (
    "total INTEGER NOT NULL, falhas INTEGER NOT NULL, criado INTEGER NOT NULL, inicio INTEGER NOT NULL,"
    " duracao INTEGER NOT NULL, cancelado INTEGER, status TEXT"
)
"""The columns in SQL; `duracao` is microseconds."""

CANCELLED = "CANCELLED"
"""What both vendors call a bulk send that was cancelled."""

_BEFORE_IT_BEGINS = frozenset({"total", "falhas", "inicio", "por_segundo", "duracao"})
EDITABLE = _BEFORE_IT_BEGINS | {"status"}
"""What can be edited by hand: the status always, the rest until it begins."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A bulk send: people, and instants in microseconds since 1970; `duration` is microseconds."""

    total: int
    failures: int
    start: int
    duration: int
    cancelled: int | None = None

    @classmethod
    def of(cls, row: Row) -> Batch:
        """The bulk send in a row that has COLUMNS."""
        return cls(row["total"], row["falhas"], row["inicio"], row["duracao"], row["cancelado"])

    @property
    def end(self) -> int:
        """When it ends, if nobody cancels it."""
        return self.start + self.duration

    def phase(self, now: int) -> Phase:
        """How far it is."""
        if self.cancelled is not None and now >= self.cancelled:
            return Phase.CANCELLED
        if now < self.start:
            return Phase.QUEUED
        return Phase.RUNNING if now < self.end else Phase.ENDED

    def done(self, now: int) -> int:
        """How many it has tried to reach: grows evenly from `start` to `end`, and stands still once cancelled."""
        at = now if self.cancelled is None else min(now, self.cancelled)
        if at >= self.end:
            return self.total
        return self.total * (at - self.start) // self.duration if at > self.start else 0

    def failed(self, now: int) -> int:
        """Those of them whom it did not reach."""
        return self.done(now) * self.failures // self.total if self.total else 0

    def sent(self, now: int) -> int:
        """Those of them whom it did reach."""
        return self.done(now) - self.failed(now)


@dataclass(frozen=True, slots=True)
class Manner:
    """A vendor's way: recipients a second where a record does not say, and the statuses that its documents have."""

    pace: float
    documented: tuple[str, ...]


def stored(place: str, record: Record, when: When, manner: Manner) -> Record:
    """The columns of a record.

    Raises:
        SeedError: for values that contradict each other.
    """
    total, failures, status = record["total"], record["falhas"], record["status"]
    if failures > total:
        raise SeedError(f"{place}.falhas: {failures} is more than total, {total}")
    if status in manner.documented:
        raise SeedError(f"{place}.status: {status!r} follows from the times (inicio, duracao, cancelado) and falhas")
    created, start = _begins(place, record, when)
    duration = _lasts(place, record, manner)
    cancelled = when.at(record["cancelado"])
    if cancelled is not None and not created <= cancelled < start + duration:
        raise SeedError(f"{place}.cancelado: {record['cancelado']} is before criado, or not before the end")
    times = {"criado": created, "inicio": start, "duracao": duration, "cancelado": cancelled}
    return {"total": total, "falhas": failures, "status": status} | times


def _begins(place: str, record: Record, when: When) -> tuple[int, int]:
    created, start = when.at(record["criado"]), when.at(record["inicio"])
    if created is None:
        created = when.now if start is None else min(start, when.now)
    start = created if start is None else start
    if start < created:
        raise SeedError(f"{place}.inicio: {record['inicio']} is before criado")
    return created, start


def _lasts(place: str, record: Record, manner: Manner) -> int:
    pace, duration = record["por_segundo"], record["duracao"]
    if pace is not None and duration is not None:
        raise SeedError(f"{place}.duracao: contradicts por_segundo; give one of them")
    lasts: float = record["total"] / (pace or manner.pace) if duration is None else duration
    if not seconds(lasts):
        raise SeedError(f"{place}.por_segundo: {pace} is so slow that it would never end")
    return round(lasts * SECOND)


def seeded(row: Row, when: When) -> Record:
    """The record that a row came from."""
    return {
        "total": row["total"],
        "falhas": row["falhas"],
        "criado": when.iso(row["criado"]),
        "inicio": when.iso(row["inicio"]),
        "duracao": row["duracao"] / SECOND,
        "cancelado": when.iso(row["cancelado"]),
        "status": row["status"],
    }


def changed(row: Row, record: Record, wanted: Record, when: When) -> Record:
    """`record`, which `row` came from, with what is wanted of it by hand; `status` CANCELLED ends it now.

    Raises:
        EditError: for a bulk send that has ended, or that has begun where how it goes would change.
    """
    phase, record = Batch.of(row).phase(when.now), {"por_segundo": None} | record | wanted
    begun = sorted(set(wanted) & _BEFORE_IT_BEGINS)
    if begun and phase is not Phase.QUEUED:
        raise EditError(f"{begun[0]}: cannot be changed, since {row['id']!r} has begun")
    if "por_segundo" in wanted and "duracao" not in wanted:
        record["duracao"] = None
    if wanted.get("status") != CANCELLED:
        return record
    if phase is Phase.ENDED:
        raise EditError(f"status: {row['id']!r} has ended, and cannot be cancelled")
    at = row["cancelado"] if phase is Phase.CANCELLED else when.now
    return record | {"status": None, "cancelado": when.iso(at)}
