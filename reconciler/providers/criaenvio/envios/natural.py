"""By what an envio is known: its message in any version, its lists, its start to the minute. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime
from typing import cast

from reconciler.engine.model import Address, Declared, Observed, Value
from reconciler.engine.scene import Live, Memory, Scene
from reconciler.providers.criaenvio.mensagens.decide import versions

NOW = "agora"
OPEN = frozenset({"agendado", "suspenso", "enviando", "em criação"})
"""Live statuses in which a send may still reach people."""


def natural(declared: Declared, scene: Scene) -> Hashable | None:
    """(message, lists, start to the minute); None while a part of it is not in the account."""
    lists = [scene.match(Address("lista", key)).observed for key in _keys(declared)]
    if any(item is None for item in lists):
        return ("undecided", str(declared.fields["mensagem"]), _keys(declared), declared.fields["data_de_inicio"])
    ids = frozenset(item.id for item in lists if item)
    return (str(declared.fields["mensagem"]), ids, declared.fields["data_de_inicio"])


def natural_live(observed: Observed, scene: Scene) -> Hashable | None:
    """The same of a live envio: its message by address, whichever version it has; None when its lists were not read."""
    lists, start = observed.fields.get("listas"), observed.fields.get("data_de_inicio")
    message = message_of(observed, scene)
    if lists is None or message is None:
        return None
    if any(_is_now(declared, message, cast("frozenset[str]", lists), scene) for declared in scene.of_kind("envio")):
        return (message, lists, NOW)
    return (message, lists, start.replace(second=0, microsecond=0) if isinstance(start, datetime) else start)


def _is_now(declared: Declared, message: str, lists: frozenset[str], scene: Scene) -> bool:
    """Whether a declared `agora` send is met by any send of that message to those lists, whenever it started."""
    return declared.fields["data_de_inicio"] == NOW and natural(declared, scene) == (message, lists, NOW)


def message_of(observed: Observed, scene: Scene) -> str | None:
    """The key of the declared message that a live envio sends, in whichever of its versions."""
    live_id = observed.fields.get("mensagem")
    for declared in scene.of_kind("mensagem"):
        if live_id in versions(declared, scene.live, scene.memory):
            return declared.address.key
    return None


def family(live_id: Value, messages: Iterable[Declared], live: Live, memory: Memory) -> frozenset[str]:
    """Every id that a live send's message has or had: of the declared one that it is, else its own alone."""
    for declared in messages:
        ids = versions(declared, live, memory)
        if live_id in ids:
            return ids
    return frozenset({str(live_id)})


def taken(scene: Scene) -> frozenset[str]:
    """The live sends that an address stands for, or that the ledger knows."""
    matched = (match.observed.id for match in scene.matches.values() if match.observed is not None)
    return frozenset(matched) | {binding.id for _, binding in scene.memory.bindings("envio")}


def _keys(declared: Declared) -> frozenset[str]:
    return cast("frozenset[str]", declared.fields["listas"])


def prefer(found: Sequence[Observed]) -> Observed | None:
    """Among sends of the same message to the same lists at the same time, the only one that is not cancelled."""
    alive = [item for item in found if item.fields.get("estado") != "cancelado"]
    if not alive:
        return max(found, key=lambda item: (cast("int", item.fields.get("codigo") or 0), item.id))
    return alive[0] if len(alive) == 1 else None


def by_code(item: Observed) -> tuple[int, str]:
    """Oldest first: `codigo` grows with every send (vendor's examples)."""
    return (cast("int", item.fields.get("codigo") or 0), item.id)
