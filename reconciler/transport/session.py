"""One account's calls: paced, counted, repeated as far as each operation allows, and never further."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from types import MappingProxyType, TracebackType
from typing import Self, TypeAlias, TypeVar
from urllib.parse import quote, urlencode

from reconciler.transport.circuit import FAILURES_TO_OPEN, Circuit
from reconciler.transport.clock import WaitEndedError
from reconciler.transport.endpoint import Endpoint, InvalidIdError, Repeat
from reconciler.transport.exchange import encoded
from reconciler.transport.failures import (
    BudgetSpent,
    CircuitOpen,
    Failure,
    InvalidRequest,
    NotSent,
    OutcomeUnknown,
    Refused,
    WriteForbidden,
)
from reconciler.transport.origin import Origin
from reconciler.transport.pace import Pace, Sign
from reconciler.transport.parcel import Answer, Decode, Parcel
from reconciler.transport.patience import Patience
from reconciler.transport.place import Place
from reconciler.transport.ports import Ports
from reconciler.transport.query import Query, written
from reconciler.transport.rate import Learned
from reconciler.transport.secret import Key, RedactingFilter
from reconciler.transport.skew import Skew
from reconciler.transport.verdict import Meaning, Refusal, Success, Verdict, judge

log = logging.getLogger("reconciler.transport")

# At DEBUG the HTTP libraries write whole answer headers, and a server may echo the address there.
_WATCHED = ("httpcore.connection", "httpcore.http11", "httpcore.proxy", log.name)

_LONG = 3.0
"""Seconds from which a wait is told to whoever sits before the terminal."""

T = TypeVar("T")

Leaving: TypeAlias = Callable[[], None]
"""Word that a request is about to leave."""


def no_word() -> None:
    """For a request that may leave without anybody's being told."""


