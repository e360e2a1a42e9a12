"""The Criaenvio API as the server knows it: the key in the query, refusals in its words, calls done whole or not."""

from __future__ import annotations

from reconciler.sandbox.account import Account, Json
from reconciler.sandbox.assumptions import Assumptions
from reconciler.sandbox.criaenvio.answers import OK, at_large, unprocessable
from reconciler.sandbox.criaenvio.call import BASE, Call, fields_of
from reconciler.sandbox.criaenvio.routes import Route, resolve
from reconciler.sandbox.framing import Request
from reconciler.sandbox.refusal import Refusal
from reconciler.sandbox.vendor import Done, Vendor


def _answer(account: Account, request: Request) -> Done:
    path = request.path.removeprefix(BASE)
    route, ident = resolve(request.method, path)
    call = Call(path, ident, request.query, fields_of(request))
    try:
        if not route.effect:
            return Done(200, route.answer(account, call))
        body = _whole(account, route, call)
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can say and UTF-8 cannot
        raise unprocessable("texto ilegível") from None
    made = body["data"].get("registro", body["data"])
    return Done(200, body, effect=True, result=made.get("id"))


def _whole(account: Account, route: Route, call: Call) -> Json:
    """Do something with an effect, whole or not at all."""
    account.db.execute("SAVEPOINT asked")
    try:
        return route.answer(account, call)
    except BaseException:
        account.db.execute("ROLLBACK TO asked")
        raise
    finally:
        account.db.execute("RELEASE asked")


def _refuse(_assumptions: Assumptions, request: Request, status: int) -> Refusal:
    return at_large(request, status)


VENDOR = Vendor(
    name="criaenvio",
    base=BASE,
    key=lambda request: request.credentials.get("chave"),
    answer=_answer,
    refuse=_refuse,
    hollow=OK,
)
