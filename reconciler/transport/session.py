"""One account's calls: paced, counted, repeated as far as each operation allows, and never further."""

from __future__ import annotations

import http.cookiejar
import logging
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from types import MappingProxyType, TracebackType
from typing import Self, TypeVar
from urllib.parse import quote, urlencode

import httpx

from reconciler import __version__
from reconciler.transport.body import ENCODINGS
from reconciler.transport.circuit import FAILURES_TO_OPEN, Circuit
from reconciler.transport.clock import Ports
from reconciler.transport.endpoint import Endpoint, InvalidIdError, Repeat, checked
from reconciler.transport.exchange import Answer, Parcel, encoded, send
from reconciler.transport.failures import (
    CircuitOpen,
    Failure,
    InvalidRequest,
    OutcomeUnknown,
    Refused,
    WriteForbidden,
)
from reconciler.transport.keyed import KeyedTransport
from reconciler.transport.origin import Origin
from reconciler.transport.pace import Pace
from reconciler.transport.patience import Patience
from reconciler.transport.secret import Key, RedactingFilter
from reconciler.transport.verdict import Meaning, Refusal, Success, Verdict, judge

log = logging.getLogger("reconciler.transport")

# At DEBUG the HTTP libraries write whole answer headers, and a server may echo the address there.
_WATCHED = ("httpcore.connection", "httpcore.http11", "httpcore.proxy", "httpx", log.name)

_LONG = 3.0
"""Seconds from which a wait is told to whoever sits before the terminal."""

T = TypeVar("T")

Query = Mapping[str, "str | int | bool | Sequence[str] | None"]
"""Query parameters: None and empty lists are left out, true and false are written so, lists (of ids, numbers or names
of relations) are joined by commas."""


class Access(Enum):
    """What a session may do: a reading one cannot call any operation that has an effect."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Limits:
    """Figures of one account: seconds for a whole request, calls per second (None: unlimited), seconds of repeating."""

    deadline: float = 30.0
    rate: float | None = None
    budget: float = 60.0
    connections: int = 16


@dataclass(frozen=True, slots=True)
class Account:
    """Who is called: base address, key, the query parameter that carries it, and what may be done there."""

    origin: Origin
    key: Key
    parameter: str
    access: Access


@dataclass(frozen=True, slots=True)
class Message:
    """What one call says: ids for the path, query without key, JSON body."""

    ids: tuple[str, ...] = ()
    query: Query = field(default_factory=dict)
    body: object | None = None


class Session:
    """Calls one account's API. Usable from several threads; close it, or use it as a context."""

    def __init__(self, account: Account, limits: Limits, ports: Ports) -> None:
        self._account = account
        self._limits = limits
        self._ports = ports
        self._pace = Pace(limits.rate, ports.clock)
        self._circuit = Circuit()
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()
        self._repeats: Counter[str] = Counter()
        self._server_time: datetime | None = None
        self._filter = RedactingFilter(account.key)
        for name in _WATCHED:
            logging.getLogger(name).addFilter(self._filter)
        self._http = httpx.Client(
            transport=KeyedTransport(account.origin, account.key, account.parameter, limits.connections),
            headers={
                "User-Agent": f"campaign-reconciler/{__version__}",
                "Accept": "application/json",
                "Accept-Encoding": ENCODINGS,
            },
            cookies=http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            trust_env=False,
        )

    def call(self, endpoint: Endpoint, message: Message, meaning: Meaning[T]) -> T:
        """Does `endpoint` and returns what `meaning` reads in the answer.

        Raises a `Failure`: `NotSent` (with `InvalidRequest`, `WriteForbidden`, `CircuitOpen`), `Refused`, and for an
        operation that is never repeated `Throttled` and `OutcomeUnknown`, for others `GaveUp` and `Overloaded`.
        """
        parcel = self._parcel(endpoint, message)
        result = self._repeated(endpoint, parcel, self._discreet(meaning))
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
        with self._lock:
            return self._server_time

    @property
    def rate(self) -> float | None:
        """The present pace in calls per second; None is unlimited."""
        return self._pace.rate

    def _discreet(self, meaning: Meaning[T]) -> Meaning[T]:
        """The same meaning, with refusals on one line of bearable length and without a key that the server echoes."""

        def refusal(document: dict[str, object]) -> Refusal | None:
            told = meaning.refusal(document)
            if told is None:
                return None
            return Refusal(self._line(told.code), self._line(told.message), told.missing)

        return Meaning(meaning.value, refusal)

    def _line(self, text: str) -> str:
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
            query = urlencode(list(_written(message.query)), quote_via=quote).encode("ascii")
            content = None if message.body is None else encoded(message.body)
        except (InvalidIdError, TypeError, ValueError, RecursionError) as error:
            reason = str(error) if isinstance(error, InvalidIdError) else "its values cannot be written as UTF-8 JSON"
        else:
            return Parcel(endpoint.method, path, query, content, fresh=endpoint.repeat is Repeat.NEVER)
        raise InvalidRequest(endpoint, f"{reason}; nothing was sent")

    def _repeated(self, endpoint: Endpoint, parcel: Parcel, meaning: Meaning[T]) -> Success[T] | Failure:
        """Attempts until one is answered or patience ends. Returns failures, so that none chains another."""
        patience = Patience(endpoint, self._limits.budget, self._ports)
        while True:
            result = self._attempt(endpoint, parcel, meaning, repeated=patience.failures > 0)
            if isinstance(result, Success):
                return result
            wait = patience.wait_after(result)
            if wait is None:
                return patience.verdict(result)
            level = logging.WARNING if wait >= _LONG else logging.DEBUG
            log.log(level, "%s: %s; again in %.1f s", endpoint, result.failure.reason, wait)
            self._ports.clock.sleep(wait)

    def _attempt(
        self, endpoint: Endpoint, parcel: Parcel, meaning: Meaning[T], *, repeated: bool
    ) -> Success[T] | Verdict:
        clock = self._ports.clock
        self._pace.wait()
        with self._lock:
            self._calls[str(endpoint)] += 1
            if repeated:
                self._repeats[str(endpoint)] += 1
        started = clock.monotonic()
        result = send(self._http, str(self._account.origin), parcel, self._limits.deadline, clock)
        verdict = judge(endpoint, result, meaning, clock.now())
        if isinstance(result, Answer):
            log.debug("%s: %d in %.0f ms", endpoint, result.status, 1000 * (clock.monotonic() - started))
            if result.date is not None:
                with self._lock:
                    self._server_time = result.date
        else:
            log.debug("%s: %s", endpoint, result.reason)
        self._adapt(verdict, started)
        return verdict

    def _adapt(self, verdict: Success[T] | Verdict, started: float) -> None:
        if isinstance(verdict, Success):
            self._pace.succeeded()
            return
        if verdict.overload:
            self._pace.overloaded(started)
        if verdict.wait:
            self._pace.pause(verdict.wait)

    def close(self) -> None:
        """Closes the connections and takes the filter off the loggers."""
        self._http.close()
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


def _written(query: Query) -> Iterable[tuple[str, str]]:
    for name, value in query.items():
        if isinstance(value, bool):
            yield name, "true" if value else "false"
        elif isinstance(value, (str, int)):
            yield name, str(value)
        elif value:
            # Every list that the vendors' addresses take holds ids, numbers or names of relations: never a comma.
            yield name, ",".join(map(checked, value))
