"""Remetentes: API JSON → our fields. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.engine.model import Observed, Value
from reconciler.providers.criaenvio.wire import flag, identity, text


def observed(row: Mapping[str, Any]) -> Observed:
    """A row of GET /remetentes."""
    fields: dict[str, Value] = {
        "nome": text(row, "nome") or "",
        "email": text(row, "email") or "",
        "principal": flag(row, "principal"),
        "confirmado": flag(row, "confirmado"),
    }
    return Observed("remetente", identity(row, "remetente"), fields)
