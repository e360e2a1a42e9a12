"""Which plans were put into effect: this makes saved plans single-use, and re-runs of finished ones harmless. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from reconciler.engine.model import Use

KEPT = 500
"""How many uses are remembered. One takes 150 bytes of a file that is written as a whole."""


@dataclass(slots=True)
class Uses:
    """The latest uses, by `Use.plan`, oldest first.

    `horizon` is the entry of the newest use that is no longer remembered: whether a plan that was made before it was
    used cannot be told.
    """

    known: dict[str, Use] = field(default_factory=dict)
    horizon: int = 0

    def begin(self, use: Use) -> None:
        """Remember `use`, in the place of one of the same plan."""
        self.known.pop(use.plan, None)
        self.known[use.plan] = use
        while len(self.known) > KEPT:
            oldest = next(iter(self.known))
            self.horizon = self.known.pop(oldest).entry

    def finish(self, plan: str) -> None:
        """Every change of `plan` was made. Raises KeyError if its use is not remembered."""
        self.known[plan] = replace(self.known[plan], finished=True)

    def of(self, plan: str) -> Use | None:
        """The use of the plan that is called so."""
        return self.known.get(plan)

    def of_digest(self, digest: str) -> Use | None:
        """The latest use of a plan that was agreed to under this digest."""
        return next((use for use in reversed(self.known.values()) if use.digest == digest), None)
