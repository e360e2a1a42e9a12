"""How often and after how long a failed call is tried again."""

from __future__ import annotations

import math

from reconciler.transport.endpoint import Endpoint, Repeat
from reconciler.transport.failures import Failure, GaveUp, OutcomeUnknown, Overloaded, Refused
from reconciler.transport.ports import Ports
from reconciler.transport.verdict import Verdict

FIRST_WAIT = 0.5
LONGEST_WAIT = 20.0
MOST_ATTEMPTS = 12
"""Attempts of one call at most; waits below make them end earlier, by the budget."""

MOST_ASKED = 5
"""Waits that the server itself asks for are not charged to the budget, but there are at most so many for a call."""


class Patience:
    """The memory of one call's attempts: exponential waits with full jitter, under a budget of `budget` seconds."""

    def __init__(self, endpoint: Endpoint, budget: float, ports: Ports) -> None:
        self._endpoint = endpoint
        self._ports = ports
        self._ends = ports.clock.monotonic() + budget
        self._asked = 0
        self._unknown = False
        self.failures = 0

    def wait_after(self, verdict: Verdict) -> float | None:
        """Seconds to wait before the next attempt, or None when there is to be none."""
        self.failures += 1
        self._unknown = self._unknown or verdict.failure.unknown
        if self._endpoint.repeat is Repeat.NEVER or not verdict.again or self.failures >= MOST_ATTEMPTS:
            return None
        wait = min(LONGEST_WAIT, math.ldexp(FIRST_WAIT, self.failures - 1)) * self._ports.chance()
        if verdict.wait:
            self._asked += 1
            self._ends += verdict.wait
            # Everybody waits for the same moment: the jitter on top keeps them from arriving together.
            wait = verdict.wait + min(wait, 1.0)
        if self._asked > MOST_ASKED or self._ports.clock.monotonic() + wait > self._ends:
            return None
        return wait

    def verdict(self, last: Verdict) -> Failure:
        """What the call as a whole came to, `last` being its last attempt."""
        failure = last.failure
        if isinstance(failure, Refused):
            if not self._unknown:
                return failure
            reason = f"an earlier attempt may have been applied, and a repeat was {failure.reason}"
            return OutcomeUnknown(self._endpoint, reason, status=failure.status, refusal=failure)
        if self._endpoint.repeat is Repeat.NEVER:
            return failure
        kind = Overloaded if last.overload else GaveUp
        return kind(failure, self.failures, unknown=self._unknown, later=last.again)
