"""GET /channels/{channelId}/conversations/{conversationId}: the messages of one conversation, newest first."""

# ruff: noqa: S608 - the order is one of two words, values are bound

from __future__ import annotations

from reconciler.sandbox.account import Account, Json, Row
from reconciler.sandbox.framing import Request
from reconciler.sandbox.moments import zulu
from reconciler.sandbox.ogmma.oddities import distortion, number
from reconciler.sandbox.ogmma.refusals import missing

_DEFAULT, _MOST = 50, 500
_STEPS = (("lida", "READ"), ("entregue", "DELIVERED"))


def listing(account: Account, request: Request, canal: str, conversa: str) -> Json:
    """The messages, at most `limit` of them: "Padrao: 50. Maximo: 500". There is no paging beyond that."""
    assumed = account.assumptions
    limit = number(account, request, "limit", _MOST) or _DEFAULT
    order = "ASC" if assumed.ogmma_mensagens_antigas_primeiro else "DESC"
    found = account.all(
        "SELECT * FROM ogmma_mensagens WHERE canal = ? AND conversa = ? AND criado <= ?"
        f" ORDER BY criado {order}, seq {order} LIMIT ?",
        canal,
        conversa,
        account.now,
        limit,
    )
    if not found and assumed.ogmma_conversa_desconhecida_recusada:
        raise missing("Conversa")
    odd = distortion(account)
    return {"data": [odd.of(_mensagem(account, row)) for row in found], "meta": odd.numbers({"limit": limit})}


def _mensagem(account: Account, row: Row) -> Json:
    """A message as in the document's example; times have milliseconds here, unlike those of batches."""
    reached = [(row[name], word) for name, word in _STEPS if row[name] is not None and row[name] <= account.now]
    status = row["status"] or (reached[0][1] if reached else "SENT")
    updated = max([row["criado"], *(at for at, _ in reached), row["atualizado"] or 0])
    return {
        "id": row["id"],
        "conversationId": row["conversa"],
        "channelId": row["canal"],
        "type": row["tipo"],
        "direction": row["direcao"],
        "status": status,
        "content": row["conteudo"],
        "mediaUrl": row["midia"],
        "from": row["de"],
        "to": row["para"],
        "createdAt": zulu(row["criado"], "milliseconds"),
        "updatedAt": zulu(updated, "milliseconds"),
    }
