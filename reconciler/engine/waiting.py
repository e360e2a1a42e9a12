"""What a plan does not do yet. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.engine.model import Action, Address, Audience, Place


@dataclass(frozen=True, slots=True)
class Waiting:
    """A send that is not scheduled yet, since a check that it comes after does not hold yet.

    The first plan in which all of them hold schedules it, if its start is still to come; until then it is no change.
    `checks` are their addresses; `audience` is whom it would reach as things stand (None: the account does not say).
    """

    address: Address
    action: Action
    reason: str
    checks: tuple[str, ...]
    audience: Audience | None = None
    place: Place | None = None
