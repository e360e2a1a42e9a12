"""Making changes to campos."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from reconciler.engine.executor import ChangeFailedError, Performed
from reconciler.engine.model import Action, Change
from reconciler.providers.criaenvio.bench import THERE, Act, Bench, create_once, created_id, only, same_id
from reconciler.providers.criaenvio.campos import calls
from reconciler.providers.criaenvio.client import rows
from reconciler.providers.criaenvio.wire import text
from reconciler.transport import NotFound


def _create(bench: Bench, change: Change) -> Performed:
    nome = str(change.values["nome"])

    def look() -> str | None:
        found = rows(lambda page: calls.search(bench.client, page=page, nome=nome))
        return next((created_id(row) for row in found if row.get("nome") == nome), None)

    there = look()  # a listing that shifts while it is read can hide a row
    if there is not None:
        return Performed(there, detail=THERE)
    leaving = partial(bench.intend, {"nome": "as planned"})
    return Performed(create_once(bench, lambda: created_id(calls.create(bench.client, nome, leaving)), look))


def _update(bench: Bench, change: Change) -> Performed:
    calls.update(bench.client, bench.live_id(change), str(change.values["nome"]))
    return same_id(bench, change)


def _delete(bench: Bench, change: Change) -> Performed:
    """What is erased cannot be had back: it must still be the field that was reviewed, whose name is all that tells."""
    live_id, nome = bench.live_id(change), change.expects["nome"]
    try:
        shown = text(calls.view(bench.client, live_id), "nome")
    except NotFound:
        return Performed(None, detail="somebody has removed it already")
    if shown != nome:
        raise ChangeFailedError(f"changed since plan: {live_id} was {nome!r}, and is {shown!r}; nothing was erased")
    calls.delete(bench.client, live_id)
    return Performed(None)


ACTS: Mapping[Action, Act] = {
    Action.CREATE: only(_create),
    Action.UPDATE: only(_update),
    Action.DELETE: only(_delete),
}
