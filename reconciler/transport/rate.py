"""The rate at which an account may be called, as its answers teach it: up by little, down at once. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

FIRST_RATE = 8.0
"""Calls per second that an unlimited pace is taken to have had, at least, when the first overload shows."""

SLOWEST = 0.1
"""Calls per second below which no overload drives the pace."""

NEAR = 0.97
"""Share of the rate at which overload showed that is taken again quickly, and then held."""

_BACK_OFF, _EASE_OFF = 0.5, 0.8
"""What is left of the rate after an overload: in general, and where it was just a little too high."""

_SOON, _MUCH, _LARGEST = 8.0, 0.1, 0.2
"""Seconds after an overload within which another tells that the rate is still too high: it goes down by twice as large
a share each time, up to that."""

_SHORT = 0.9
"""What is left, at least, of a rate that is refused on and on."""

_CLIMB = 1.5
"""Seconds in which the rate is back from nothing."""

_FIRST_HOLD, _LONGEST_HOLD = 15.0, 240.0
"""Seconds for which the rate is held before more is tried; twice as long each time that more is refused again."""

_PUSH = 0.001
"""How the rate goes on after that: to `1 + _PUSH / 2 x seconds squared` of what was held."""

_STEEP, _STEPS = 1.2, 20
"""How a rate goes up of which nothing is known but that it went well: so many times after so many answers."""

_SPAN = 10.0
"""Seconds of good answers that tell how many calls the server really takes."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What an account's answers have taught: the rate at which overload shows, in calls per second.

    What is no longer `fresh` is where to begin all the same, but more is tried at once.
    """

    edge: float
    fresh: bool = True


class Rate:
    """The present rate in calls per second (`value`; None: unlimited), never above `limit`.

    Overload drops it, again and again until an answer is good. How many were good lately then says where overload
    shows (`edge`): the rate is soon back just below that, stays there, and then passes it, slowly at first. Seconds
    count as far as calls are held back by the rate: who calls less learns nothing about more.
    """

    def __init__(self, limit: float | None, learned: Learned | None = None) -> None:
        if limit is not None and limit <= 0:
            raise ValueError(f"the pace is {limit} calls per second: it has to be above 0")
        self._limit = limit
        self.edge = learned.edge if learned else None
        self.value = limit if self.edge is None else self._within(self.edge * NEAR)
        self._refusals = 0
        self._hold = _FIRST_HOLD if learned is None or learned.fresh else 0.0
        self._clean = 0.0
        self._slowed_at = float("-inf")
        self._since = float("-inf")
        self._before: tuple[float, float | None, bool] | None = None
        self._drops = 0
        self._climbing = 0
        self._step = 1 - NEAR
        self._good: deque[float] = deque(maxlen=400)

    @property
    def learned(self) -> Learned | None:
        """What to remember; one overload alone is no rule."""
        return Learned(self.edge) if self.edge is not None and self._refusals > 1 else None

    def climb(self, rate: float) -> None:
        """So much went well, and nothing is known of more: try it soon, until it is refused."""
        self.value, self.edge, self._before = self._within(rate), None, None
        self._climbing = _STEPS

    def good(self, now: float, started: float, *, held_back: bool) -> None:
        """An answer in good order came at `now`, to a call that the rate held back or not."""
        self._good.append(now)
        if self._before is not None and started >= self._slowed_at:
            self._learn(now, *self._before)
            self._before = None
        if self._climbing and held_back and self.value is not None:
            self._climbing -= 1
            if not self._climbing:
                self.climb(self.value * _STEEP)
        if not held_back or self.value is None or self.edge is None or self._before or self.value == self._limit:
            return
        step = 1 / self.value
        self._clean += step
        near = self.edge * NEAR
        if self.value < near:
            self.value = self._within(min(near, self.value + near * step / _CLIMB))
        elif self._clean > self._hold:
            self.value = self._within(self.value + self.edge * _PUSH * (self._clean - self._hold) * step)

    def overload(self, now: float, started: float) -> None:
        """Overload showed at `now` to a call that started at `started`; one from before a drop tells nothing new."""
        if started < self._slowed_at:
            return
        present = max(FIRST_RATE, self._served(now)) if self.value is None else self.value
        share = _BACK_OFF
        if self._before is None:
            self._refusals += 1
            self._drops = 0
            self._before = (present, self.edge, self._clean > self._hold)
            if self.edge is not None and present > self.edge * 0.9:
                share = _EASE_OFF
        self._drops += 1
        self._clean = 0.0
        self._climbing = 0
        self._slowed_at = now
        lowest = SLOWEST if self._limit is None else min(SLOWEST, self._limit)
        self.value = self._within(max(lowest, self._before[0] / 16, present * share))

    def _learn(self, now: float, present: float, edge: float | None, passing: bool) -> None:
        """The overload is over: what it says of the rate, which was `present`."""
        served = self._served(now)
        if served < 0.85 * present and (edge is None or self._drops > 1):
            self.edge, self._hold = max(served, self.value or 0.0), _FIRST_HOLD
        elif edge is None or passing:
            self.edge, self._step = present, (1 - NEAR) / 2
            self._hold = (
                min(2 * self._hold, _LONGEST_HOLD) if edge is not None and present < 1.25 * edge else _FIRST_HOLD
            )
        else:
            again = now - self._since < _SOON
            self._step = min(2 * self._step, _LARGEST) if again else 1 - NEAR
            self.edge = min(present, edge * NEAR, max(edge * (1 - self._step), served))
            self._hold = _FIRST_HOLD if self._step > _MUCH else self._hold
        if self._drops > 1:
            self.edge = min(self.edge, max(served, present * _SHORT))  # it was refused on and on
        self._since = now

    def _served(self, now: float) -> float:
        """Good answers per second lately."""
        begin = max(now - _SPAN, self._since, self._good[0] if self._good else now)
        span = max(now - begin, 1.0)
        return sum(1 for at in self._good if at >= begin) / span

    def _within(self, rate: float) -> float:
        return rate if self._limit is None else min(rate, self._limit)
