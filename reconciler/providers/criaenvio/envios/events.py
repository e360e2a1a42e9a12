"""An account's sends as events in time: those that a plan makes, those that wait, and live ones. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from reconciler.engine.model import Action
from reconciler.engine.plan import Plan
from reconciler.engine.scene import Scene
from reconciler.engine.timeline import Event
from reconciler.providers.criaenvio.envios.natural import OPEN

WAITING = "waiting"
_CHANNEL = "envio"
_AHEAD = OPEN - {"suspenso"}
_STOPPED = frozenset({Action.CANCEL, Action.PAUSE})


def events(plan: Plan, scene: Scene) -> Iterator[Event]:
    """The declared sends that are still to start, or go out now, as `plan` leaves them."""
    settled = {change.address for change in plan.changes if change.audience is not None or change.action in _STOPPED}
    for change in plan.changes:
        if change.audience is not None:
            to = change.audience
            name, state = str(change.address), str(change.action)
            yield Event(_CHANNEL, name, to.start, state, to.people, to.exact, id=change.live_id)
    for item in plan.waiting:
        start = item.audience.start if item.audience is not None else None
        people = item.audience.people if item.audience is not None else None
        yield Event(_CHANNEL, str(item.address), start, WAITING, people, item.audience is None or item.audience.exact)
    for address, found in scene.matches.items():
        observed = found.observed if address.kind == _CHANNEL and address not in settled else None
        start_of = observed.fields.get("data_de_inicio") if observed is not None else None
        if observed is not None and observed.fields["estado"] in _AHEAD and isinstance(start_of, datetime):
            yield Event(_CHANNEL, str(address), start_of, str(observed.fields["estado"]), id=observed.id)
