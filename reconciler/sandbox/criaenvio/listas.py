"""Listas (the API's `grupos`): searching, creating, renaming, and switching many on or off in one call."""

# ruff: noqa: S608 - names of tables and columns are ours, values are bound

from __future__ import annotations

from reconciler.sandbox.account import Account, Json, Row
from reconciler.sandbox.criaenvio import rows
from reconciler.sandbox.criaenvio.answers import OK, invalid, missing, unprocessable
from reconciler.sandbox.criaenvio.call import Call, split
from reconciler.sandbox.criaenvio.fields import filled
from reconciler.sandbox.criaenvio.listing import Resource, Where, advertise, pagination, window
from reconciler.sandbox.criaenvio.listing import search as listed
from reconciler.sandbox.criaenvio.records import existing, find, new_id
from reconciler.sandbox.criaenvio.statuses import by_status

_EMBEDS = ("contatos",)


def search(account: Account, call: Call) -> Json:
    """GET /grupos. `ativo` defaults to true: no search shows active and inactive lists at once."""
    where = Where()
    where.among("id", call.query.get("id"))
    where.contains("nome_baixo", call.query.get("nome"))
    ativo = call.query.get("ativo") or "true"
    if ativo not in {"true", "false"}:
        raise unprocessable("ativo")
    where.add("ativo = ?", ativo == "true")
    return listed(account, call, _RESOURCE, where)


def view(account: Account, call: Call) -> Json:
    """GET /grupos/{id}; `page` and `number` page the embedded members."""
    row = find(account, "listas", call.id)
    shown = rows.lista(row)
    if "contatos" in call.embeds:
        shown["contatos"] = _members(account, call, row)
    return advertise(account, _EMBEDS, {"data": shown})


def create(account: Account, call: Call) -> Json:
    """POST /grupos. Names need not be unique."""
    nome = filled(call, "nome", unprocessable("nome", claimed=404))
    ident = new_id(account, "listas")
    account.run(
        "INSERT INTO listas (id, nome, nome_baixo, ativo, criado) VALUES (?, ?, ?, 1, ?)",
        ident,
        nome,
        nome.casefold(),
        account.now,
    )
    return {"data": rows.lista(find(account, "listas", ident))}


def update(account: Account, call: Call) -> Json:
    """PUT /grupos/{id}."""
    row = find(account, "listas", call.id)
    nome = filled(call, "nome", unprocessable("nome", claimed=404))
    account.run("UPDATE listas SET nome = ?, nome_baixo = ? WHERE seq = ?", nome, nome.casefold(), row["seq"])
    return OK


def activate(account: Account, call: Call) -> Json:
    """PUT /grupos/ativar."""
    return _switch(account, call, 1)


def deactivate(account: Account, call: Call) -> Json:
    """PUT /grupos/desativar."""
    return _switch(account, call, 0)


def _switch(account: Account, call: Call, ativo: int) -> Json:
    """The reference puts `id` in the query, the vendor's client in the body: both are taken."""
    given = call.query.get("id") or call.fields.get("id")
    idents = split(given) if isinstance(given, str) else []
    if not idents:
        raise invalid("Argumentos inválidos.")
    known = existing(account, "listas", idents)
    if not known or (len(known) < len(idents) and not account.assumptions.ignorar_ids_desconhecidos):
        raise missing()
    for seq in known.values():
        account.run("UPDATE listas SET ativo = ? WHERE seq = ?", ativo, seq)
    return OK


def _members(account: Account, call: Call, row: Row) -> Json:
    """The list's members, one page of them; `status` defaults to `ativos`."""
    asked = window(account, "contatos", call.query)
    status = by_status(call.query.get("status"))
    inside = f"seq IN (SELECT contato FROM inscricoes WHERE lista = ?) AND {status}"
    total = account.number(f"SELECT count(*) FROM contatos WHERE {inside}", row["seq"])
    found = account.all(
        f"SELECT * FROM contatos WHERE {inside} ORDER BY seq LIMIT ? OFFSET ?",
        row["seq"],
        *asked.rows,
    )
    return {
        "data": [rows.contato(account, member) for member in found],
        "pagination": pagination(account, call, asked, total=total, count=len(found)),
    }


def _render(account: Account, call: Call, found: list[Row]) -> list[Json]:
    """Lists; their members only if listings carry embeds, and then the first page of each."""
    shown = [rows.lista(row) for row in found]
    if "contatos" in call.embeds and account.assumptions.embeds_na_listagem:
        first = Call(call.path, call.id, {"status": call.query.get("status", "")}, {})
        for row, item in zip(found, shown, strict=True):
            item["contatos"] = _members(account, first, row)
    return shown


_RESOURCE = Resource("grupos", "listas", _render, _EMBEDS)
