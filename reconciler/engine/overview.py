"""How the sends of every channel stand, and the checks: one view, and the verdict that the exit code states. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from reconciler.engine.channels import Bulk, Phase
from reconciler.engine.check import Elsewhere, Ruling, Verdict
from reconciler.engine.model import Address
from reconciler.engine.result import Exit

UNNAMED = "the vendor's documents do not name this status"
_PENDING = frozenset({Ruling.NOT_YET, Ruling.NOT_FOUND})


class Standing(StrEnum):
    """What is left to be waited for, or to be done, about a send."""

    DONE = "done"  # over, as it should be; or at rest, as it is declared
    OPEN = "open"  # it goes on by itself, or with the next apply
    WRONG = "wrong"  # failed, cancelled or paused by somebody else, gone: a person has to look


@dataclass(frozen=True, slots=True)
class Sending:
    """One send of any channel.

    `reason` says what is behind the standing, where the status does not. `start` is when it starts or has started (of a
    bulk send: when it was created), aware. `address` is that of an envio. `reactions` are further counts of people, in
    the vendor's words; None where it does not tell.
    """

    bulk: Bulk
    standing: Standing
    reason: str = ""
    start: datetime | None = None
    address: Address | None = None
    reactions: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unread:
    """Why a source could not be read, and whether that may pass by itself (`later`)."""

    reason: str
    later: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """How an account stands `at` a moment (aware, in its zone).

    `hidden` are sends that have long been over and are not among `sendings`. `calls` counts the requests that it took,
    by `METHOD /path`; `seconds` is how long as many take again at the least.
    """

    account: str
    at: datetime
    sendings: tuple[Sending, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    unread: Mapping[str, Unread] = field(default_factory=dict)
    hidden: int = 0
    calls: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def exit(self) -> Exit:
        """The verdict, worst first: somebody has to look, something was not read, something goes on, all is done."""
        if self.count(Standing.WRONG) or any(verdict.ruling is Ruling.BROKEN for verdict in self.verdicts):
            return Exit.BLOCKED
        if self.unread or self._unasked:
            passes = not self._unasked and all(each.later for each in self.unread.values())
            return Exit.LATER if passes else Exit.ERROR
        return Exit.CHANGES if self._pending else Exit.OK

    @property
    def over(self) -> bool:
        """Whether nothing is left to be waited for: what cannot be read now and may be later is waited for, too."""
        return not self._pending and not any(each.later for each in self.unread.values())

    @property
    def _unasked(self) -> bool:
        """Whether there is a check on a channel that the account does not name."""
        return any(each.ruling is Ruling.NOT_READ and each.check.source not in self.unread for each in self.verdicts)

    @property
    def _pending(self) -> bool:
        return self.count(Standing.OPEN) > 0 or any(verdict.ruling in _PENDING for verdict in self.verdicts)

    def count(self, standing: Standing) -> int:
        """How many sends stand so."""
        return sum(sending.standing is standing for sending in self.sendings)


def bulk_sendings(seen: Elsewhere, good: Mapping[str, Collection[str]], since: datetime) -> tuple[list[Sending], int]:
    """The bulk sends of other channels, the earliest first, and how many are left out: those over before `since`.

    What a check is about is always there. `good` has for each source the statuses of one that ended well.
    """
    about: dict[tuple[str, str], set[Ruling]] = {}
    for verdict in seen.verdicts.values():
        for bulk in verdict.bulks:
            about.setdefault((bulk.source, bulk.id), set()).add(verdict.ruling)
    shown = [bulk for bulk in seen.bulks if (bulk.source, bulk.id) in about or not long_over(bulk, since)]
    found = [_bulk_sending(bulk, about.get((bulk.source, bulk.id), set()), good[bulk.source]) for bulk in shown]
    return in_order(found), len(seen.bulks) - len(shown)


def in_order(sendings: Iterable[Sending]) -> list[Sending]:
    """By source, then by start; what has none comes last."""
    return sorted(sendings, key=lambda each: (each.bulk.source, each.start is None, _stamp(each.start), each.bulk.id))


def long_over(bulk: Bulk, since: datetime) -> bool:
    """Whether it was over before `since`, as far as that is told."""
    last = bulk.ended or bulk.created
    return bulk.phase is Phase.ENDED and last is not None and last < since


def unread_of(seen: Elsewhere) -> Iterator[tuple[str, Unread]]:
    """The sources that could not be read, by name."""
    return ((source, Unread(why, source in seen.passing)) for source, why in sorted(seen.unread.items()))


def since_of(now: datetime, recent: timedelta) -> datetime:
    """`recent` ago, or the beginning of time."""
    try:
        return now - recent
    except OverflowError:
        return datetime.min.replace(tzinfo=now.tzinfo)


def _bulk_sending(bulk: Bulk, rulings: Collection[Ruling], good: Collection[str]) -> Sending:
    """Where somebody has said by a check what is good enough, and it is, the vendor's word does not matter."""
    standing, reason = _by_its_word(bulk, good)
    if standing is Standing.WRONG and bulk.phase is Phase.ENDED and rulings and set(rulings) == {Ruling.HOLDS}:
        standing, reason = Standing.DONE, "as its checks expect"
    return Sending(bulk, standing, reason, start=bulk.created)


def _by_its_word(bulk: Bulk, good: Collection[str]) -> tuple[Standing, str]:
    if bulk.phase is Phase.UNKNOWN:
        return (Standing.OPEN if bulk.ended is None else Standing.WRONG), UNNAMED
    if bulk.phase is Phase.ENDED:
        return (Standing.DONE if bulk.status in good else Standing.WRONG), ""
    return Standing.OPEN, ""


def _stamp(at: datetime | None) -> float:
    return 0.0 if at is None else at.timestamp()
