"""Making changes to listas (the API's `grupos`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from reconciler.engine.executor import Performed
from reconciler.engine.model import Action, Change
from reconciler.providers.criaenvio.bench import THERE, Act, Bench, create_once, created_id, only, same_id
from reconciler.providers.criaenvio.client import Client, rows
from reconciler.providers.criaenvio.listas import calls

_AT_ONCE = 100
"""Ids in one call: the reference gives no limit, an address has one."""


def _create(bench: Bench, change: Change) -> Performed:
    nome = str(change.values["nome"])

    def look(*, ativo: bool) -> str | None:
        found = rows(lambda page: calls.search(bench.client, ativo=ativo, page=page, nome=nome))
        return next((created_id(row) for row in found if row.get("nome") == nome), None)

    there = look(ativo=True) or look(ativo=False)  # a listing that shifts while it is read can hide a row
    if there is not None:
        return Performed(there, detail=THERE)
    leaving = partial(bench.intend, {"nome": "as planned"})
    make = partial(calls.create, bench.client, nome, leaving)
    return Performed(create_once(bench, lambda: created_id(make()), partial(look, ativo=True)))


def _update(bench: Bench, change: Change) -> Performed:
    calls.update(bench.client, bench.live_id(change), str(change.values["nome"]))
    return same_id(bench, change)


def _switch(call: Callable[[Client, Sequence[str]], None]) -> Act:
    """All lists of one batch in one call."""

    def make(bench: Bench, changes: Sequence[Change]) -> Sequence[Performed]:
        ids = [bench.live_id(change) for change in changes]
        for start in range(0, len(ids), _AT_ONCE):
            call(bench.client, ids[start : start + _AT_ONCE])
        return [same_id(bench, change) for change in changes]

    return make


ACTS: Mapping[Action, Act] = {
    Action.CREATE: only(_create),
    Action.UPDATE: only(_update),
    Action.ACTIVATE: _switch(calls.activate),
    Action.DEACTIVATE: _switch(calls.deactivate),
}
