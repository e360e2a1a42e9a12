"""Contatos: viewing, creating, changing, switching on and off, subscribing and filling custom fields."""

# ruff: noqa: S608 - names of tables and columns are ours, values are bound

from __future__ import annotations

import re
from collections.abc import Callable

from reconciler.sandbox.account import Account, Json, Row
from reconciler.sandbox.criaenvio.answers import OK, invalid, over_limit, unauthorized, unprocessable
from reconciler.sandbox.criaenvio.call import Call
from reconciler.sandbox.criaenvio.contact_embeds import EMBEDS, embedded
from reconciler.sandbox.criaenvio.fields import birth_date, filled, id_list, text
from reconciler.sandbox.criaenvio.listing import advertise
from reconciler.sandbox.criaenvio.records import existing, find, new_id
from reconciler.sandbox.refusal import Refusal

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\".]+(\.[^@\s,;<>\".]+)+")
_NEW_CONTACT_QUALITY = 5


def view(account: Account, call: Call) -> Json:
    """GET /contatos/{id}."""
    row = find(account, "contatos", call.id)
    shown = embedded(account, call, [row])
    return advertise(account, EMBEDS, {"data": shown[0]})


def create(account: Account, call: Call) -> Json:
    """POST /contatos. Answers the names that went in (`data_de_nascimento`), as in the reference."""
    email = filled(call, "email", unprocessable("email")).strip()
    columns = {"nome": "", "nome_baixo": "", **_profile(call, unprocessable), **_address(account, email, unprocessable)}
    ident = new_id(account, "contatos")
    columns |= {"id": ident, "qualidade": _NEW_CONTACT_QUALITY, "ativo": 1, "descadastrado": 0, "criado": account.now}
    account.run(
        f"INSERT INTO contatos ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
        *columns.values(),
    )
    echo = {name: call.fields.get(name) for name in ("sexo", "data_de_nascimento")}
    return {"data": {"id": ident, "nome": columns["nome"], "email": email, **echo}}


def update(account: Account, call: Call) -> Json:
    """PUT /contatos/{id}: only the fields that are given. Its catch-all 400 claims 404, as in the reference."""
    row = find(account, "contatos", call.id)
    columns = _profile(call, _claiming_404)
    if "email" in call.fields:
        email = filled(call, "email", _claiming_404("email")).strip()
        if email != row["email"] and _has_received(account, row):
            raise invalid("Não é possível editar o e-mail de um contato que já recebeu envios.")
        columns |= _address(account, email, _claiming_404, row["seq"])
    for column, value in columns.items():
        account.run(f"UPDATE contatos SET {column} = ? WHERE seq = ?", value, row["seq"])
    return OK


def activate(account: Account, call: Call) -> Json:
    """PUT /contatos/{id}/ativar: never somebody who unsubscribed."""
    row = find(account, "contatos", call.id)
    if row["descadastrado"]:
        raise unauthorized("Não é possível ativar um contato descadastrado.")
    account.run("UPDATE contatos SET ativo = 1 WHERE seq = ?", row["seq"])
    return OK


def deactivate(account: Account, call: Call) -> Json:
    """PUT /contatos/{id}/desativar."""
    row = find(account, "contatos", call.id)
    account.run("UPDATE contatos SET ativo = 0 WHERE seq = ?", row["seq"])
    return OK


def subscribe(account: Account, call: Call) -> Json:
    """POST /contatos/{id}/inscrever.

    That somebody who unsubscribed is refused is an assumption by analogy with `ativar` (`inscrever_descadastrado`): the
    reference says nothing about it, and the text is ours.
    """
    row = find(account, "contatos", call.id)
    listas = _lists(account, call)
    if row["descadastrado"] and not account.assumptions.inscrever_descadastrado:
        raise unauthorized("Não é possível inscrever um contato descadastrado.")
    for lista in listas:
        account.run("INSERT OR IGNORE INTO inscricoes VALUES (?, ?)", row["seq"], lista)
    return OK


def unsubscribe(account: Account, call: Call) -> Json:
    """POST /contatos/{id}/desinscrever; from a list that the contact is not on, it changes nothing."""
    row = find(account, "contatos", call.id)
    for lista in _lists(account, call):
        account.run("DELETE FROM inscricoes WHERE contato = ? AND lista = ?", row["seq"], lista)
    return OK


def set_fields(account: Account, call: Call) -> Json:
    """PUT /contatos/{id}/campos: only the fields that are given."""
    row = find(account, "contatos", call.id)
    values = call.fields.get("campos")
    if not isinstance(values, dict) or not values:
        raise invalid("É necessário informar ao menos um campo para realizar a atualização.")
    if len(values) > account.assumptions.limite_de_registros:
        raise over_limit()
    known = existing(account, "campos", list(values))
    for ident, value in values.items():
        if ident not in known or isinstance(value, dict | list | bool):
            raise unprocessable(f"campos.{ident}")
        written = "" if value is None else str(value)
        account.run(
            "INSERT OR REPLACE INTO valores VALUES (?, ?, ?, ?)", row["seq"], known[ident], written, written.casefold()
        )
    return OK


def _lists(account: Account, call: Call) -> list[int]:
    """The lists that `idGrupos` names, or the documented refusal."""
    refusal = invalid("Não foram encontrado os ids de grupos.")
    idents = id_list(call, "idGrupos", refusal, account.assumptions.limite_de_registros)
    known = existing(account, "listas", idents)
    if not known or (len(known) < len(idents) and not account.assumptions.ignorar_ids_desconhecidos):
        raise refusal
    return list(known.values())


def _claiming_404(detail: str) -> Refusal:
    return unprocessable(detail, claimed=404)


def _profile(call: Call, refuse: Callable[[str], Refusal]) -> dict[str, object]:
    """The columns of the fields that are given: name, sex (m, f or nothing) and birth date."""
    columns: dict[str, object] = {}
    if "nome" in call.fields:
        nome = text(call, "nome", refuse("nome")) or ""
        columns |= {"nome": nome, "nome_baixo": nome.casefold()}
    if "sexo" in call.fields:
        columns["sexo"] = text(call, "sexo", refuse("sexo")) or None
        if columns["sexo"] not in {"m", "f", None}:
            raise refuse("sexo")
    if "data_de_nascimento" in call.fields:
        columns["nascimento"] = birth_date(call, refuse("data_de_nascimento"))
    return columns


def _address(account: Account, email: str, refuse: Callable[[str], Refusal], own: int = 0) -> dict[str, object]:
    """The columns of an e-mail address, which is unique whatever its case. `own` is the contact that may have it."""
    if not _EMAIL.fullmatch(email):
        raise refuse("email")
    if account.one("SELECT 1 FROM contatos WHERE email_baixo = ? AND seq <> ?", email.casefold(), own):
        raise invalid("Já existe um contato com este email. Tente atualizá-lo.")
    return {"email": email, "email_baixo": email.casefold()}


def _has_received(account: Account, row: Row) -> bool:
    sent = account.one("SELECT 1 FROM entregas WHERE contato = ? AND em <= ?", row["seq"], account.now)
    return bool(row["recebeu"]) or sent is not None
