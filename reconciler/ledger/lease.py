"""Who may write a ledger, until when, and the number by which each holder is told from the one before. Pure.

A lease ends by itself, so that a killed run cannot keep others out for ever. Clocks decide only when somebody may *try*
to take it over. That nobody goes on after having lost it is the stores' part: their next write fails.
"""

from __future__ import annotations

import getpass
import json
import os
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from reconciler.ledger.errors import LedgerBusyError, LedgerError, newer
from reconciler.ledger.wire import dump

FORMAT_VERSION = 1


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Lease:
    """One run's right to write: who has it, since when, and until when unless it is renewed (times are UTC).

    `fence` is higher for each new holder of the same ledger. `run` is the address of the CI run, if it is one.
    """

    id: str
    fence: int
    owner: str
    host: str
    pid: int
    run: str
    since: datetime
    expires: datetime

    def expired(self, now: datetime) -> bool:
        """Whether others may take it over."""
        return now >= self.expires

    def __str__(self) -> str:
        run = f", run {self.run}" if self.run else ""
        return (
            f"{self.owner} (process {self.pid} on {self.host}{run}), since {_told(self.since)}, "
            f"until {_told(self.expires)} unless renewed (lease {self.id})"
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """Who asks to write, for how long at a time, and how patiently.

    `term` is how long the lease lasts without being renewed; after every durable step at least half of it is left.
    `patience` is how long to wait for another run to end; `waiting` hears once, in words, that this has begun.
    """

    owner: str
    host: str
    pid: int
    run: str = ""
    term: timedelta = timedelta(minutes=2)
    patience: timedelta = timedelta()
    waiting: Callable[[str], None] = field(default=lambda _words: None, compare=False)
    now: Callable[[], datetime] = field(default=_now, compare=False)

    @classmethod
    def here(cls) -> Self:
        """This process, as the system knows it."""
        host = socket.gethostname()
        try:
            user = getpass.getuser()
        except (OSError, KeyError):  # no such user on this machine, as in some containers
            user = f"user {os.getuid()}"
        return cls(f"{user}@{host}", host, os.getpid())

    def lease(self, fence: int) -> Lease:
        """A new lease with this number."""
        now = self.now()
        return Lease(secrets.token_hex(4), fence, self.owner, self.host, self.pid, self.run, now, self._expiry(now))

    def renewed(self, lease: Lease) -> Lease:
        """`lease`, lasting a whole term from now."""
        return replace(lease, expires=self._expiry(self.now()))

    def _expiry(self, now: datetime) -> datetime:
        return now + self.term


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a ledger's lease stands: the highest number given so far, and the lease if somebody has it."""

    fence: int = 0
    lease: Lease | None = None

    def dump(self) -> bytes:
        """As one line of JSON."""
        held = None if self.lease is None else {**asdict(self.lease), **_times(self.lease)}
        return dump({"format_version": FORMAT_VERSION, "fence": self.fence, "lease": held}).encode() + b"\n"

    @classmethod
    def load(cls, file: object, text: bytes | None) -> Slot:
        """What `text`, the content of `file`, says. What nobody can read is nobody's lease.

        Raises LedgerError if a newer version wrote it.
        """
        try:
            data = json.loads(text or b"{}")
            version, fence = int(data.get("format_version", 1)), int(data.get("fence", 0))
        except (ValueError, TypeError, AttributeError, RecursionError):
            return cls()
        if version > FORMAT_VERSION:
            raise newer(file, version, FORMAT_VERSION)
        try:
            return cls(fence, None if data.get("lease") is None else _lease(data["lease"]))
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls(fence)


class Term:
    """How much of a lease is left, by whichever clock ran faster: one may stand still while the machine sleeps."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        self._wall, self._ticks = claim.now(), time.monotonic()

    def restart(self, asked: Term) -> None:
        """A whole term, counted from when it was asked for."""
        self._wall, self._ticks = asked._wall, asked._ticks

    @property
    def half_left(self) -> bool:
        """Whether at least half of the term is left: enough for one call and its answer."""
        elapsed = max(self._claim.now() - self._wall, timedelta(seconds=time.monotonic() - self._ticks))
        return elapsed <= self._claim.term / 2


def busy(name: str, lease: Lease | None) -> LedgerBusyError:
    """The error for a ledger that somebody else is writing."""
    free = f" If that run is certainly dead, free it: `reconciler unlock --id {lease.id}`." if lease else ""
    return LedgerBusyError(
        "ledger-busy",
        f"{name}: the ledger is in use",
        f"It is held by {lease or 'another process'}.",
        f"Wait until that run has ended (apply --lock-timeout 10min waits for it), then run again.{free} "
        "Nothing was called or changed.",
    )


def taken(name: str, lease: Lease | None) -> LedgerError:
    """The error for a holder that finds its lease gone."""
    return LedgerError(
        "ledger-taken",
        f"{name}: the ledger's lock is no longer ours",
        f"It is held by {lease}." if lease else "It was freed, or taken over, while this run had it.",
        "Nothing more was called. Wait until the other run has ended, then run again: the journal says where to go on.",
    )


def refused_unlock(name: str, asked: str, lease: Lease | None) -> LedgerError:
    """The error for an `unlock` that does not name the lease that is held."""
    reason = f"It is held by {lease}." if lease else "Nobody holds it."
    remedy = "Give the id of the lease that is held, if its run is certainly dead." if lease else "Nothing to do."
    return LedgerError("ledger-unlock", f"{name}: there is no lease {asked}", reason, remedy)


def _times(lease: Lease) -> dict[str, str]:
    return {name: getattr(lease, name).astimezone(UTC).isoformat() for name in ("since", "expires")}


def _lease(data: dict[str, Any]) -> Lease:
    since, expires = (datetime.fromisoformat(data[name]) for name in ("since", "expires"))
    if since.tzinfo is None or expires.tzinfo is None:
        raise ValueError("a time has no zone")
    id_, owner, host, run = (str(data[name]) for name in ("id", "owner", "host", "run"))
    return Lease(id_, int(data["fence"]), owner, host, int(data["pid"]), run, since, expires)


def _told(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
