"""Live sends that a declared one may already be, though nobody remembers: what looks like it counts as there. Pure.

A ledger that has just begun may have taken the place of a lost one. Somebody may have moved a start since, or renamed
a message: the natural key then finds nothing, though the send is live, or has gone out.
"""

from __future__ import annotations

from datetime import datetime

from reconciler.engine.model import LOOK_ALIKE, Action, Address, Blocked, Observed
from reconciler.providers.criaenvio.envios.natural import by_code, taken
from reconciler.providers.criaenvio.envios.question import answer
from reconciler.providers.criaenvio.envios.send import Send
from reconciler.providers.criaenvio.mensagens.decide import says_the_same, versions

_TOLD = 5
"""How many live sends are named in words; all of them are candidates."""


def double(send: Send) -> Blocked | None:
    """While the ledger cannot account for all that is live, a person says whether this is one of those sends."""
    found = _doubles(send) if send.scene.memory.fresh else []
    if not found:
        return None
    told = ", ".join(f"{item.id} ({item.fields['estado']}, {_start(send, item)})" for item in found[:_TOLD])
    more = f" and {len(found) - _TOLD} more" if len(found) > _TOLD else ""
    adopt, absent = (answer(send.case.address, option) for option in (f"--adopt {found[-1].id}", "--absent"))
    return Blocked(
        send.case.address,
        Action.SCHEDULE,
        f"the ledger has just begun, and cannot tell whether this is a send that the account has already, of the same "
        f"message to the same lists: {told}{more}",
        f"if it is that one: {adopt}; if it is another: {absent}",
        tuple(item.id for item in found),
        send.case.declared.place,
        rule=LOOK_ALIKE,
    )


def _doubles(send: Send) -> list[Observed]:
    """Live sends of the message (by its name, or by what it says) to the lists, in any status, and nobody else's."""
    scene = send.scene
    lists = {scene.reference("lista", key).id for key in send.parts.lists}
    message = scene.declared[Address("mensagem", send.parts.message)]
    same = {item.id for item in scene.live.of("mensagem") if says_the_same(message, item)}
    messages = same | versions(message, scene.live, scene.memory)
    known = taken(scene).union(send.case.binding.former_ids if send.case.binding else ())
    alike = (
        item
        for item in scene.live.of("envio")
        if item.fields.get("mensagem") in messages and item.fields.get("listas") == lists and item.id not in known
    )
    return sorted(alike, key=by_code)


def _start(send: Send, item: Observed) -> str:
    start = item.fields.get("data_de_inicio")
    local = start.astimezone(send.scene.terms.now.tzinfo) if isinstance(start, datetime) else None
    return f"{local:%d/%m/%Y %H:%M}" if local else "no start"
