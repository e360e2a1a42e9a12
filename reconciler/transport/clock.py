"""Time and chance as ports, so that waiting can be tested without waiting."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the transport needs to know of time; usable from several threads."""

    def monotonic(self) -> float:
        """Seconds that only grow, from any start."""

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's own clock."""

    def monotonic(self) -> float:
        """Seconds since some moment before this process."""
        return time.monotonic()

    def now(self) -> datetime:
        """The machine's wall clock, aware, in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Block this thread for `seconds`."""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything outside that decides when something happens: the clock, and chance as numbers in [0, 1)."""

    clock: Clock = field(default_factory=SystemClock)
    chance: Callable[[], float] = field(default_factory=lambda: random.SystemRandom().random)
