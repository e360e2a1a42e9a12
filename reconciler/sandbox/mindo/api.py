"""The Mindo API as the server knows it: a key in X-API-Key, and one call, a read."""

from __future__ import annotations

from urllib.parse import urlencode

from reconciler.sandbox.account import Account
from reconciler.sandbox.framing import Request
from reconciler.sandbox.mindo import envios
from reconciler.sandbox.mindo.refusals import at_large, missing, moved, wrong_method
from reconciler.sandbox.vendor import Done, Limit, Vendor

BASE = "/mindo"
"""Where the API begins; the vendor's base URL has no path."""

_LISTING = "/api/v1/meta-templates/bulk-sends"


def _answer(account: Account, request: Request) -> Done:
    path, last = request.path.removeprefix(BASE), account.assumptions.mindo_sem_barra
    if path not in {_LISTING, f"{_LISTING}/"} or (path == _LISTING and last == "recusa"):
        raise missing()
    if request.method != "GET":
        raise wrong_method(request.method)
    if path == _LISTING and last == "redireciona":
        raise moved(f"{BASE}{_LISTING}/" + (f"?{urlencode(request.query)}" if request.query else ""))
    return Done(200, envios.listing(account, request, BASE))


VENDOR = Vendor(
    name="mindo",
    base=BASE,
    key=lambda request: request.credentials.get("x-api-key"),
    answer=_answer,
    refuse=at_large,
    hollow={"count": 0, "next": None, "previous": None, "results": []},
    limit=lambda assumed: Limit(assumed.mindo_por_minuto, assumed.mindo_retry_after),
)
