"""What the acts of every kind share: the client, the present ids, the journal's pen, and creating without twins."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypeVar, cast
from zoneinfo import ZoneInfo

from reconciler.engine.check import Verdict
from reconciler.engine.executor import ChangeFailedError, Intend, OutcomeUnknownError, Performed
from reconciler.engine.model import Address, Change
from reconciler.providers.criaenvio.client import Client
from reconciler.transport import Clock, Failure, OutcomeUnknown, Throttled

Act: TypeAlias = Callable[["Bench", Sequence[Change]], Sequence[Performed]]
"""Makes the calls of one change (or of one batch); raises the transport's failures or the executor's errors."""

Look: TypeAlias = Callable[[Collection[str]], Iterable[Verdict]]
"""What comes now of the checks with these addresses: the other channels are read for it."""

T = TypeVar("T")
_LOG = logging.getLogger("reconciler.criaenvio")
_TRIES = 3
_YOUNG = timedelta(seconds=5)
"""How old an intent may be when its call leaves."""
_PATIENCE = 5.0
"""Seconds to wait after a 429 that does not say how long."""


@dataclass(frozen=True, slots=True)
class Watch:
    """The API's time, and how long after a call whose outcome is open it may still take effect (`quiet`)."""

    clock: Clock
    now: Callable[[], datetime]
    quiet: timedelta

    def wait(self, since: datetime) -> None:
        """Return when nothing that was asked for at `since` can still take effect."""
        left = (since + self.quiet - self.now()).total_seconds()
        if left > 0:
            _LOG.warning("the outcome of a call is open: waiting %.0f s until nothing of it can still arrive", left)
            self.clock.sleep(left)


@dataclass(frozen=True, slots=True)
class Bench:
    """Where changes are made. `ids` maps addresses to live ids; `intend` writes an intent before a call.

    `made` holds what the run has sent, as it is found again: the kind of sends knows what that is. `look` says what
    comes now of the checks with these addresses.
    """

    client: Client
    zone: ZoneInfo
    watch: Watch
    ids: Mapping[Address, str]
    intend: Intend
    made: dict[Address, Any] = field(default_factory=dict)
    look: Look = lambda _: ()

    def live_id(self, change: Change) -> str:
        """The id of the object that `change` acts upon, also when this plan has only just made it."""
        return self.ids.get(change.address) or change.live_id or ""

    def keys_to_ids(self, kind: str, keys: object) -> list[str]:
        """The live ids of declared resources, in the order of their keys."""
        return [self.ids[Address(kind, key)] for key in sorted(cast("frozenset[str]", keys))]


@dataclass(slots=True)
class Departure:
    """Writes the intent of a call at the moment when the call leaves (waiting for one's turn comes before), `at`.

    What may still arrive is reckoned from that moment, by this run and by one that finds the intent open.
    """

    bench: Bench
    evidence: Mapping[str, str]
    at: datetime

    @classmethod
    def of(cls, bench: Bench, evidence: Mapping[str, str]) -> Departure:
        """The departure of a call that has not left yet."""
        return cls(bench, evidence, bench.watch.now())

    def __call__(self) -> None:
        """It leaves now, with an intent that is young: what comes after an unknown outcome is reckoned from its time.

        A ledger that takes long to write (a slow push) would shorten that. Raises ChangeFailedError if it always does.
        """
        for _ in range(_TRIES):
            before = self.bench.watch.now()
            self.bench.intend(self.evidence)
            self.at = self.bench.watch.now()
            if self.at - before <= _YOUNG:
                return
        took = (self.at - before).total_seconds()
        raise ChangeFailedError(
            f"the ledger takes {took:.0f} s to be written, which is too long to send safely; nothing was sent"
        )


def only(act: Callable[[Bench, Change], Performed]) -> Act:
    """An act that makes one change at a time."""

    def make(bench: Bench, changes: Sequence[Change]) -> Sequence[Performed]:
        return [act(bench, change) for change in changes]

    return make


def same_id(bench: Bench, change: Change) -> Performed:
    """What is left behind by a change that keeps its object."""
    return Performed(bench.live_id(change))


def create_once(
    bench: Bench, make: Callable[[], T], look: Callable[[], T | None], *, server_refuses_twins: bool = False
) -> T:
    """Create, and after an answer that leaves the outcome open look for what was made before anything is repeated.

    An *answered* failure (5xx, a page instead of data) that left nothing behind may be repeated, an unanswered one only
    where the server itself refuses a second object: the request may still arrive.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            return make()
        except Throttled as failure:
            last: Failure = failure
            bench.watch.clock.sleep(failure.retry_after or _PATIENCE)
        except OutcomeUnknown as failure:
            last = failure
            bench.watch.clock.sleep(attempt)
        found = looked(last, look)
        if found is not None:
            return found
        if isinstance(last, OutcomeUnknown) and last.status is None and not server_refuses_twins:
            break
    raise last


def looked(open_call: Failure | str, look: Callable[[], T]) -> T:
    """What the account shows after a call whose outcome is open; if it cannot be read, the outcome stays open."""
    try:
        return look()
    except Failure as failure:
        raise OutcomeUnknownError(f"{open_call}; nor could it be looked for: {failure}") from failure


THERE = "it was there already: made by somebody since the account was read, or missed by a listing that moved"
"""Said of what is looked up right before it is created, and found."""


def created_id(row: Mapping[str, Any]) -> str:
    """The id in the answer of a create."""
    return str(row["id"])
