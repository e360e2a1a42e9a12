"""Campos personalizados: searching, creating, renaming, and removing with every contact's value."""

from __future__ import annotations

from reconciler.sandbox.account import Account, Json
from reconciler.sandbox.criaenvio import rows
from reconciler.sandbox.criaenvio.answers import OK, invalid, missing, unprocessable
from reconciler.sandbox.criaenvio.call import Call
from reconciler.sandbox.criaenvio.fields import filled
from reconciler.sandbox.criaenvio.listing import Resource, Where
from reconciler.sandbox.criaenvio.listing import search as listed
from reconciler.sandbox.criaenvio.records import find, new_id
from reconciler.sandbox.refusal import Refusal

_RESOURCE = Resource("campos", "campos", lambda _account, _call, found: [rows.campo(row) for row in found])


def _missing() -> Refusal:
    return missing("Campo personalizado")


def search(account: Account, call: Call) -> Json:
    """GET /campos."""
    where = Where()
    where.among("id", call.query.get("id"))
    where.contains("nome_baixo", call.query.get("nome"))
    return listed(account, call, _RESOURCE, where)


def view(account: Account, call: Call) -> Json:
    """GET /campos/{id}."""
    return {"data": rows.campo(find(account, "campos", call.id, _missing()))}


def create(account: Account, call: Call) -> Json:
    """POST /campos. The body claims 404 in its 400, as in the reference. Names need not be unique."""
    nome = filled(call, "nome", unprocessable("nome", claimed=404))
    ident = new_id(account, "campos")
    account.run(
        "INSERT INTO campos (id, nome, nome_baixo, criado) VALUES (?, ?, ?, ?)",
        ident,
        nome,
        nome.casefold(),
        account.now,
    )
    return {"data": {"id": ident, "nome": nome}}


def update(account: Account, call: Call) -> Json:
    """PUT /campos/{id}."""
    row = find(account, "campos", call.id, _missing())
    nome = filled(call, "nome", invalid("O nome do campo deve ser informado.", claimed=404))
    account.run("UPDATE campos SET nome = ?, nome_baixo = ? WHERE seq = ?", nome, nome.casefold(), row["seq"])
    return OK


def delete(account: Account, call: Call) -> Json:
    """DELETE /campos/{id}: the field and every contact's value of it, for good."""
    row = find(account, "campos", call.id, _missing())
    account.run("DELETE FROM valores WHERE campo = ?", row["seq"])
    account.run("DELETE FROM campos WHERE seq = ?", row["seq"])
    return OK
