"""Remetentes: the senders of the account, which the API only shows."""

from __future__ import annotations

from reconciler.sandbox.account import Account, Json
from reconciler.sandbox.criaenvio import rows
from reconciler.sandbox.criaenvio.call import Call
from reconciler.sandbox.criaenvio.listing import Resource, Where
from reconciler.sandbox.criaenvio.listing import search as listed

_RESOURCE = Resource("remetentes", "remetentes", lambda _account, _call, found: [rows.remetente(row) for row in found])


def search(account: Account, call: Call) -> Json:
    """GET /remetentes."""
    where = Where()
    where.among("id", call.query.get("id"))
    where.contains("nome_baixo", call.query.get("nome"))
    where.contains("email_baixo", call.query.get("email"))
    return listed(account, call, _RESOURCE, where)
