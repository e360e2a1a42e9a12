"""How many calls of an account may be under way at once, as its answers teach it. Pure."""

from __future__ import annotations

from typing import Final

_PROVEN: Final = 5
"""Good answers of calls with which as many were under way: such a refusal is not put down to their number at first."""

_FIRST_TRY, _LAST_TRY = 5, 800
"""Good answers at the bound after which one more is tried; twice as many each time that it is refused again."""

_SETTLED: Final = 20
"""Good answers after which a bound has done what it is for."""

_STRIKES: Final = 3
"""Bounds in turn that did nothing: then it is not the number that is refused."""

_FASTER: Final = 1.1
_ASKED: Final = 40
"""How much faster, and for how many answers, calls are made whatever their number, to see whether that is refused."""


class Crowd:
    """A bound on calls under way, for servers that refuse what comes on top of so many.

    A refusal where more were under way than went well before may speak of their number, or of calls that began too
    close to each other. Both are helped by a bound. Once it is found, calls are for a while evenly spaced instead
    (`asking` says at which rate), a little faster, and as many at once as come about: a server that takes so many at
    once refuses that, and is known; one that takes so many a second does not, and the bound is given up. So it is where
    refusals go on though fewer and fewer are under way.
    """

    def __init__(self) -> None:
        self.under_way = 0
        self.bound: int | None = None
        self.asking: float | None = None
        self._counts = True
        self._known = False
        self._well: dict[int, int] = {}
        self._takes = 0.0
        self._good = 0
        self._good_at_bound = 0
        self._strikes = 0
        self._trying = False
        self._tries = _FIRST_TRY
        self._since = float("-inf")

    @property
    def full(self) -> bool:
        """Whether nothing may start before something has ended."""
        return self.bound is not None and self.asking is None and self.under_way >= self.bound

    def enter(self) -> int:
        """One more is under way; how many there are now."""
        self.under_way += 1
        return self.under_way

    def good(self, level: int, started: float, now: float) -> float | None:
        """A call with which `level` were under way went well. The rate to go on from, where that tells that the number
        does not matter.
        """  # noqa: D205
        self._takes += (now - started - self._takes) * (0.1 if self._takes else 1.0)
        if self.bound is None:
            self._well[level] = self._well.get(level, 0) + 1
        elif self.asking is None:
            self._good_within(self.bound, level, now)
        elif started > self._since:
            self._good += 1
            if self._good >= _ASKED:
                rate, self._counts, self.bound, self.asking = self.asking, False, None, None
                return rate
        return None

    def refused(self, level: int, started: float, now: float) -> bool:
        """A call with which `level` were under way was refused. Whether their number explains it."""
        if not self._counts:
            return False
        if self.bound is None:
            return self._first(level, now)
        if started <= self._since or (self.asking is None and level > self.bound):
            return True  # it left before things were as they are
        if self.asking is not None:
            self._known, self.asking = True, None
            self._set(self.bound, now)
        elif self._trying:
            self._tries = min(2 * self._tries, _LAST_TRY)
            self._set(self.bound - 1, now)
        elif self._strikes == _STRIKES or self.bound == 1:
            self._counts, self.bound = False, None
        else:
            self._known = False
            self._strikes += 1
            if self._strikes > 1:
                self._tries = _FIRST_TRY
            self._set(self.bound - 1 if self._strikes == 1 else self.bound // 2, now)
        return self._counts

    def _first(self, level: int, now: float) -> bool:
        if level == 1 or sum(count for well, count in self._well.items() if well >= level) >= _PROVEN:
            return False
        self._set(max((well for well in self._well if well < level), default=1), now)
        return True

    def _good_within(self, bound: int, level: int, now: float) -> None:
        self._good += 1
        self._good_at_bound += level >= bound
        if self._good >= _SETTLED:
            self._strikes, self._trying = 0, False
            if not self._known and self._tries > _FIRST_TRY:
                self.asking = _FASTER * bound / self._takes if self._takes else None
                self._since, self._good = now, 0
        if self._good_at_bound >= self._tries:
            self._set(bound + 1, self._since)
            self._trying = True

    def _set(self, bound: int, since: float) -> None:
        self.bound, self._since, self._trying = max(bound, 1), since, False
        self._good = self._good_at_bound = 0
