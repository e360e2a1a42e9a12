"""Time as a port, so that waiting can be tested without waiting."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event
from typing import Final, Protocol

_BRIEF: Final = 3.0
"""Seconds up to which a wait is kept even by a run that is to end: its call in flight then ends in good order."""


class WaitEndedError(Exception):
    """A wait was not kept to its end, because the run is to end: whatever it was for is left to the next run."""


class Clock(Protocol):
    """What the transport needs to know of time; usable from several threads."""

    def monotonic(self) -> float:
        """Seconds that only grow, from any start."""

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass. Raises WaitEndedError if that is given up."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own clock, on which long waits can be ended."""

    _ending: Event = field(default_factory=Event)

    def monotonic(self) -> float:
        """Seconds since some moment before this process."""
        return time.monotonic()

    def now(self) -> datetime:
        """The machine's wall clock, aware, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Block this thread for `seconds`. Raises WaitEndedError, at once, if long waits are ended."""
        if seconds <= _BRIEF:
            time.sleep(seconds)
        elif self._ending.wait(seconds):
            raise WaitEndedError("the run was asked to end")

    def end_waits(self) -> None:
        """End every long wait of any thread, now and from now on."""
        self._ending.set()
