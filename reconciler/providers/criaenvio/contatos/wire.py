"""Contatos: API JSON ↔ our fields. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.engine.model import Observed, Value
from reconciler.providers.criaenvio.wire import br_date, flag, identity, rows_of, text, whole


def observed(row: Mapping[str, Any]) -> Observed:
    """A row of GET /contatos, or GET /contatos/{id}; `listas` and `campos` only where the row carries them, whole."""
    fields: dict[str, Value] = {
        "email": text(row, "email") or "",
        "nome": text(row, "nome"),
        "sexo": text(row, "sexo"),
        "data_de_nascimento": (text(row, "dataNascimento") or "")[:10] or None,
        "ativo": flag(row, "ativo"),
        "descadastrado": flag(row, "descadastrado"),
    }
    groups, values = carried(row, "grupos"), carried(row, "campos")
    if groups is not None:
        fields["listas"] = frozenset(identity(group, "lista") for group in groups)
    if values is not None:
        fields["campos"] = {identity(field, "campo"): text(field, "valor") or "" for field in values}
    return Observed("contato", identity(row, "contato"), fields)


def carried(row: Mapping[str, Any], relation: str) -> list[Mapping[str, Any]] | None:
    """An embedded relation's rows; None where the row does not carry all of them (its own pagination may cut it)."""
    value = row.get(relation)
    if value is None:
        return None
    found = rows_of(value)
    return found if whole(value, len(found)) else None


def receives(row: Mapping[str, Any]) -> bool:
    """Whether sends to a list that the contact is in reach it."""
    return flag(row, "ativo") and not flag(row, "descadastrado")


def body(values: Mapping[str, Value]) -> dict[str, Any]:
    """What POST and PUT take: only what has a value. Names in and out differ: dataNascimento goes in as dd/mm/yyyy."""
    written = {name: value for name, value in values.items() if value is not None}
    if born := written.get("data_de_nascimento"):
        written["data_de_nascimento"] = br_date(str(born))
    return written
