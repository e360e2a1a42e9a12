"""Every documented refusal, with text, code and the `http_code` that its body claims (often not the real status)."""

from __future__ import annotations

from typing import Any

OK: dict[str, Any] = {"data": {"OK": "OK"}}
"""What every action answers."""

NOT_FOUND, INVALID, UNAUTHORIZED, INTERNAL = (
    "01-NAO-ENCONTRADO",
    "02-ARGUMENTOS-INVALIDOS",
    "03-NAO-AUTORIZADO",
    "04-ERRO-INTERNO",
)


class Refusal(Exception):  # noqa: N818 - the vendor refuses, nothing is in error
    """A request that the API answers with an error: HTTP status, code, text, and the status that the body claims."""

    def __init__(self, status: int, code: str, message: str, claimed: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.claimed = status if claimed is None else claimed

    def as_json(self) -> dict[str, Any]:
        """The body of the answer."""
        return {"error": {"code": self.code, "http_code": self.claimed, "message": self.message}}


def missing(what: str = "Registro") -> Refusal:
    """404 for an id that does not exist; the reference's texts differ by resource, in gender too."""
    return Refusal(404, NOT_FOUND, f"{what} {'não encontrada' if what == 'Mensagem' else 'não encontrado'}.")


def invalid(message: str, claimed: int = 400) -> Refusal:
    """400 with a documented text."""
    return Refusal(400, INVALID, message, claimed)


def unprocessable(detail: str, claimed: int = 400) -> Refusal:
    """400 with the reference's catch-all text; `detail` is ours, since the reference shows three dots."""
    return invalid(f"Erro ao processar requisição. Detalhe(s): {detail}", claimed)


def unauthorized(message: str) -> Refusal:
    """401: a bad key, but also a business rule."""
    return Refusal(401, UNAUTHORIZED, message)


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


def internal() -> Refusal:
    """500 as GET /contatos/{id} documents it."""
    return Refusal(500, INTERNAL, "Internal Error")
