"""What the outcomes of a run say beside their status: what was waited for, and what is live now. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from reconciler.engine.model import Change, Outcome, Status
from reconciler.engine.result import Result


def live_id(outcome: Outcome) -> str | None:
    """The live object that the address of `outcome` now has, as far as it is known: what was cancelled has none."""
    return outcome.live_id if outcome.status is Status.DONE else outcome.live_id or outcome.change.live_id


class Waits:
    """Looks up, for the changes of one run, those among their needs that were not done."""

    def __init__(self, result: Result) -> None:
        """Index what was not done by the change's id and by the groups that it feeds."""
        self._missing: dict[str, list[Outcome]] = defaultdict(list)
        for outcome in result.outcomes:
            if outcome.status is not Status.DONE:
                for name in (outcome.change.id, *outcome.change.feeds):
                    self._missing[name].append(outcome)

    def of(self, change: Change) -> Sequence[Outcome]:
        """The outcomes that `change` needed and that were not done, in the order of its needs, each once."""
        found = {other.change.id: other for need in change.needs for other in self._missing.get(need, ())}
        return [other for name, other in found.items() if name != change.id]
