"""What a run may use in all, of calls and of time, and whether something still fits. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from reconciler.engine.model import Change
from reconciler.engine.plan import call_count


@dataclass(frozen=True, slots=True)
class Budget:
    """The calls that a run may make in all, and the moment at which it has to be over (`Meter.monotonic`).

    None sets no bound. `closing` seconds are kept for what comes after the last call: the ledger, the report.
    """

    calls: int | None = None
    until: float | None = None
    closing: float = 0.0


class Meter(Protocol):
    """What a run has used, and what more calls take."""

    @property
    def total(self) -> int:
        """Calls made so far."""

    @property
    def slowest(self) -> float:
        """Seconds that the slowest of them took."""

    def seconds_for(self, calls: int) -> float:
        """How long so many further calls take at the least."""


@dataclass(frozen=True, slots=True)
class Purse:
    """A budget, what was used of it, and the time: whoever is about to begin something asks whether it fits.

    `settling` is how many seconds a send may take whose outcome has to be found out by waiting and reading.
    """

    budget: Budget
    meter: Meter
    monotonic: Callable[[], float]
    settling: float

    def short(self, changes: Sequence[Change], under_way: Iterable[Change] = ()) -> str:
        """Why `changes` may not be begun beside those under way; empty if all of their calls fit.

        A send has to fit with the calls and the time that an answer that does not come would cost.
        """
        own = call_count(changes)
        if own == 0:
            return ""
        sending = any(change.audience is not None for change in changes)
        calls = own * (2 if sending else 1) + call_count(under_way)
        used, most = self.meter.total, self.budget.calls
        if most is not None and used + calls > most:
            return f"{used} of the {most} calls that it may make are made, and {_next(changes)} may take {calls}"
        if self.budget.until is not None:
            needed = max(self.meter.seconds_for(calls), own * self.meter.slowest) + (self.settling if sending else 0.0)
            left = self.budget.until - self.budget.closing - self.monotonic()
            if needed > left:
                return f"{max(left, 0.0):.0f} s are left of its time, and {_next(changes)} may take {needed:.0f} s"
        return ""


def _next(changes: Sequence[Change]) -> str:
    what = "a send" if any(change.audience is not None for change in changes) else f"a {changes[0].address.kind}"
    return f"the next change ({changes[0].action} of {what})"
