"""The sends that a report sets in time: those of all channels, or the plan's own where there are no others. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.engine.plan import Plan
from reconciler.engine.timeline import Event

SEND = "envio"
"""The channel of a plan's own sends, and their kind."""
WAITING = "waiting"
"""The state of a send that a check holds back."""


def events_of(plan: Plan) -> Sequence[Event]:
    """All of them, in no order."""
    return plan.timeline or tuple(_own(plan))


def _own(plan: Plan) -> Iterator[Event]:
    for change in plan.changes:
        if (to := change.audience) is not None:
            yield Event(SEND, str(change.address), to.start, str(change.action), to.people, to.exact)
    for item in plan.waiting:
        if (to := item.audience) is not None:
            yield Event(SEND, str(item.address), to.start, WAITING, to.people, to.exact)
