"""Making changes to mensagens: after each write the message is read back, and its id followed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from reconciler.engine.diff import deltas
from reconciler.engine.executor import ChangeFailedError, Performed
from reconciler.engine.model import Action, Change, Observed
from reconciler.providers.criaenvio.bench import THERE, Act, Bench, create_once, created_id, only
from reconciler.providers.criaenvio.client import rows
from reconciler.providers.criaenvio.mensagens import calls, wire
from reconciler.providers.criaenvio.mensagens.decide import KIND, TEXT, content, newest
from reconciler.providers.criaenvio.mensagens.recover import edited
from reconciler.transport import Failure


def _named(bench: Bench, change: Change) -> Observed | None:
    """The newest live message of the change's name."""
    nome = str(change.values["nome"])
    found = rows(lambda page: calls.search(bench.client, page=page, nome=nome))
    return newest([wire.observed(row) for row in found if row.get("nome") == nome])


def _create(bench: Bench, change: Change) -> Performed:
    def look() -> str | None:
        found = _named(bench, change)
        return found.id if found else None

    leaving = partial(bench.intend, {"nome": "as planned"})

    def make() -> str:
        return created_id(calls.create(bench.client, wire.body(change.values), leaving))

    if (there := look()) is not None:
        return _taken(bench, change, there)
    return _read_back(bench, change, create_once(bench, make, look))


def _taken(bench: Bench, change: Change, live_id: str) -> Performed:
    """The message that has the name by now: ours if it says what was to be written, else it is left alone."""
    stored = wire.observed(calls.view(bench.client, live_id))
    if deltas(change.values, stored.fields, same=KIND.same):
        name = change.values["nome"]
        raise ChangeFailedError(f"changed since plan: the account has another mensagem {name!r} now ({live_id})")
    sent, shown = wire.memory(change.values, stored)
    return Performed(live_id, sent, shown, detail=THERE)


def _update(bench: Bench, change: Change) -> Performed:
    """PUT answers the record as it now is, whose id may be new: always go on with that one.

    It is sent once, since each repetition may make another message; when its outcome is open, the account tells. What
    somebody wrote since the plan was made is not overwritten.
    """
    live_id = bench.live_id(change)
    if content(wire.observed(calls.view(bench.client, live_id)).fields) != change.expects[TEXT]:
        told = f"changed since plan: somebody edited {change.address} ({live_id}); nothing was written"
        raise ChangeFailedError(told)
    leaving = partial(bench.intend, edited(live_id, change.values["nome"]))

    def make() -> str:
        record = calls.update(bench.client, live_id, wire.body(change.values), leaving)
        if record is not None:
            return created_id(record)
        found = _named(bench, change)
        return found.id if found else live_id

    def look() -> str | None:
        found = _named(bench, change)
        stored = wire.observed(calls.view(bench.client, found.id if found else live_id))
        return None if deltas(change.values, stored.fields, same=KIND.same) else stored.id

    return _read_back(bench, change, create_once(bench, make, look))


def _read_back(bench: Bench, change: Change, live_id: str) -> Performed:
    """Hashes of what was sent and of what the server shows: it may rewrite html."""
    renumbered = change.live_id is not None and live_id != change.live_id
    detail = f"new id {live_id}" if renumbered else ""
    try:
        stored = wire.observed(calls.view(bench.client, live_id))
    except Failure as failure:  # written all the same: the next plan then compares the texts by meaning
        told = f"written, but could not be read back: {failure}"
        return Performed(live_id, detail=f"{detail}; {told}" if detail else told)
    sent, shown = wire.memory(change.values, stored)
    return Performed(live_id, sent, shown, detail=detail)


def _delete(bench: Bench, change: Change) -> Performed:
    calls.delete(bench.client, bench.live_id(change))
    return Performed(None)


ACTS: Mapping[Action, Act] = {
    Action.CREATE: only(_create),
    Action.UPDATE: only(_update),
    Action.DELETE: only(_delete),
}