class Access(Enum):
    """What a session may do: a reading one cannot call any operation that has an effect."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Limits:
    """Figures of one account: seconds for a whole request, calls per second (None: unlimited), seconds of repeating.

    `learned` is what an earlier run found out about the rate that the server takes.
    """

    deadline: float = 30.0
    rate: float | None = None
    budget: float = 60.0
    connections: int = 16
    learned: Learned | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """Who is called: base address, key, where in a request it goes, and what may be done there."""

    origin: Origin
    key: Key
    place: Place
    access: Access


@dataclass(frozen=True, slots=True)
class Message:
    """What one call says: ids for the path, query without key, JSON body.

    `leaving` is called right before each attempt leaves, after all waiting for its turn: if it raises, nothing is sent.
    `decode` is a quicker way to read what is expected.
    """

    ids: tuple[str, ...] = ()
    query: Query = field(default_factory=dict)
    body: object | None = None
    leaving: Leaving = no_word
    decode: Decode | None = None


class Session:
    """Calls one account's API. Usable from several threads; close it, or use it as a context."""

    def __init__(self, account: Account, limits: Limits, ports: Ports) -> None:
        self._account = account
        self._limits = limits
        self._ports = ports
        self._pace = Pace(limits.rate, ports.clock, limits.learned)
        self._circuit = Circuit()
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()
        self._repeats: Counter[str] = Counter()
        self._skew = Skew()
        self._slowest = 0.0
        self._bounds: tuple[int | None, float | None] = (None, None)
        self._filter = RedactingFilter(account.key)
        for name in _WATCHED:
            logging.getLogger(name).addFilter(self._filter)
        self._carrier = ports.dial(account.origin, account.key, account.place, limits.connections)

    def call(self, endpoint: Endpoint, message: Message, meaning: Meaning[T]) -> T:
        """Does `endpoint` and returns what `meaning` reads in the answer.

        Raises a `Failure`: `NotSent` (with `InvalidRequest`, `WriteForbidden`, `CircuitOpen`), `Refused`, and for an
        operation that is never repeated `Throttled` and `OutcomeUnknown`, for others `GaveUp` and `Overloaded`.
        """
        parcel = self._parcel(endpoint, message)
        result = self._repeated(endpoint, parcel, self._discreet(meaning), message.leaving)
        if isinstance(result, Success):
            self._circuit.succeeded()
            return result.value
        if isinstance(result, Refused) or (isinstance(result, OutcomeUnknown) and result.refusal is not None):
            self._circuit.succeeded()
        else:
            self._circuit.failed()
        raise result

    @property
    def count(self) -> Mapping[str, int]:
        """Requests sent so far per operation (`GET /campos/{id}`), repeats included."""
        with self._lock:
            return MappingProxyType(dict(self._calls))

    @property
    def repeats(self) -> Mapping[str, int]:
        """Of `count`, those that repeated a failed attempt of the same call."""
        with self._lock:
            return MappingProxyType(dict(self._repeats))

    @property
    def server_time(self) -> datetime | None:
        """The Date header of the last answer that had one, aware, in UTC."""
        return self._skew.date

    @property
    def skew(self) -> timedelta:
        """How far the server's clock is ahead of this machine's, by the Date headers of its answers."""
        return self._skew.value

    @property
    def rate(self) -> float | None:
        """The present pace in calls per second; None is unlimited."""
        return self._pace.rate

    @property
    def learned(self) -> Learned | None:
        """What this run, or the one before it, has found out about the rate that the server takes."""
        return self._pace.learned

    def seconds_for(self, calls: int) -> float:
        """How long so many further calls take at the least, at the present pace."""
        return self._pace.seconds_for(calls)

    @property
    def slowest(self) -> float:
        """The seconds that the slowest answer so far took."""
        return self._slowest

    @contextlib.contextmanager
    def bounded(self, calls: int | None, until: float | None) -> Iterator[None]:
        """Within, what would be one more than `calls` in all, or begin after `until`, raises `BudgetSpent` instead."""
        self._bounds = (calls, until)
        try:
            yield
        finally:
            self._bounds = (None, None)

    def _discreet(self, meaning: Meaning[T]) -> Meaning[T]:
        """The same meaning, with refusals on one line of bearable length and without a key that the server echoes."""

        def refusal(document: dict[str, object]) -> Refusal | None:
            told = meaning.refusal(document)
            if told is None:
                return None
            return Refusal(self.discreet(told.code), self.discreet(told.message), told.missing)

        return Meaning(meaning.value, refusal)

    def discreet(self, text: str) -> str:
        """What a server wrote, to be shown: on one line of bearable length, without a key that it echoes."""
        shown = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
        return self._account.key.redact(shown)[:500]

    def _parcel(self, endpoint: Endpoint, message: Message) -> Parcel:
        if endpoint.effect and self._account.access is Access.READ:
            raise WriteForbidden(endpoint, "this client only reads, and the operation has an effect; nothing was sent")
        if self._circuit.open:
            raise CircuitOpen(
                endpoint, f"not sent, since {FAILURES_TO_OPEN} calls in a row have failed; try again later"
            )
        try:
            path = endpoint.at(*message.ids)
            query = urlencode(list(written(message.query)), quote_via=quote).encode("ascii")
            content = None if message.body is None else encoded(message.body)
        except (InvalidIdError, TypeError, ValueError, RecursionError) as error:
            reason = str(error) if isinstance(error, InvalidIdError) else "its values cannot be written as UTF-8 JSON"
        else:
            fresh = endpoint.repeat is Repeat.NEVER
            return Parcel(endpoint.method, path, query, content, fresh, message.decode)
        raise InvalidRequest(endpoint, f"{reason}; nothing was sent")

    def _repeated(
        self, endpoint: Endpoint, parcel: Parcel, meaning: Meaning[T], leaving: Leaving
    ) -> Success[T] | Failure:
        """Attempts until one is answered or patience ends. Returns failures, so that none chains another."""
        patience = Patience(endpoint, self._limits.budget, self._ports)
        failed: Verdict | None = None
        with contextlib.suppress(WaitEndedError):
            while True:
                result = self._attempt(endpoint, parcel, meaning, leaving, repeated=failed is not None)
                if isinstance(result, Success):
                    return result
                failed = result
                wait = patience.wait_after(failed)
                if wait is None:
                    break
                level = logging.WARNING if wait >= _LONG else logging.DEBUG
                log.log(level, "%s: %s; again in %.1f s", endpoint, failed.failure.reason, wait)
                self._ports.clock.sleep(wait)
        return patience.verdict(failed) if failed else NotSent(endpoint, "not sent, since the run was asked to end")

    def _attempt(
        self, endpoint: Endpoint, parcel: Parcel, meaning: Meaning[T], leaving: Leaving, *, repeated: bool
    ) -> Success[T] | Verdict:
        clock = self._ports.clock
        with self._pace.turn() as turn:
            self._count(endpoint, turn.started, repeated=repeated)
            leaving()
            sent = clock.now()
            result = self._carrier.send(parcel, self._limits.deadline, clock)
            received, took = clock.now(), clock.monotonic() - turn.started
            verdict = judge(endpoint, result, meaning, received)
            if isinstance(verdict, Success):
                turn.sign = Sign.GOOD
            else:
                turn.sign = Sign.OVERLOAD if verdict.overload else Sign.NEITHER
                turn.asked = verdict.wait
        self._slowest = max(self._slowest, took)
        if isinstance(result, Answer):
            log.debug("%s: %d in %.0f ms", endpoint, result.status, 1000 * took)
            if result.date is not None:
                self._skew.heard(result.date, sent, received)
        else:
            log.debug("%s: %s", endpoint, result.reason)
        return verdict

    def _count(self, endpoint: Endpoint, now: float, *, repeated: bool) -> None:
        calls, until = self._bounds
        with self._lock:
            if calls is not None and self._calls.total() >= calls:
                raise BudgetSpent(endpoint, f"not sent: it would be more than the {calls} calls that this run may make")
            if until is not None and now >= until:
                raise BudgetSpent(endpoint, "not sent: the time that this run may take is over")
            self._calls[str(endpoint)] += 1
            if repeated:
                self._repeats[str(endpoint)] += 1

    def close(self) -> None:
        """Closes the connections and takes the filter off the loggers."""
        self._carrier.close()
        for name in _WATCHED:
            logging.getLogger(name).removeFilter(self._filter)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Session({self._account.origin}, {self._account.access.value})"
