"""Contatos: API JSON ↔ our fields. Pure."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from reconciler.engine.model import Observed, Value
from reconciler.providers.criaenvio.wire import br_date, flag, identity, rows_of, text, whole


def observed(row: Mapping[str, Any]) -> Observed:
    """A row of GET /contatos, or GET /contatos/{id}; `listas` and `campos` only where the row carries them, whole."""
    fields: dict[str, Value] = {
        "email": text(row, "email") or "",
        "nome": text(row, "nome"),
        "sexo": text(row, "sexo"),
        "data_de_nascimento": born(row),
        "ativo": flag(row, "ativo"),
        "descadastrado": flag(row, "descadastrado"),
    }
    lists, values = lists_of(row), values_of(row)
    if lists is not None:
        fields["listas"] = frozenset(lists)
    if values is not None:
        fields["campos"] = values
    return Observed("contato", identity(row, "contato"), fields)


def carried(row: Mapping[str, Any], relation: str) -> list[Mapping[str, Any]] | None:
    """An embedded relation's rows; None where the row does not carry all of them (its own pagination may cut it)."""
    value = row.get(relation)
    if value is None:
        return None
    found = rows_of(value)
    return found if whole(value, len(found)) else None


_TEXTS = {str}


def lists_of(row: Mapping[str, Any], met: Container[tuple[str, ...]] = ()) -> tuple[str, ...] | None:
    """The ids of the lists that it is in; None where the row does not carry all of them.

    `met` are combinations that this gave before: the same few come again and again.
    """
    try:  # as the vendor documents it, without asking of each value what it is
        groups = row["grupos"]
        ids = tuple([each["id"] for each in groups["data"]])
        if groups["pagination"]["total"] <= len(ids) and (
            ids in met or ({*map(type, ids)} == _TEXTS and "" not in ids)
        ):
            return ids
    except (KeyError, TypeError):
        pass
    groups = carried(row, "grupos")
    return None if groups is None else tuple([str(each.get("id") or identity(each, "lista")) for each in groups])


def values_of(row: Mapping[str, Any]) -> dict[str, str] | None:
    """Its values, by the field's id; None where the row does not carry all of them."""
    values = carried(row, "campos")
    if values is None:
        return None
    return {str(each.get("id") or identity(each, "campo")): text(each, "valor") or "" for each in values}


def born(row: Mapping[str, Any]) -> str | None:
    """Its date of birth, as the YAML writes it."""
    return (text(row, "dataNascimento") or "")[:10] or None


def receives(row: Mapping[str, Any]) -> bool:
    """Whether sends to a list that the contact is in reach it."""
    if row.get("ativo") is True and row.get("descadastrado") is False:
        return True
    return flag(row, "ativo") and not flag(row, "descadastrado")


def body(values: Mapping[str, Value]) -> dict[str, Any]:
    """What POST and PUT take: only what has a value. Names in and out differ: dataNascimento goes in as dd/mm/yyyy."""
    written = {name: value for name, value in values.items() if value is not None}
    if born := written.get("data_de_nascimento"):
        written["data_de_nascimento"] = br_date(str(born))
    return written
