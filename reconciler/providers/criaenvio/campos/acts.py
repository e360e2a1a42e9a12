"""Making changes to campos."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.engine.executor import Performed
from reconciler.engine.model import Action, Change
from reconciler.providers.criaenvio.bench import Act, Bench, create_once, created_id, only, same_id
from reconciler.providers.criaenvio.campos import calls
from reconciler.providers.criaenvio.client import rows


def _create(bench: Bench, change: Change) -> Performed:
    nome = str(change.values["nome"])

    def look() -> str | None:
        found = rows(lambda page: calls.search(bench.client, page=page, nome=nome))
        return next((created_id(row) for row in found if row.get("nome") == nome), None)

    bench.intend({"nome": "as planned"})
    return Performed(create_once(bench, lambda: created_id(calls.create(bench.client, nome)), look))


def _update(bench: Bench, change: Change) -> Performed:
    calls.update(bench.client, bench.live_id(change), str(change.values["nome"]))
    return same_id(bench, change)


def _delete(bench: Bench, change: Change) -> Performed:
    calls.delete(bench.client, bench.live_id(change))
    return Performed(None)


ACTS: Mapping[Action, Act] = {
    Action.CREATE: only(_create),
    Action.UPDATE: only(_update),
    Action.DELETE: only(_delete),
}
