"""How fast an account is called: one limiter for all threads, which gives way when the server shows overload."""

from __future__ import annotations

import threading

from reconciler.transport.clock import Clock

FIRST_RATE = 8.0
"""Calls per second that an unlimited pace is taken to have had when the first overload shows, before it is halved."""

SLOWEST = 0.1
"""Calls per second below which no overload drives the pace."""

_STEPS_TO_RECOVER = 100  # answers in good order after which half the rate has become the whole again, twice over


class Pace:
    """Lets calls start evenly spaced: never more than rate x t + 1 of them in any t seconds.

    `limit` is in calls per second; None sets no limit until the server shows overload. Usable from several threads.
    """

    def __init__(self, limit: float | None, clock: Clock) -> None:
        if limit is not None and limit <= 0:
            raise ValueError(f"the pace is {limit} calls per second: it has to be above 0")
        self._limit = limit
        self._rate = limit
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at = 0.0
        self._slowed_at = float("-inf")

    @property
    def rate(self) -> float | None:
        """The present pace in calls per second, or None."""
        with self._lock:
            return self._rate

    def wait(self) -> None:
        """Blocks until it is this call's turn."""
        while (seconds := self._turn()) > 0:
            self._clock.sleep(seconds)

    def _turn(self) -> float:
        """Takes the turn when it has come (0.0), else tells how long to wait before asking again.

        Turns are not given out ahead, so that a pause holds back those that wait already.
        """
        with self._lock:
            now = self._clock.monotonic()
            if now < self._free_at:
                return self._free_at - now
            if self._rate is not None:
                self._free_at = now + 1 / self._rate
            return 0.0

    def succeeded(self) -> None:
        """The server answered in good order: a little faster again, up to the limit."""
        with self._lock:
            if self._rate is None or self._rate == self._limit:
                return
            goal = FIRST_RATE if self._limit is None else self._limit
            faster = self._rate + goal / _STEPS_TO_RECOVER
            self._rate = self._limit if faster >= goal else faster

    def overloaded(self, started: float) -> None:
        """The server showed overload to a call that started at `started` (monotonic): half as fast.

        Calls that were under way when the pace was halved tell nothing about the new one.
        """
        with self._lock:
            if started < self._slowed_at:
                return
            self._slowed_at = self._clock.monotonic()
            present = FIRST_RATE if self._rate is None else self._rate
            floor = SLOWEST if self._limit is None else min(SLOWEST, self._limit)
            self._rate = max(floor, present / 2)

    def pause(self, seconds: float) -> None:
        """No call of any thread starts within the next `seconds`."""
        with self._lock:
            self._free_at = max(self._free_at, self._clock.monotonic() + seconds)
