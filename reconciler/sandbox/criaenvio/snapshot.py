"""This account's records as JSON in the form of a seed."""

# ruff: noqa: S608 - names of tables and columns are ours, values are bound

from __future__ import annotations

from collections import defaultdict
from typing import Any

from reconciler.sandbox.account import Account, Row
from reconciler.sandbox.criaenvio.records import credits_left
from reconciler.sandbox.criaenvio.rows import STATUS
from reconciler.sandbox.moments import moment

_TABLES = ("remetentes", "campos", "listas", "contatos", "mensagens", "envios", "entregas", "testes")


def state(account: Account) -> dict[str, Any]:
    """Everything that the account holds, without deliveries."""
    return {
        "creditos": credits_left(account),
        "remetentes": [
            {"id": row["id"], "nome": row["nome"], "email": row["email"]}
            | {
                "principal": bool(row["principal"]),
                "confirmado": bool(row["confirmado"]),
                "criado": _iso(account, row["criado"]),
            }
            for row in _rows(account, "remetentes")
        ],
        "campos": [
            {"id": row["id"], "nome": row["nome"], "criado": _iso(account, row["criado"])}
            for row in _rows(account, "campos")
        ],
        "listas": [
            {"id": row["id"], "nome": row["nome"], "ativo": bool(row["ativo"]), "criado": _iso(account, row["criado"])}
            for row in _rows(account, "listas")
        ],
        "contatos": _contacts(account),
        "mensagens": [_message(account, row) for row in _rows(account, "mensagens")],
        "envios": _sends(account),
        "lista_teste": [row["email"] for row in account.all("SELECT email FROM lista_teste ORDER BY rowid")],
    }


def counts(account: Account) -> dict[str, int]:
    """How many records there are of each kind, and the credits left."""
    numbers = {table: account.number(f"SELECT count(*) FROM {table}") for table in _TABLES}
    return numbers | {"creditos": credits_left(account)}


def _rows(account: Account, table: str) -> list[Row]:
    return account.all(f"SELECT * FROM {table} ORDER BY seq")


def _contacts(account: Account) -> list[dict[str, Any]]:
    lists: dict[int, list[str]] = defaultdict(list)
    for row in account.all("SELECT contato, id FROM inscricoes JOIN listas ON seq = lista ORDER BY contato, lista"):
        lists[row["contato"]].append(row["id"])
    values: dict[int, dict[str, str]] = defaultdict(dict)
    for row in account.all("SELECT contato, id, valor FROM valores JOIN campos ON seq = campo ORDER BY contato, campo"):
        values[row["contato"]][row["id"]] = row["valor"]
    return [
        {
            "id": row["id"],
            "nome": row["nome"],
            "email": row["email"],
            "sexo": row["sexo"],
            "data_de_nascimento": row["nascimento"],
            "qualidade": row["qualidade"],
            "ativo": bool(row["ativo"]),
            "descadastrado": bool(row["descadastrado"]),
            "recebeu_envios": bool(row["recebeu"]),
            "listas": lists.get(row["seq"], []),
            "campos": values.get(row["seq"], {}),
            "criado": _iso(account, row["criado"]),
        }
        for row in _rows(account, "contatos")
    ]


def _message(account: Account, row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "contador": row["contador"],
        "assunto": row["assunto"],
        "html": row["html"],
        "nome": row["nome"],
        "email_resposta": row["email_resposta"],
        "mensagem_descadastro": row["mensagem_descadastro"],
        "ja_enviada": bool(row["ja_enviada"]),
        "criado": _iso(account, row["criado"]),
    }


def _sends(account: Account) -> list[dict[str, Any]]:
    lists: dict[int, list[str]] = defaultdict(list)
    for row in account.all("SELECT envio, id FROM envio_listas JOIN listas ON seq = lista ORDER BY envio, lista"):
        lists[row["envio"]].append(row["id"])
    rows = account.all(
        "SELECT envios.*, mensagens.id AS mensagem_id, remetentes.id AS remetente_id FROM envios"
        " JOIN mensagens ON mensagens.seq = mensagem LEFT JOIN remetentes ON remetentes.seq = remetente"
        " ORDER BY envios.seq"
    )
    return [
        {
            "id": row["id"],
            "codigo": row["codigo"],
            "mensagem": row["mensagem_id"],
            "listas": lists[row["seq"]],
            "remetente": row["remetente_id"],
            "status": STATUS[row["status"]],
            "data_de_inicio": _iso(account, row["inicio"]),
            "data_de_termino": _iso(account, row["termino"]),
            "total_de_contatos": row["total"],
            "total_enviado": row["enviados"],
            "criado": _iso(account, row["criado"]),
        }
        for row in rows
    ]


def _iso(account: Account, at: int | None) -> str | None:
    return None if at is None else moment(at).astimezone(account.zone).isoformat()
