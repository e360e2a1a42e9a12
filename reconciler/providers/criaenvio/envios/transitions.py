"""What each live status becomes under each declared `estado`: the contract's table, cell by cell. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from reconciler.engine.kind import Decision
from reconciler.engine.model import Action, Blocked, Change, Delta
from reconciler.engine.waiting import Waiting
from reconciler.providers.criaenvio.envios.doubles import double
from reconciler.providers.criaenvio.envios.gate import gate, gates, no_longer
from reconciler.providers.criaenvio.envios.question import answer, unseen, unsettled
from reconciler.providers.criaenvio.envios.send import Send, complete, look_alikes, obstacle, warning
from reconciler.providers.criaenvio.envios.spacing import unforeseen
from reconciler.providers.criaenvio.envios.twins import twins
from reconciler.providers.criaenvio.mensagens.decide import STOPPED

Transition: TypeAlias = Callable[[Send], Iterator[Decision]]


def _nothing(_send: Send) -> Iterator[Decision]:
    return iter(())


def _stop(action: Action, reason: str) -> Transition:
    """Pause or cancel: needs nothing, and comes before anything else."""

    def transition(send: Send) -> Iterator[Decision]:
        live = str(send.case.observed.fields["estado"]) if send.case.observed else None
        wanted = str(send.case.declared.fields["estado"])
        feeds = (STOPPED,) if action is Action.CANCEL else ()
        yield send.case.change(action, reason, deltas=(Delta("estado", live, wanted),), feeds=feeds)

    return transition


def blocked(reason: str, remedy: str) -> Transition:
    """A cell of the table that a person must decide about."""

    def transition(send: Send) -> Iterator[Decision]:
        yield send.case.block(None, reason, remedy)

    return transition


def _warn_if_different(state: str) -> Transition:
    """The mail is going out or gone: a difference can only be told."""

    def transition(send: Send) -> Iterator[Decision]:
        found = (*send.parts.deltas, *send.moved())
        wanted = send.case.declared.fields["estado"]
        names = [delta.field for delta in found] + ([] if wanted == "agendado" else ["estado"])
        if names:
            summary = f"{state}: {', '.join(names)} can no longer be changed"
            remedy = "declare it as it went out, or give the next send an address of its own"
            yield warning(send, "too-late", summary, remedy)

    return transition


def _schedule(send: Send, reason: str = "declared, and not in the account") -> Iterator[Decision]:
    """POST: only with a future start, or `agora`."""
    held = unsettled(send, Action.SCHEDULE) or unseen(send) or double(send) or _held(send, Action.SCHEDULE)
    if held is not None:
        yield held
        return
    fields = send.case.declared.fields
    deltas = tuple(Delta(name, None, fields[name]) for name in (*_COMPARED, "data_de_inicio") if name in fields)
    change = send.case.change(Action.SCHEDULE, reason, deltas=deltas)
    yield from look_alikes(send)
    yield from _completed(send, replace(change, live_id=None))


def _held(send: Send, action: Action) -> Blocked | Waiting | None:
    """Why this send may not be scheduled, moved or resumed now: a person has to decide, or a check has to hold."""
    return obstacle(send, action) or gate(send, action)


def _completed(send: Send, change: Change) -> Iterator[Decision]:
    """The change with all that a sending one has, and what cannot be known about other channels."""
    made = complete(send, change, gates(send))
    yield made
    if made.audience is not None:
        yield from unforeseen(made, made.audience, send.scene)


def _settle(send: Send) -> Iterator[Decision]:
    """Agendado → agendado: another start is a new date; another message, list or sender is another send."""
    moved = send.moved()
    yield from no_longer(send)
    if send.case.declared.fields.get("recriar"):
        summary = "recriar: true is no longer needed, and would make it anew should somebody cancel it"
        yield warning(send, "recriar", summary, "remove recriar")
    if send.parts.deltas:
        yield from _replace(send, (*send.parts.deltas, *moved))
    elif moved:
        yield from _redate(send, Action.RESCHEDULE, moved, "another start is declared")


def _resume(send: Send) -> Iterator[Decision]:
    """Suspenso → agendado: with the declared date, never `agora` in place of a date that has passed."""
    deltas = (Delta("estado", "suspenso", "agendado"), *send.moved())
    if send.parts.deltas:
        yield from _replace(send, (*deltas, *send.parts.deltas))
    else:
        yield from _redate(send, Action.RESUME, deltas, "paused, and declared agendado")


def _redate(send: Send, action: Action, deltas: tuple[Delta, ...], reason: str) -> Iterator[Decision]:
    held = unsettled(send, action) or _held(send, action)
    if held is not None:
        yield held
        return
    yield from _completed(send, send.case.change(action, reason, deltas=deltas))


def _replace(send: Send, deltas: tuple[Delta, ...]) -> Iterator[Decision]:
    """Cancel, confirm, then schedule the new one: if that breaks off half-way, mail stays unsent."""
    held = unsettled(send, Action.REPLACE) or _held(send, Action.REPLACE)
    if held is not None:
        yield held
        return
    reason = f"{', '.join(delta.field for delta in deltas)} not as declared: cancelled, then scheduled anew"
    if send.parts.renumbered:
        reason += "; the message was sent before and gets a new id, the old one would go out with the old text"
    change = send.case.change(Action.REPLACE, reason, deltas=deltas)
    yield from _completed(send, replace(change, feeds=(STOPPED,)))


def _cancelled(send: Send) -> Iterator[Decision]:
    """Cancelado → agendado: by whom is not known, so only on request."""
    if send.case.declared.fields.get("recriar"):
        yield from _schedule(send, "cancelled outside; recriar: true asks for a new one")
    else:
        reason = "cancelled outside: the live envio is Cancelado"
        remedy = "recriar: true schedules it anew; estado: cancelado agrees"
        found = twins(send.case, send.scene)
        if found:
            told = ", ".join(f"{item.id} ({item.fields['estado']})" for item in found)
            reason += f"; the account has the same send again: {told}, which will go out"
            remedy += f"; if it is this one: {answer(send.case.address, f'--adopt {found[0].id}')}"
        decision = send.case.block(Action.SCHEDULE, reason, remedy)
        yield replace(decision, candidates=(*decision.candidates, *(item.id for item in found)))


_COMPARED = ("mensagem", "listas", "remetente")
_TOO_LATE = blocked("there is no live send that could be paused", "estado: agendado first, or remove it")
TABLE: Mapping[tuple[str, str], Transition] = {
    ("none", "agendado"): _schedule,
    ("none", "pausado"): _TOO_LATE,
    ("none", "cancelado"): _nothing,
    ("agendado", "agendado"): _settle,
    ("agendado", "pausado"): _stop(Action.PAUSE, "declared pausado"),
    ("agendado", "cancelado"): _stop(Action.CANCEL, "declared cancelado"),
    ("suspenso", "agendado"): _resume,
    ("suspenso", "pausado"): _nothing,
    ("suspenso", "cancelado"): _stop(Action.CANCEL, "declared cancelado"),
    ("enviando", "agendado"): _warn_if_different("already going out"),
    ("enviando", "pausado"): _stop(Action.PAUSE, "declared pausado while it is going out"),
    ("enviando", "cancelado"): _stop(Action.CANCEL, "declared cancelado while it is going out"),
    ("concluído", "agendado"): _warn_if_different("already sent"),
    ("concluído", "pausado"): _warn_if_different("already sent"),
    ("concluído", "cancelado"): _warn_if_different("already sent"),
    ("cancelado", "agendado"): _cancelled,
    ("cancelado", "pausado"): blocked("cancelled: it cannot be paused", "estado: cancelado agrees with the account"),
    ("cancelado", "cancelado"): _nothing,
}
"""(live status, declared estado) → transition: the table of the contract, cell by cell."""
