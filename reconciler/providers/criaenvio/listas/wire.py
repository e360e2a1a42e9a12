"""Listas (the API's `grupos`): API JSON ↔ our fields. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.engine.model import Observed, Value
from reconciler.providers.criaenvio.wire import flag, identity, number, text


def observed(row: Mapping[str, Any]) -> Observed:
    """A row of GET /grupos. `contatos_ativos` comes as text, and is null in some answers (reference)."""
    fields: dict[str, Value] = {
        "nome": text(row, "nome") or "",
        "ativo": flag(row, "ativo"),
        "contatos_ativos": number(row, "contatos_ativos"),
    }
    return Observed("lista", identity(row, "lista"), fields)
