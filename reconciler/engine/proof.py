"""What a rehearsal of a plan showed: it was applied to a copy of the account, planned again, and looked at. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reconciler.engine.model import Finding


class Verdict(StrEnum):
    """What a rehearsal comes to."""

    PROVED = "proved"  # all was made, nothing else was touched, and nothing is left to do
    NOT_PROVED = "not-proved"  # the faults say why
    NOT_REHEARSED = "not-rehearsed"  # a guard refuses the plan: apply would stop before its first call


@dataclass(frozen=True, slots=True)
class Proof:
    """One rehearsal.

    `faults` are what did not hold. `left` is what was left alone on purpose, since a person has to decide or a check
    has to hold first: it is no fault. `notes` say what of the account was not in its copy. `changes` were made;
    `predicted` calls were foreseen for them, `calls` were made. `sends` went out once their start had come, as
    `messages` e-mails. `compared` counts the objects that the plan has nothing to do with, before and after.
    `differences` counts what the second plan would still change.
    """

    faults: tuple[Finding, ...] = ()
    left: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    changes: int = 0
    predicted: int = 0
    calls: int = 0
    sends: int = 0
    messages: int = 0
    compared: int = 0
    differences: int = 0
    rehearsed: bool = True

    @property
    def verdict(self) -> Verdict:
        """What it comes to."""
        if not self.rehearsed:
            return Verdict.NOT_REHEARSED
        return Verdict.NOT_PROVED if self.faults else Verdict.PROVED

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that it says in words."""
        return (*self.faults, *self.left, *self.notes)
