"""Making changes to contatos."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from reconciler.engine.executor import ChangeFailedError, Performed
from reconciler.engine.model import Action, Address, Change
from reconciler.providers.criaenvio.bench import Act, Bench, create_once, only, same_id
from reconciler.providers.criaenvio.client import rows
from reconciler.providers.criaenvio.contatos import calls, wire
from reconciler.providers.criaenvio.contatos.calls import ContactFilter
from reconciler.providers.criaenvio.wire import flag, identity
from reconciler.transport import Refused

_TWIN = "já existe um contato"
"""400 of POST /contatos when the e-mail is taken (reference)."""
_TOO_MANY = "limite de registros excedido"
"""400 of inscrever, desinscrever and campos when one call names too many (reference, which gives no number)."""


def _create(bench: Bench, change: Change) -> Performed:
    """E-mails are unique on the server: a contact that turns out to be there already is ours all the same."""
    email = str(change.values["email"])

    def look() -> Mapping[str, Any] | None:
        chosen = ContactFilter(status="todos", email=email)
        found = rows(lambda page: calls.search(bench.client, chosen, page=page))
        return next((row for row in found if str(row.get("email", "")).lower() == email.lower()), None)

    def make() -> Mapping[str, Any]:
        try:
            return calls.create(bench.client, wire.body(change.values))
        except Refused as refused:
            there = look() if _TWIN in refused.message.lower() else None
            if there is None:
                raise
            return there

    row = create_once(bench, make, look, server_refuses_twins=True)
    if flag(row, "descadastrado"):
        raise ChangeFailedError("this person is there already and unsubscribed: nothing is done to them")
    return Performed(identity(row, "contato"))


def _update(bench: Bench, change: Change) -> Performed:
    calls.update(bench.client, bench.live_id(change), wire.body(change.values))
    return same_id(bench, change)


def _activate(bench: Bench, change: Change) -> Performed:
    calls.activate(bench.client, bench.live_id(change))
    return same_id(bench, change)


def _deactivate(bench: Bench, change: Change) -> Performed:
    calls.deactivate(bench.client, bench.live_id(change))
    return same_id(bench, change)


def _subscribe(bench: Bench, change: Change) -> Performed:
    contact = bench.live_id(change)
    ids = bench.keys_to_ids("lista", change.values["listas"])
    _in_parts(ids, lambda part: calls.subscribe(bench.client, contact, part))
    return same_id(bench, change)


def _unsubscribe(bench: Bench, change: Change) -> Performed:
    contact = bench.live_id(change)
    ids = bench.keys_to_ids("lista", change.values["listas"])
    _in_parts(ids, lambda part: calls.unsubscribe(bench.client, contact, part))
    return same_id(bench, change)


def _set_fields(bench: Bench, change: Change) -> Performed:
    contact = bench.live_id(change)
    values = cast("Mapping[str, str]", change.values["campos"])
    by_id = {bench.ids[Address("campo", key)]: value for key, value in values.items()}
    _in_parts(
        sorted(by_id),
        lambda part: calls.set_fields(bench.client, contact, {live_id: by_id[live_id] for live_id in part}),
    )
    return same_id(bench, change)


def _in_parts(ids: Sequence[str], call: Callable[[Sequence[str]], None]) -> None:
    """All in one call; halves when the server says that one call names too many."""
    try:
        call(ids)
    except Refused as refused:
        if _TOO_MANY not in refused.message.lower() or len(ids) < 2:
            raise
        half = len(ids) // 2
        _in_parts(ids[:half], call)
        _in_parts(ids[half:], call)


ACTS: Mapping[Action, Act] = {
    Action.CREATE: only(_create),
    Action.UPDATE: only(_update),
    Action.ACTIVATE: only(_activate),
    Action.DEACTIVATE: only(_deactivate),
    Action.SUBSCRIBE: only(_subscribe),
    Action.UNSUBSCRIBE: only(_unsubscribe),
    Action.SET_FIELDS: only(_set_fields),
}
