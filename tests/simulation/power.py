"""The moments at which a process can die, and the time that passes by nobody's clock but its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 2, 11, 0, tzinfo=UTC)
"""Where every simulated account's clock starts (a Monday, 8 o'clock in São Paulo)."""


class Death(BaseException):
    """The process is gone: nothing of it runs any more, whatever it had meant to do on its way out."""


@dataclass
class Power:
    """Counts every call of a port, before and after; at number `dies_at` (from 1; 0: never) the process dies.

    `log` tells what was called, for people, if `telling`: most scenarios nobody reads about.
    """

    dies_at: int = 0
    ticks: int = 0
    dead: bool = False
    telling: bool = False
    log: list[str] = field(default_factory=list)

    def tell(self, words: Callable[[], str]) -> None:
        """Add a line to the log, put into words only if somebody reads it."""
        if self.telling:
            self.log.append(words())

    def tick(self, what: str) -> None:
        """One moment; Death if it is the last one, and at every moment after it."""
        if self.dead:
            raise Death
        self.ticks += 1
        if self.ticks == self.dies_at:
            self.dead = True
            self.tell(lambda: f"DIES at moment {self.ticks}, {what}")
            raise Death


class Time:
    """The one clock of a simulated world: machine and server agree, and it moves only when somebody waits."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""
        return NOW + timedelta(seconds=self.passed)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.passed += seconds


@dataclass(frozen=True, slots=True)
class Patient:
    """The Clock of one process: waiting takes no time, but the process can die of it."""

    time: Time
    power: Power

    def monotonic(self) -> float:
        """Seconds since the world began."""
        return self.time.passed

    def now(self) -> datetime:
        """The wall clock, aware, in UTC."""
        return self.time.now()

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass for the whole world."""
        self.power.tick("before waiting")
        self.time.advance(seconds)
        self.power.tell(lambda: f"waits {seconds:.1f} s")
        self.power.tick("after waiting")
