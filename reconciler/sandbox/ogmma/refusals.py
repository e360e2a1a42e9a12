"""What the Ogmma API refuses with: `{"message", "code"}`, in the documents' words where they have any. Pure."""

from __future__ import annotations

from reconciler.sandbox.framing import Request
from reconciler.sandbox.refusal import Refusal

_TEXTS = {
    # The two documents give the same codes with other texts: that of the batches with accents, that of the messages
    # without.
    (401, True): "Chave de API inválida ou expirada.",
    (401, False): "Token de autenticacao invalido ou ausente.",
    (429, True): "Limite de requisições excedido. Tente novamente em alguns segundos.",
    (429, False): "Limite de requisicoes excedido. Tente novamente em alguns segundos.",
}
_CODES = {401: "UNAUTHORIZED", 429: "RATE_LIMIT_EXCEEDED"}


def at_large(request: Request, status: int) -> Refusal:
    """401 and 429 as documented; anything else is a failure inside, of which no document speaks."""
    text = _TEXTS.get((status, "/channels/" not in request.path))
    if text is None:
        return _refusal(status, "Erro interno do servidor.", "INTERNAL_SERVER_ERROR")
    return _refusal(status, text, _CODES[status])


def wrong(parameter: str) -> Refusal:
    """400 for a parameter's value. Not documented."""
    return _refusal(400, f"Parâmetro {parameter} inválido.", "BAD_REQUEST")


def missing(what: str) -> Refusal:
    """404. Not documented."""
    return _refusal(404, f"{what} não encontrada.", "NOT_FOUND")


def wrong_method() -> Refusal:
    """405. Not documented."""
    return _refusal(405, "Método não permitido.", "METHOD_NOT_ALLOWED")


def _refusal(status: int, message: str, code: str) -> Refusal:
    return Refusal(status, {"message": message, "code": code})
