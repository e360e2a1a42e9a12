"""The Ogmma API as the server knows it: a Bearer key with a limit of its own, two calls, both reads."""

from __future__ import annotations

from urllib.parse import unquote

from reconciler.sandbox.account import Account
from reconciler.sandbox.assumptions import Assumptions
from reconciler.sandbox.framing import Request
from reconciler.sandbox.ogmma import lotes, mensagens
from reconciler.sandbox.ogmma.refusals import at_large, missing, wrong_method
from reconciler.sandbox.refusal import Refusal
from reconciler.sandbox.vendor import Done, Limit, Vendor

BASE = "/ogmma/v1"
"""Where the API begins; the vendor's base URL ends in /v1."""


def _key(request: Request) -> str | None:
    """The key of `Authorization: Bearer {API_KEY}`."""
    scheme, _, key = request.credentials.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else None


def _answer(account: Account, request: Request) -> Done:
    match [unquote(part) for part in request.path.removeprefix(BASE).split("/")[1:]]:
        case ["bulk"]:
            _only_get(request)
            return Done(200, lotes.listing(account, request))
        case ["channels", canal, "conversations", conversa] if canal and conversa:
            _only_get(request)
            return Done(200, mensagens.listing(account, request, canal, conversa))
    raise missing("Rota")


def _only_get(request: Request) -> None:
    if request.method != "GET":
        raise wrong_method()


def _refuse(_assumptions: Assumptions, request: Request, status: int) -> Refusal:
    return at_large(request, status)


VENDOR = Vendor(
    name="ogmma",
    base=BASE,
    key=_key,
    answer=_answer,
    refuse=_refuse,
    hollow={"data": []},
    limit=lambda assumed: Limit(assumed.ogmma_por_minuto, assumed.ogmma_retry_after),
)
