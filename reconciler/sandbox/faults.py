"""Misbehaviour on order: what goes wrong, for which requests, how often, and whether they take effect all the same."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any


class FaultError(ValueError):
    """A fault that cannot be ordered. The text says why."""


class FaultKind(StrEnum):
    """What the client gets to see."""

    THROTTLE = "throttle"  # 429; `retry_after`, `page`
    PAGE = "page"  # an HTML page where JSON belongs; `status` (200, 502, 503 …)
    ERROR = "error"  # the vendor's own error JSON with 5xx; `status`
    DROP = "drop"  # the connection breaks without an answer
    TRUNCATE = "truncate"  # half of the answer's body, then the connection breaks
    SLOW = "slow"  # the answer comes after `delay` seconds of real time
    DRIP = "drip"  # the body comes byte by byte, `delay` seconds of real time apart
    BOMB = "bomb"  # a small gzip body that grows to `size` bytes
    REDIRECT = "redirect"  # 307 to `location`


class Effect(StrEnum):
    """Whether the request does what it asks for."""

    NEVER = "never"
    FIRST = "first"  # it does, and then the fault shows
    LATER = "later"  # after `delay` seconds: drop (by the account's clock) and slow (real time) only


_DEFAULT_EFFECT = {
    FaultKind.TRUNCATE: Effect.FIRST,
    FaultKind.SLOW: Effect.FIRST,
    FaultKind.DRIP: Effect.FIRST,
    FaultKind.BOMB: Effect.FIRST,
}
_DEFAULT_STATUS = {FaultKind.THROTTLE: 429, FaultKind.PAGE: 503, FaultKind.ERROR: 500, FaultKind.REDIRECT: 307}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One order of misbehaviour.

    `method` and `path` are patterns (`*`, `?`) for requests that it befalls; `path` is without the base for
    Criaenvio (`/envios/*`) and from the server's root for the others (`/ogmma/*`, `/mindo/api/*`).
    The first `skip` such requests go well, then it befalls `count` of them (None: all), each with `probability`, drawn
    from `seed`. `effect` is None for what is usual: the effect stays out where no answer or another answer comes, and
    happens where only the way back is disturbed. `retry_after` is a Retry-After header: seconds (`"7"`), or `"date+7"`
    for the HTTP date in so many seconds. `page` makes a 429 come as an HTML page.
    With `rate` it befalls only what is more than so many requests a second, by the account's clock, of which `burst`
    may come at once.
    """

    kind: FaultKind
    method: str = "*"
    path: str = "*"
    count: int | None = 1
    skip: int = 0
    probability: float = 1.0
    seed: int = 0
    effect: Effect | None = None
    status: int | None = None
    delay: float = 0.0
    retry_after: str | None = None
    page: bool = False
    size: int = 64 * 1024 * 1024
    rate: float | None = None
    burst: int = 1
    location: str = "http://127.0.0.1:9/"

    def __post_init__(self) -> None:
        if self.effect is Effect.LATER and self.kind not in {FaultKind.DROP, FaultKind.SLOW}:
            raise FaultError(f"effect 'later' goes with drop and slow, not with {self.kind}")
        if (
            self.delay < 0
            or self.skip < 0
            or not 0 <= self.probability <= 1
            or (self.count is not None and self.count < 1)
        ):
            raise FaultError("delay and skip are 0 or more, probability is from 0 to 1, count is 1 or more, or null")
        if (self.rate is not None and self.rate <= 0) or self.burst < 1:
            raise FaultError("rate is above 0, or null; burst is 1 or more")

    @property
    def takes_effect(self) -> Effect:
        """Whether and when the request has its effect, the usual filled in."""
        return self.effect or _DEFAULT_EFFECT.get(self.kind, Effect.NEVER)

    def given_status(self, answered: int) -> int | None:
        """The status that the client sees where the API would answer `answered`; None without an answer."""
        if self.kind is FaultKind.DROP:
            return None
        return self.status or _DEFAULT_STATUS.get(self.kind, answered)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Fault:
        """The fault that a JSON object describes, with the names above.

        Raises:
            FaultError: for an unknown name or kind, or a value that cannot be.
        """
        known = {item.name for item in fields(cls)}
        unknown = sorted(set(data) - known)
        if unknown:
            raise FaultError(f"there is no {unknown[0]!r}; there are: {', '.join(sorted(known))}")
        try:
            kind, effect = FaultKind(data["kind"]), data.get("effect")
            return cls(**{**data, "kind": kind, "effect": Effect(effect) if effect is not None else None})
        except KeyError:
            raise FaultError(f"kind is missing; one of {', '.join(FaultKind)}") from None
        except (TypeError, ValueError) as error:
            raise FaultError(str(error)) from error


@dataclass(slots=True)
class _Order:
    """A fault with what is left of it."""

    fault: Fault
    chance: random.Random
    now: Callable[[], float]
    skipped: int = 0
    befallen: int = 0
    tokens: float = 0.0
    counted: float | None = None

    def befalls(self, method: str, path: str) -> bool:
        fault = self.fault
        if not (fnmatchcase(method, fault.method) and fnmatchcase(path, fault.path)):
            return False
        if self.skipped < fault.skip:
            self.skipped += 1
            return False
        if fault.probability < 1 and self.chance.random() >= fault.probability:
            return False
        if fault.rate is not None and self._within(fault.rate):
            return False
        self.befallen += 1
        return True

    def _within(self, rate: float) -> bool:
        """Whether one more request is within the rate, of which it then has its part (a token bucket)."""
        now = self.now()
        earned = self.fault.burst if self.counted is None else max(now - self.counted, 0.0) * rate
        self.tokens = min(self.fault.burst, self.tokens + earned)
        self.counted = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

    @property
    def spent(self) -> bool:
        return self.fault.count is not None and self.befallen >= self.fault.count


class Faults:
    """The queue of orders; the first that fits a request befalls it. It belongs to the process and is not kept."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """`now` is the account's clock, in seconds."""
        self._now = now
        self._lock = threading.Lock()
        self._orders: list[_Order] = []

    def add(self, fault: Fault) -> None:
        """Put an order at the end of the queue."""
        with self._lock:
            self._orders.append(_Order(fault, random.Random(fault.seed), self._now))  # noqa: S311 - reproducible, not secret

    def clear(self) -> None:
        """Behave from now on."""
        with self._lock:
            self._orders.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """What befalls this request; an order that is used up leaves the queue."""
        with self._lock:
            for order in self._orders:
                if order.befalls(method, path):
                    if order.spent:
                        self._orders.remove(order)
                    return order.fault
            return None

    def as_json(self) -> list[dict[str, Any]]:
        """The queue, with how often each order has befallen a request."""
        with self._lock:
            return [asdict(order.fault) | {"befallen": order.befallen} for order in self._orders]
