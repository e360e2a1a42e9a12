"""Envios: API JSON ↔ our fields. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from reconciler.engine.model import Observed, Value
from reconciler.providers.criaenvio.wire import identity, moment, number, rows_of, text
from reconciler.providers.fields import Kind

KINDS: Final[Mapping[str, Kind]] = {
    **dict.fromkeys(
        (
            "total_de_contatos",
            "total_enviado",
            "rejeitados",
            "nao_rejeitados",
            "descadastros",
            "visualizacoes_unicas",
            "cliques_unicos",
        ),
        Kind.COUNT,
    ),
    "porcentagem_de_conclusao": Kind.NUMBER,
}
"""The figures of GET /envios/{id} that are read; a row of GET /envios has the first and the last (reference)."""


def observed(row: Mapping[str, Any], zone: ZoneInfo) -> Observed:
    """A row of GET /envios, or a record of GET /envios/{id}; `listas` and `remetente` only where they were embedded.

    `estado` is the vendor's word in lower case. Rows carry `id_mensagem`; a record may carry only the embedded message.
    """
    message = text(row, "id_mensagem")
    if message is None:
        message = next((str(item["id"]) for item in rows_of(row.get("mensagem")) if item.get("id")), None)
    fields: dict[str, Value] = {
        "codigo": number(row, "codigo"),
        "mensagem": message,
        "estado": (text(row, "status") or "").strip().lower(),
        "data_de_inicio": moment(row, "data_de_inicio", zone),
    }
    if isinstance(row.get("listas"), Mapping | list):
        fields["listas"] = frozenset(identity(item, "lista") for item in rows_of(row["listas"]))
    if "remetente" in row:
        sender = next(iter(rows_of(row["remetente"])), {})
        fields["remetente"] = text(sender, "id") or text(sender, "email")
    return Observed("envio", identity(row, "envio"), fields)
