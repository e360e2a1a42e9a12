"""How fast an account is called: one limiter for all threads, which gives way when the server shows overload."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

from reconciler.transport.clock import Clock
from reconciler.transport.crowd import Crowd
from reconciler.transport.rate import Learned, Rate

_LATE = 0.1
"""Share of the time between two calls by which one may be late without holding up the next: threads wake up late."""


class Sign(Enum):
    """What an answer says of the pace."""

    GOOD = "good"
    OVERLOAD = "overload"
    NEITHER = "neither"


@dataclass(slots=True)
class Turn:
    """One call that may go: when (monotonic), with how many under way, and whether the rate had held it back.

    `sign` and `asked` are for whoever has the turn to say: what the answer said of the pace, and for how many seconds
    the server wants to be left alone.
    """

    started: float
    level: int
    held_back: bool
    sign: Sign = Sign.NEITHER
    asked: float | None = None


class Pace:
    """Lets calls start evenly spaced: hardly more than rate x t + 1 of them in any t seconds. For several threads.

    `limit` is the ceiling, in calls per second, where the pace starts unless it has `learned` better; None sets none.
    """

    def __init__(self, limit: float | None, clock: Clock, learned: Learned | None = None) -> None:
        self._rate = Rate(limit, learned)
        self._crowd = Crowd()
        self._clock = clock
        self._changed = threading.Condition()
        self._free_at = float("-inf")
        self._paused = float("-inf")

    @property
    def rate(self) -> float | None:
        """The present pace in calls per second, or None."""
        with self._changed:
            return self._rate.value

    @property
    def learned(self) -> Learned | None:
        """What to remember for the next run; one overload alone is no rule."""
        with self._changed:
            return self._rate.learned

    @contextmanager
    def turn(self) -> Iterator[Turn]:
        """Blocks until it is this call's turn, which lasts until it is over. Raises what the clock's sleep raises."""
        while not isinstance(turn := self.ask(), Turn):
            if turn is not None:
                self._clock.sleep(turn)
                continue
            with self._changed:
                self._changed.wait_for(lambda: not self._crowd.full)
        try:
            yield turn
        finally:
            self.over(turn)

    def ask(self) -> Turn | float | None:
        """The turn if it has come, else the seconds after which to ask again; None: once another call is over.

        Turns are not given out ahead, so that a pause holds back those that wait already.
        """
        with self._changed:
            if self._crowd.full:
                return None
            now = self._clock.monotonic()
            ready = max(self._free_at, self._paused)
            if now < ready:
                return ready - now
            rate = self._crowd.asking or self._rate.value
            late = now - self._free_at
            between = 0.0 if rate is None else 1 / rate
            self._free_at = (now if late > between * _LATE else self._free_at) + between
            return Turn(now, self._crowd.enter(), held_back=late < between)

    def over(self, turn: Turn) -> None:
        """The call that had this turn is over, and `turn` says what its answer said."""
        with self._changed:
            self._crowd.under_way -= 1
            now = self._clock.monotonic()
            if turn.sign is Sign.GOOD:
                onward = self._crowd.good(turn.level, turn.started, now)
                if onward is not None:
                    self._rate.climb(onward)
                self._rate.good(now, turn.started, held_back=turn.held_back)
            elif turn.sign is Sign.OVERLOAD and not self._crowd.refused(turn.level, turn.started, now):
                self._rate.overload(now, turn.started)
            if turn.asked is not None:
                self._paused = max(self._paused, now + turn.asked)
            self._changed.notify_all()

    def seconds_for(self, calls: int) -> float:
        """How long so many further calls take at the present pace, if they are held back by nothing else."""
        with self._changed:
            between = 0.0 if self._rate.value is None else 1 / self._rate.value
            return max(self._paused - self._clock.monotonic(), 0.0) + calls * between
