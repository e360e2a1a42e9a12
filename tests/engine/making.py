"""Short ways to write changes and plans down."""

from __future__ import annotations

from typing import Any

from reconciler.engine.model import Action, Address, Binding, Change, Place
from reconciler.engine.plan import Plan

PLACE = Place("campanhas/caso.yaml", 1, 1)
RANKS = {"campo": 0, "lista": 1, "contato": 2, "mensagem": 3, "envio": 4}


def change(name: str, **rest: Any) -> Change:
    """`lista.vips/create` as a change that something declares; `rest` are fields of Change."""
    address, _, action = name.rpartition("/")
    kind, _, key = address.partition(".")
    given: dict[str, Any] = {"place": PLACE} | rest
    return Change(Address(kind, key), Action(action), "a reason", **given)


def plan_of(*changes: Change, bound: dict[str, str] | None = None) -> Plan:
    """A plan of these changes, in this order; `bound` maps addresses to live ids."""
    keep = {}
    for name, live_id in (bound or {}).items():
        kind, _, key = name.partition(".")
        keep[Address(kind, key)] = Binding(kind, key, live_id)
    return Plan("principal", changes=tuple(changes), keep=keep)
