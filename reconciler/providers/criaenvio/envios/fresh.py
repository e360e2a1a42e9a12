"""Right before people are mailed: is what the plan rests on still so? The contacts of a large plan can take hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from reconciler.engine.executor import ChangeFailedError
from reconciler.engine.model import Address, Change
from reconciler.providers.criaenvio.bench import Bench
from reconciler.providers.criaenvio.client import Page, rows
from reconciler.providers.criaenvio.envios import calls, wire
from reconciler.providers.criaenvio.envios.send import CHECKS, ITSELF, LEAD, MESSAGE, TOLERANCE, shown
from reconciler.providers.criaenvio.listas import calls as list_calls
from reconciler.providers.criaenvio.listas import wire as list_wire
from reconciler.providers.criaenvio.mensagens import calls as message_calls
from reconciler.providers.criaenvio.mensagens import wire as message_wire
from reconciler.providers.criaenvio.mensagens.decide import content


def still_so(bench: Bench, change: Change) -> None:
    """Read the lists, the message, the send that is there already (one call each) and the checks again; the clock last.

    Raises ChangeFailedError, "changed since plan".
    """
    _lists(bench, change)
    if MESSAGE in change.expects:
        key = str(change.values["mensagem"])
        text = message_wire.observed(message_calls.view(bench.client, bench.ids[Address("mensagem", key)]))
        if content(text.fields) != change.expects[MESSAGE]:
            raise ChangeFailedError(f"changed since plan: somebody edited mensagem.{key}; nothing was sent")
    if ITSELF in change.expects:
        live_id = bench.live_id(change)
        now = shown(wire.observed(calls.view(bench.client, live_id), bench.zone))
        if now != change.expects[ITSELF]:
            told = f"changed since plan: {live_id} was {change.expects[ITSELF]}, and is {now}"
            raise ChangeFailedError(f"{told}; nothing was sent")
    _checks(bench, change)
    _in_time(bench, change)


def _checks(bench: Bench, change: Change) -> None:
    """Every check that the send comes after holds still: the other channels are read again for it."""
    names = [name for name in change.expects.get(CHECKS, "").split(",") if name]
    verdicts = {str(verdict.check.address): verdict for verdict in (bench.look(names) if names else ())}
    for name in names:
        verdict = verdicts.get(name)
        if verdict is None or not verdict.holds:
            why = f": {verdict.reason}" if verdict is not None else ""
            raise ChangeFailedError(f"changed since plan: {name} does not hold any more{why}; nothing was sent")


def _in_time(bench: Bench, change: Change) -> None:
    """The start is still so far away, by the API's clock, that an open outcome could be settled before it."""
    start = change.values["data_de_inicio"]
    if not isinstance(start, datetime):
        return
    left, least = start.astimezone(UTC) - bench.watch.now(), timedelta(seconds=float(change.expects[LEAD]))
    if left < least:
        minutes = int(left.total_seconds() // 60)
        near = f"it would start in {minutes} min, too near to be sure that it goes out once"
        told = near if minutes >= 0 else "its start has passed meanwhile"
        raise ChangeFailedError(f"changed since plan: {told}; nothing was sent")


def _lists(bench: Bench, change: Change) -> None:
    """Every list still active, and all of them together with as many people, within the tolerance."""
    keys = sorted(change.values["listas"])  # type: ignore[arg-type]
    ids = tuple(bench.ids[Address("lista", key)] for key in keys)
    active = {item.id: item for item in map(list_wire.observed, rows(partial(_page, bench, ids)))}
    for key, live_id in zip(keys, ids, strict=True):
        if live_id not in active or not active[live_id].fields["ativo"]:
            raise ChangeFailedError(f"changed since plan: lista.{key} is not active any more; nothing was sent")
    planned = counted = 0
    for key, live_id in zip(keys, ids, strict=True):
        people, expected = active[live_id].fields["contatos_ativos"], change.expects.get(f"lista.{key}")
        if isinstance(people, int) and expected is not None:
            planned, counted = planned + int(expected), counted + people
    if abs(counted - planned) > float(change.expects[TOLERANCE]) * planned:
        names = ", ".join(keys)
        told = f"changed since plan: {names} had {planned} people and now have {counted}, beyond tolerancia_de_publico"
        raise ChangeFailedError(f"{told}; nothing was sent")


def _page(bench: Bench, ids: tuple[str, ...], page: int) -> Page:
    return list_calls.search(bench.client, ativo=True, page=page, ids=ids)
