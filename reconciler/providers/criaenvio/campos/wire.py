"""Campos: API JSON ↔ our fields. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.engine.model import Observed
from reconciler.providers.criaenvio.wire import identity, text


def observed(row: Mapping[str, Any]) -> Observed:
    """A row of GET /campos."""
    return Observed("campo", identity(row, "campo"), {"nome": text(row, "nome") or ""})
