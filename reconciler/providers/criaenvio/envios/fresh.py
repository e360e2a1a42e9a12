"""Right before people are mailed: is what the plan rests on still so? The contacts of a large plan can take hours."""

from __future__ import annotations

from functools import partial

from reconciler.engine.executor import ChangeFailedError
from reconciler.engine.model import Address, Change
from reconciler.providers.criaenvio.bench import Bench
from reconciler.providers.criaenvio.client import Page, rows
from reconciler.providers.criaenvio.envios.send import MESSAGE, TOLERANCE
from reconciler.providers.criaenvio.listas import calls as list_calls
from reconciler.providers.criaenvio.listas import wire as list_wire
from reconciler.providers.criaenvio.mensagens import calls as message_calls
from reconciler.providers.criaenvio.mensagens import wire as message_wire
from reconciler.providers.criaenvio.mensagens.decide import content


def still_so(bench: Bench, change: Change) -> None:
    """Read the lists (one call) and the message (one call) again. Raises ChangeFailedError, "changed since plan"."""
    _lists(bench, change)
    if MESSAGE in change.expects:
        key = str(change.values["mensagem"])
        shown = message_wire.observed(message_calls.view(bench.client, bench.ids[Address("mensagem", key)]))
        if content(shown.fields) != change.expects[MESSAGE]:
            raise ChangeFailedError(f"changed since plan: somebody edited mensagem.{key}; nothing was sent")


def _lists(bench: Bench, change: Change) -> None:
    """Every list still active, and all of them together with as many people, within the tolerance."""
    keys = sorted(change.values["listas"])  # type: ignore[arg-type]
    ids = tuple(bench.ids[Address("lista", key)] for key in keys)
    active = {item.id: item for item in map(list_wire.observed, rows(partial(_page, bench, ids)))}
    for key, live_id in zip(keys, ids, strict=True):
        if live_id not in active or not active[live_id].fields["ativo"]:
            raise ChangeFailedError(f"changed since plan: lista.{key} is not active any more; nothing was sent")
    planned = shown = 0
    for key, live_id in zip(keys, ids, strict=True):
        count, expected = active[live_id].fields["contatos_ativos"], change.expects.get(f"lista.{key}")
        if isinstance(count, int) and expected is not None:
            planned, shown = planned + int(expected), shown + count
    if abs(shown - planned) > float(change.expects[TOLERANCE]) * planned:
        names = ", ".join(keys)
        told = f"changed since plan: {names} had {planned} people and now have {shown}, beyond tolerancia_de_publico"
        raise ChangeFailedError(f"{told}; nothing was sent")


def _page(bench: Bench, ids: tuple[str, ...], page: int) -> Page:
    return list_calls.search(bench.client, ativo=True, page=page, ids=ids)
