"""How many calls of an account may be under way at once, as its answers teach it. Pure."""

from __future__ import annotations

_FIRST_TRY, _LAST_TRY = 25, 800
"""Good answers at the bound after which one more is tried; twice as many each time that it is refused again."""


class Crowd:
    """A bound on calls under way, for servers that refuse what comes on top of so many.

    A refused call that was one more than ever went well speaks of their number, and not of their rate.
    """

    def __init__(self) -> None:
        self.under_way = 0
        self.bound: int | None = None
        self._most = 0
        self._good_at_bound = 0
        self._tries = _FIRST_TRY

    @property
    def full(self) -> bool:
        """Whether nothing may start before something has ended."""
        return self.bound is not None and self.under_way >= self.bound

    def enter(self) -> int:
        """One more is under way; how many there are now."""
        self.under_way += 1
        return self.under_way

    def good(self, level: int) -> None:
        """A call with which `level` were under way went well."""
        self._most = max(self._most, level)
        if self.bound is None or level < self.bound:
            return
        self._good_at_bound += 1
        if self._good_at_bound >= self._tries:
            self.bound += 1
            self._good_at_bound = 0

    def refused(self, level: int) -> bool:
        """A call with which `level` were under way was refused. Whether their number explains it."""
        if self.bound is not None and level > self.bound:
            return True
        if level <= max(self._most, 1):
            return False
        if self.bound is not None:
            self._tries = min(2 * self._tries, _LAST_TRY)
        self.bound = max(self._most, 1)
        self._good_at_bound = 0
        return True
