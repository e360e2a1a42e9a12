"""Every documented refusal, with text, code and the `http_code` that its body claims (often not the real status)."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.framing import Request
from reconciler.sandbox.refusal import Refusal

OK: dict[str, Any] = {"data": {"OK": "OK"}}
"""What every action answers."""

NOT_FOUND, INVALID, UNAUTHORIZED, INTERNAL = (
    "01-NAO-ENCONTRADO",
    "02-ARGUMENTOS-INVALIDOS",
    "03-NAO-AUTORIZADO",
    "04-ERRO-INTERNO",
)


def refusal(status: int, code: str, message: str, claimed: int | None = None) -> Refusal:
    """An error: HTTP status, code, text, and the status that the body claims, if that is another one."""
    return Refusal(
        status, {"error": {"code": code, "http_code": status if claimed is None else claimed, "message": message}}
    )


def missing(what: str = "Registro") -> Refusal:
    """404 for an id that does not exist; the reference's texts differ by resource, in gender too."""
    return refusal(404, NOT_FOUND, f"{what} {'não encontrada' if what == 'Mensagem' else 'não encontrado'}.")


def invalid(message: str, claimed: int = 400) -> Refusal:
    """400 with a documented text."""
    return refusal(400, INVALID, message, claimed)


def unprocessable(detail: str, claimed: int = 400) -> Refusal:
    """400 with the reference's catch-all text; `detail` is ours, since the reference shows three dots."""
    return invalid(f"Erro ao processar requisição. Detalhe(s): {detail}", claimed)


def unauthorized(message: str) -> Refusal:
    """401: a bad key, but also a business rule."""
    return refusal(401, UNAUTHORIZED, message)


def parameter(name: str) -> Refusal:
    """400 of POST /envios for a parameter that is missing or wrong."""
    return invalid(f'Parâmetro "{name}" não preenchido corretamente.')


def past() -> Refusal:
    """400 of POST /envios and of retomar for a start that has passed."""
    return invalid(
        "A data/hora de agendamento escolhida pertence ao passado. Favor preencher com uma data futura "
        'ou a opção "agora" para iniciar o envio imediatamente.'
    )


def wrong_status(verb: str) -> Refusal:
    """400 of pausar and cancelar when the status does not allow it."""
    return invalid(f"Não é possível {verb} o envio devido ao seu status atual.")


def over_limit() -> Refusal:
    """400 for too many lists or fields in one call."""
    return invalid("Limite de registros excedido.")


def at_large(request: Request, status: int) -> Refusal:
    """What any call may be refused with: 401 for a bad key, 429, else a failure, whose text three calls document."""
    if status == 401:
        return unauthorized("Chave inválida.")
    if status == 429:
        return refusal(status, INTERNAL, "Too Many Requests")
    return refusal(status, INTERNAL, _failure(request))


def _failure(request: Request) -> str:
    if request.path.endswith("/lista_teste"):
        return "Falha realizar o envio para a Lista Teste. Tente mais tarde."
    if request.method in {"POST", "PUT"} and "/mensagens" in request.path:
        return "Falha ao calcular o tamanho da mensagem. Tente mais tarde."
    return "Internal Error"
