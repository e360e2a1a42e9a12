"""Mensagens: API JSON ↔ our fields. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.engine.diff import fingerprint
from reconciler.engine.model import Observed, Value
from reconciler.providers.criaenvio.wire import flag, identity, number, text


def observed(row: Mapping[str, Any]) -> Observed:
    """A row of GET /mensagens (which has no html: reference) or a record of GET /mensagens/{id}."""
    fields: dict[str, Value] = {
        "nome": text(row, "nome"),
        "assunto": text(row, "assunto"),
        "email_resposta": text(row, "emailResposta"),
        "mensagem_descadastro": text(row, "mensagemDescadastro"),
        "contador": number(row, "contador"),
        "ja_enviada": flag(row, "jaEnviada"),
    }
    if "html" in row:
        fields["html"] = text(row, "html")
    return Observed("mensagem", identity(row, "mensagem"), fields)


def body(values: Mapping[str, Value]) -> dict[str, Any]:
    """What POST and PUT take; names in are ours (email_resposta), names out are not (emailResposta)."""
    return {name: value for name, value in values.items() if value is not None}


def memory(values: Mapping[str, Value], stored: Observed) -> tuple[dict[str, str], dict[str, str]]:
    """Hashes per field of what was sent and of what the server shows after it, for the ledger."""
    sent = {name: fingerprint(value) for name, value in values.items()}
    return sent, {name: fingerprint(stored.fields.get(name)) for name in values}
