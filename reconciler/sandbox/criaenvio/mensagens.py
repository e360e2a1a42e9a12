"""Mensagens: searching, writing (with the server's own rewriting), and sending to the test list."""

from __future__ import annotations

import hashlib

from reconciler.sandbox.account import Account, Json, Row
from reconciler.sandbox.criaenvio import rows
from reconciler.sandbox.criaenvio.answers import OK, invalid, missing, unauthorized, unprocessable
from reconciler.sandbox.criaenvio.call import Call
from reconciler.sandbox.criaenvio.contact_search import created
from reconciler.sandbox.criaenvio.fields import filled, text
from reconciler.sandbox.criaenvio.html import rewrite
from reconciler.sandbox.criaenvio.listing import Resource, Where
from reconciler.sandbox.criaenvio.listing import search as listed
from reconciler.sandbox.criaenvio.records import find, new_id
from reconciler.sandbox.refusal import Refusal

_RESOURCE = Resource(
    "mensagens", "mensagens", lambda account, _call, found: [rows.mensagem_listed(account, row) for row in found]
)
_OPTIONAL = ("nome", "email_resposta", "mensagem_descadastro")


def _missing() -> Refusal:
    return missing("Mensagem")


def search(account: Account, call: Call) -> Json:
    """GET /mensagens: without html. `contador` takes a list of exact numbers."""
    where = Where()
    where.among("id", call.query.get("id"))
    where.contains("assunto_baixo", call.query.get("assunto"))
    where.contains("nome_baixo", call.query.get("nome"))
    where.among("CAST(contador AS TEXT)", call.query.get("contador"))
    created(account, call, where)
    return listed(account, call, _RESOURCE, where)


def view(account: Account, call: Call) -> Json:
    """GET /mensagens/{id}."""
    return {"data": rows.mensagem(account, find(account, "mensagens", call.id, _missing()))}


def create(account: Account, call: Call) -> Json:
    """POST /mensagens. Names need not be unique."""
    unfilled = invalid("Campo assunto/html não preenchido.")
    fields: dict[str, str | None] = {name: filled(call, name, unfilled) for name in ("assunto", "html")}
    fields |= {name: text(call, name) for name in _OPTIONAL}
    return {"data": rows.mensagem(account, insert(account, fields))}


def update(account: Account, call: Call) -> Json:
    """PUT /mensagens/{id}: only the fields that are given.

    "Ao atualizar uma mensagem que já foi enviada, o sistema cria uma nova mensagem por fins de referência a versão
    antiga": the old record stays as it is, and `registro` is a new one with a new id and counter.
    """
    row = find(account, "mensagens", call.id, _missing())
    fields = {name: row[name] for name in ("assunto", "html", *_OPTIONAL)}
    for name in ("assunto", "html"):
        if name in call.fields:
            fields[name] = filled(call, name, unprocessable(name))
    fields |= {name: text(call, name) for name in _OPTIONAL if name in call.fields}
    now = insert(account, fields) if row["ja_enviada"] else _overwrite(account, row, fields)
    return {"data": {"OK": "OK", "registro": rows.mensagem(account, now)}}


def delete(account: Account, call: Call) -> Json:
    """DELETE /mensagens/{id}: only what was never sent. One that a send refers to is refused too (our assumption)."""
    row = find(account, "mensagens", call.id, _missing())
    if row["ja_enviada"]:
        raise unauthorized("Não é possível remover uma mensagem que já foi enviada.")
    if account.one("SELECT 1 FROM envios WHERE mensagem = ?", row["seq"]):
        raise unprocessable("mensagem em uso por um envio", claimed=404)
    account.run("DELETE FROM mensagens WHERE seq = ?", row["seq"])
    return OK


def send_test(account: Account, call: Call) -> Json:
    """GET /mensagens/{id}/lista_teste: a GET that sends, at once, to every address of the account's test list."""
    row = find(account, "mensagens", call.id, _missing())
    people = account.all("SELECT email FROM lista_teste")
    if not people:
        raise invalid("Não existem contatos válidos na Lista Teste.")
    for person in people:
        account.run(
            "INSERT INTO testes (mensagem_id, html_sha256, email, em) VALUES (?, ?, ?, ?)",
            row["id"],
            html_digest(row["html"]),
            person["email"],
            account.now,
        )
    return OK


def insert(account: Account, fields: dict[str, str | None]) -> Row:
    """A new message; its html as the server stores it."""
    ident = new_id(account, "mensagens")
    account.run(
        "INSERT INTO mensagens (id, contador, assunto, assunto_baixo, html, ja_enviada, criado)"
        " VALUES (?, ?, '', '', '', 0, ?)",
        ident,
        account.next("contador"),
        account.now,
    )
    return _overwrite(account, find(account, "mensagens", ident), fields)


def html_digest(html: str) -> str:
    """SHA-256 of a message's html as stored, which deliveries record."""
    return hashlib.sha256(html.encode()).hexdigest()


def _overwrite(account: Account, row: Row, fields: dict[str, str | None]) -> Row:
    assunto, nome = fields["assunto"] or "", fields["nome"]
    account.run(
        "UPDATE mensagens SET assunto = ?, assunto_baixo = ?, html = ?, nome = ?, nome_baixo = ?, email_resposta = ?,"
        " mensagem_descadastro = ? WHERE seq = ?",
        assunto,
        assunto.casefold(),
        _stored(account, fields["html"] or ""),
        nome,
        nome.casefold() if nome else None,
        fields["email_resposta"],
        fields["mensagem_descadastro"],
        row["seq"],
    )
    return find(account, "mensagens", row["id"])


def _stored(account: Account, html: str) -> str:
    if len(html.encode()) > account.assumptions.tamanho_maximo_da_mensagem:
        raise invalid("Tamanho de mensagem excedido.")
    return rewrite(html) if account.assumptions.reescrever_html else html
