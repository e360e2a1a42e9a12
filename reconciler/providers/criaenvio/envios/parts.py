"""What a send is made of: its message, lists and sender, resolved, and how they differ from the live send's. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from reconciler.engine.kind import Case
from reconciler.engine.model import Action, Address, Delta, Observed
from reconciler.engine.scene import Scene
from reconciler.providers.criaenvio.mensagens.decide import renumbers, versions


@dataclass(frozen=True, slots=True)
class Parts:
    """Message key, list keys and sender id of one declared envio.

    `needs` are the changes that make them; `problem` is (reason, remedy) when one of them cannot be had; `deltas` say
    how they differ from the live send; `renumbered` that the message gets a new id in this plan.
    """

    message: str
    lists: tuple[str, ...]
    sender: str | None
    needs: tuple[str, ...]
    problem: tuple[str, str] | None
    deltas: tuple[Delta, ...]
    renumbered: bool


def parts_of(case: Case, scene: Scene) -> Parts:
    """Resolve the parts of `case`'s envio against what is live and what this plan makes."""
    fields = case.declared.fields
    message, keys = str(fields["mensagem"]), sorted(cast("frozenset[str]", fields["listas"]))
    refs = [scene.reference("mensagem", message), *(scene.reference("lista", key) for key in keys)]
    senders = _senders(fields.get("remetente"), scene)
    lost = [ref for ref in refs if ref.blocked]
    problem = _sender_problem(fields.get("remetente"), senders)
    if lost:
        address = Address("mensagem" if lost[0] is refs[0] else "lista", lost[0].key)
        problem = (f"{address} is blocked", f"decide about {address} first")
    sender = senders[0] if senders else None
    address = Address("mensagem", message)
    renumbered = renumbers(scene.planned(address, Action.UPDATE), scene.match(address).observed)
    return Parts(
        message=message,
        lists=tuple(keys),
        sender=sender.id if sender else None,
        needs=tuple(need for ref in refs for need in ref.needs),
        problem=problem,
        deltas=tuple(_deltas(case, scene, senders, renumbered=renumbered)) if case.observed else (),
        renumbered=renumbered and case.observed is not None,
    )


def _deltas(case: Case, scene: Scene, senders: list[Observed], *, renumbered: bool) -> Iterator[Delta]:
    """Message, lists and sender where the live send shows others; what was not read is not compared."""
    fields = case.declared.fields
    live = case.observed.fields if case.observed else {}
    address = Address("mensagem", str(fields["mensagem"]))
    ref = scene.reference(*address)
    gone = live.get("estado") in ("concluído", "enviando") and _is_version(live.get("mensagem"), address, scene)
    if not gone and (renumbered or ref.id is None or live.get("mensagem") != ref.id):
        yield Delta("mensagem", _version(live.get("mensagem"), str(fields["mensagem"]), scene), fields["mensagem"])
    lists = live.get("listas")
    if isinstance(lists, frozenset):
        known = {scene.reference("lista", item.address.key).id: item.address.key for item in scene.of_kind("lista")}
        shown = frozenset(known.get(live_id, f"(id {live_id})") for live_id in lists)
        if shown != fields["listas"]:
            yield Delta("listas", shown, fields["listas"])
    if "remetente" in fields and "remetente" in live and not _same_sender(live["remetente"], senders):
        yield Delta("remetente", live["remetente"], fields["remetente"])


def _same_sender(shown: object, senders: list[Observed]) -> bool:
    """Whether the live send has the one sender that is meant; a send without one has the main one (reference)."""
    if len(senders) != 1:
        return False
    sender = senders[0]
    return bool(sender.fields["principal"]) if shown is None else shown in (sender.id, sender.fields["email"])


def _is_version(live_id: object, address: Address, scene: Scene) -> bool:
    """Whether a live message id is, or was, that of the declared message: what has gone out keeps its old text."""
    return live_id in versions(scene.declared[address], scene.live, scene.memory)


def _version(live_id: object, wanted: str, scene: Scene) -> str:
    """A live message id in the YAML's words where one of the declared messages has it."""
    for declared in scene.of_kind("mensagem"):
        if live_id in versions(declared, scene.live, scene.memory):
            key = declared.address.key
            return f"{key} (earlier text, id {live_id})" if key == wanted else key
    return f"(id {live_id})"


def _senders(wanted: object, scene: Scene) -> list[Observed]:
    """The live senders that a declared `remetente` can mean, as id, else as e-mail, else as name."""
    if wanted is None:
        return []
    live = sorted(scene.live.of("remetente"), key=lambda item: item.id)
    text = str(wanted)
    by_id = [item for item in live if item.id == text]
    by_email = [item for item in live if str(item.fields["email"]).lower() == text.lower()]
    by_name = [item for item in live if item.fields["nome"] == text]
    found = by_id or by_email or by_name
    confirmed = [item for item in found if item.fields["confirmado"]]
    return confirmed or found


def _sender_problem(wanted: object, found: list[Observed]) -> tuple[str, str] | None:
    """Why the declared sender cannot be used, if it cannot."""
    if wanted is None:
        return None
    if not found:
        return (f"the account has no sender {wanted!r}", "add and confirm it in the vendor's screen, or choose another")
    if len(found) > 1:
        ids = ", ".join(item.id for item in found)
        return (f"{len(found)} senders answer to {wanted!r} ({ids})", "write the id of one as remetente")
    if not found[0].fields["confirmado"]:
        return (f"the sender {wanted!r} is not confirmed", "confirm it in the vendor's screen")
    return None
