"""Servers that allow so many calls, each by another rule, and a crew that calls one by a pace: in simulated time."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import Protocol

from reconciler.transport.pace import Pace, Sign, Turn

Work = Callable[[], None]


class Limiter(Protocol):
    """Decides about each call as it arrives."""

    limit: float
    """Calls per second that it allows at present."""

    def allows(self, now: float, takes: float) -> bool:
        """Whether a call that arrives at `now`, and takes so many seconds, is let in."""


@dataclass
class TokenBucket:
    """`limit` tokens a second, at most `burst` of them saved up."""

    limit: float
    burst: float = 20.0
    _tokens: float = field(init=False)
    _at: float = 0.0

    def __post_init__(self) -> None:
        self._tokens = self.burst

    def allows(self, now: float, takes: float) -> bool:  # noqa: ARG002 - the port's signature
        """See the port."""
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.limit)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


@dataclass
class FixedWindow:
    """So many calls in each window of `span` seconds."""

    limit: float
    span: float = 1.0
    _window: int = -1
    _count: int = 0

    def allows(self, now: float, takes: float) -> bool:  # noqa: ARG002 - the port's signature
        """See the port."""
        if int(now / self.span) != self._window:
            self._window, self._count = int(now / self.span), 0
        if self._count >= self.limit * self.span:
            return False
        self._count += 1
        return True


@dataclass
class SlidingWindow:
    """So many calls in any `span` seconds."""

    limit: float
    span: float = 1.0
    _seen: deque[float] = field(default_factory=deque)

    def allows(self, now: float, takes: float) -> bool:  # noqa: ARG002 - the port's signature
        """See the port."""
        while self._seen and self._seen[0] <= now - self.span:
            self._seen.popleft()
        if len(self._seen) >= self.limit * self.span:
            return False
        self._seen.append(now)
        return True


@dataclass
class Concurrency:
    """So many calls at once; `limit` is what that comes to for calls of `typical` seconds."""

    limit: float
    typical: float = 0.2
    _ends: list[float] = field(default_factory=list)

    def allows(self, now: float, takes: float) -> bool:
        """See the port."""
        while self._ends and self._ends[0] <= now:
            heappop(self._ends)
        if len(self._ends) >= round(self.limit * self.typical):
            return False
        heappush(self._ends, now + takes)
        return True


@dataclass
class Timeline:
    """A clock that is moved by what happens next: nothing waits."""

    elapsed: float = 0.0
    _due: list[tuple[float, int, Work]] = field(default_factory=list)
    _count: int = 0

    def monotonic(self) -> float:
        """Seconds since the beginning."""
        return self.elapsed

    def now(self) -> datetime:
        """The wall clock."""
        return datetime.fromtimestamp(self.elapsed, UTC)

    def sleep(self, seconds: float) -> None:
        """Nobody sleeps here."""
        raise AssertionError(seconds)

    def after(self, seconds: float, work: Work) -> None:
        """Have `work` done in so many seconds."""
        self._count += 1
        heappush(self._due, (self.elapsed + seconds, self._count, work))

    def run(self, until: float) -> None:
        """Let everything happen that is due by then."""
        while self._due and self._due[0][0] <= until:
            self.elapsed, _, work = heappop(self._due)
            work()
        self.elapsed = until


@dataclass
class Crew:
    """Workers that call a server without end, repeating what is refused as the client does (see `Patience`).

    `answers` are the moments at which calls arrived, with whether they were let in. A refusal names the seconds in
    `retry_after`, if it names any.
    """

    server: Limiter
    pace: Pace
    timeline: Timeline
    workers: int = 8
    typical: float = 0.1
    retry_after: float | None = None
    chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - to be the same again
    answers: list[tuple[float, bool]] = field(default_factory=list)
    _idle: list[Work] = field(default_factory=list)

    def start(self) -> None:
        """Everybody begins."""
        for _ in range(self.workers):
            self.timeline.after(0.0, lambda: self._ask(0))

    def _ask(self, failures: int) -> None:
        turn = self.pace.ask()
        if isinstance(turn, Turn):
            takes = self.typical * self.chance.uniform(0.7, 1.3)
            self.timeline.after(takes / 10, lambda: self._arrive(turn, takes, failures))
        elif turn is None:
            self._idle.append(lambda: self._ask(failures))
        else:
            self.timeline.after(turn + self.chance.uniform(0.0, 0.002), lambda: self._ask(failures))

    def _arrive(self, turn: Turn, takes: float, failures: int) -> None:
        good = self.server.allows(self.timeline.elapsed, takes * 0.8)
        self.answers.append((self.timeline.elapsed, good))
        self.timeline.after(takes * (0.9 if good else 0.1), lambda: self._answered(turn, failures, good=good))

    def _answered(self, turn: Turn, failures: int, *, good: bool) -> None:
        turn.sign, turn.asked = (Sign.GOOD, None) if good else (Sign.OVERLOAD, self.retry_after)
        self.pace.over(turn)
        idle, self._idle = self._idle, []
        for work in idle:
            self.timeline.after(0.0, work)
        wait = 0.0
        if not good:
            backoff = min(20.0, 0.5 * 2**failures) * self.chance.random()
            wait = backoff if self.retry_after is None else self.retry_after + min(backoff, 1.0)
        self.timeline.after(wait, lambda: self._ask(0 if good else failures + 1))

    def between(self, begin: float, end: float) -> tuple[int, int]:
        """How many calls were let in, and how many refused, from `begin` to `end`."""
        seen = [good for at, good in self.answers if begin <= at < end]
        return sum(seen), len(seen) - sum(seen)


def limiters(limit: float) -> Iterator[tuple[str, Limiter]]:
    """One of each kind, with its name."""
    yield "token bucket, burst of 1 s", TokenBucket(limit, limit)
    yield "token bucket, burst of 5 s", TokenBucket(limit, 5 * limit)
    yield "fixed window of 1 s", FixedWindow(limit)
    yield "fixed window of 10 s", FixedWindow(limit, 10.0)
    yield "sliding window of 1 s", SlidingWindow(limit)
    yield "sliding window of 10 s", SlidingWindow(limit, 10.0)
    yield "so many at once", Concurrency(limit)
