"""What came of applying a plan, as data, and the verdict that the exit code states. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from reconciler.engine.model import Finding, Outcome, Status
from reconciler.engine.plan import Plan, call_count


class Exit(IntEnum):
    """The program's exit codes: documented, and never reused for another meaning."""

    OK = 0  # done, or nothing to do
    ERROR = 1
    CHANGES = 2  # plan --detailed-exitcode: there are changes
    INVALID = 3  # the configuration is wrong
    BLOCKED = 4  # a guard refuses, or a person must decide
    DIFFERS = 5  # the plan is not the one that was reviewed
    PARTLY = 6  # some changes were made, some were not
    UNKNOWN = 7  # a call may have had its effect, and nobody can tell yet
    USAGE = 64
    LATER = 75  # the API cannot be used now, or the run may use no more: nothing is lost, go on later
    INTERRUPTED = 130
    TERMINATED = 143  # like INTERRUPTED, by SIGTERM


@dataclass(frozen=True, slots=True)
class Result:
    """One run of `apply`: every change of the plan with its outcome, in the plan's order.

    `calls` counts the requests made while applying, by `METHOD /path`; `reads` those of the planning before. `ended`
    says in words why the run ended before its plan did (interrupted, the API unavailable), with the exit code that this
    deserves. `notes` are findings that came up on the way (for instance a message that got a new id unexpectedly).
    `pace` is how many calls a second could be made at its end, if that was bounded. `adopted` counts people who were
    found live and are remembered from now on, which takes no call.
    """

    plan: Plan
    outcomes: tuple[Outcome, ...]
    calls: Mapping[str, int] = field(default_factory=dict)
    ended: tuple[Exit, str] | None = None
    notes: tuple[Finding, ...] = ()
    pace: float | None = None
    adopted: int = 0

    @property
    def left(self) -> int:
        """The calls of the changes that the run did not come to."""
        return call_count(outcome.change for outcome in self.outcomes if outcome.status is Status.PENDING)

    def count(self, status: Status) -> int:
        """How many changes ended as `status`."""
        return Counter(outcome.status for outcome in self.outcomes)[status]

    @property
    def exit(self) -> Exit:
        """The verdict, worst first: unknown, ended early, partly applied, nothing of it applied, blocked, done.

        Who interrupts a run knows that it is not over: that comes first, whatever it left open.
        """
        if self.ended is not None and self.ended[0] in (Exit.INTERRUPTED, Exit.TERMINATED):
            return self.ended[0]
        if self.count(Status.UNKNOWN) or self.plan.unanswered:
            return Exit.UNKNOWN
        if self.ended is not None:
            return self.ended[0]
        if self.count(Status.FAILED) or self.count(Status.SKIPPED) or self.notes:
            return Exit.PARTLY if self.count(Status.DONE) else Exit.ERROR
        return Exit.BLOCKED if self.plan.blocked else Exit.OK
