"""The account behind the API: one request in, one answer out; whatever fell due in between is done first, in order."""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from reconciler.sandbox import account as accounts
from reconciler.sandbox import sending
from reconciler.sandbox.account import Account, Call, Json
from reconciler.sandbox.answers import Refusal, internal, unauthorized, unprocessable
from reconciler.sandbox.clock import instant_of
from reconciler.sandbox.faults import Fault
from reconciler.sandbox.framing import Answer, Request
from reconciler.sandbox.moments import SECOND
from reconciler.sandbox.routes import Route, resolve
from reconciler.sandbox.store import Store

BASE = "/v1"
"""Where the API begins, as in the vendor's base URL."""


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of one request: status, body, whether it did something, and the id of what it made."""

    status: int
    body: dict[str, Any]
    effect: bool = False
    result: str | None = None


class Service:
    """One simulated account; `key` is the only one that opens it (None: any that is not empty)."""

    def __init__(self, store: Store, key: str | None, address: str) -> None:
        self._store = store
        self._key = key
        self._address = address

    def answer(self, request: Request, fault: Fault | None = None) -> Answer:
        """Do what the request asks for, write it into the history, and answer. `fault` is what the client will see."""
        try:
            with self._store.transaction() as db:
                account = self.settled(db)
                done = self._do(account, request)
                given = fault.given_status(done.status) if fault else done.status
                seq = _record(account, request, given, fault)
                _note(account, seq, done)
        except sqlite3.Error:
            done = _Done(500, internal().as_json())
        return Answer(done.status, json.dumps(done.body).encode())

    def record(self, request: Request, fault: Fault) -> None:
        """Write into the history a request that has no effect."""
        with self._store.transaction() as db:
            _record(self.settled(db), request, fault.given_status(200), fault)

    def postpone(self, request: Request, fault: Fault) -> None:
        """Keep a request, to be done when the account's clock has moved on by the fault's delay."""
        with self._store.transaction() as db:
            account = self.settled(db)
            seq = _record(account, request, None, fault)
            if not self._opens(request):
                return
            account.run(
                "INSERT INTO late (due, request, method, path, query, content_type, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
                account.now + int(fault.delay * SECOND),
                seq,
                request.method,
                request.path,
                json.dumps(dict(request.query)),
                request.content_type,
                request.body,
            )

    def settled(self, db: sqlite3.Connection) -> Account:
        """The account as it is now, after all that fell due: sends that start or end, requests that arrive late."""
        account = self._account(db)
        while True:
            late = account.one("SELECT * FROM late ORDER BY due, seq LIMIT 1")
            due = sending.next_due(account)
            if late is not None and late["due"] <= account.now and (due is None or late["due"] <= due):
                account.run("DELETE FROM late WHERE seq = ?", late["seq"])
                self._arrive(replace(account, now=late["due"]), late)
            elif due is not None and due <= account.now:
                sending.step(replace(account, now=due))
            else:
                return account

    def _arrive(self, account: Account, late: accounts.Row) -> None:
        query = json.loads(late["query"])
        request = Request(late["method"], late["path"], query, late["content_type"], late["body"], key=self._key or "-")
        _note(account, late["request"], self._do(account, request))

    def _do(self, account: Account, request: Request) -> _Done:
        """What the request comes to. A refusal, or a failure of our own, undoes whatever it had begun."""
        try:
            if not self._opens(request):
                raise unauthorized("Chave inválida.")
            path = request.path.removeprefix(BASE)
            route, ident = resolve(request.method, path)
            call = Call(path, ident, request.query, _fields(request))
            body = _whole(account, route, call) if route.effect else route.answer(account, call)
        except (Refusal, UnicodeEncodeError) as error:  # half of a surrogate pair, which JSON can say and UTF-8 cannot
            refusal = error if isinstance(error, Refusal) else unprocessable("texto ilegível")
            return _Done(refusal.status, refusal.as_json())
        if not route.effect:
            return _Done(200, body)
        made = body["data"].get("registro", body["data"])
        return _Done(200, body, effect=True, result=made.get("id"))

    def _opens(self, request: Request) -> bool:
        if self._key is None:
            return bool(request.key)
        return hmac.compare_digest((request.key or "").encode(), self._key.encode())

    def _account(self, db: sqlite3.Connection) -> Account:
        settings = accounts.settings(db)
        zone, assumed = accounts.zone_of(settings), accounts.assumptions_of(settings)
        return Account(db, instant_of(settings), zone, assumed, self._address)


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


def _record(account: Account, request: Request, status: int | None, fault: Fault | None) -> int:
    digest = hashlib.sha256(request.body).hexdigest() if request.body else None
    cursor = account.db.execute(
        "INSERT INTO requests (at, method, path, query, body_sha256, status, effect, fault)"
        " VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
        (
            account.now,
            request.method,
            request.path.removeprefix(BASE),
            json.dumps(dict(request.query)),
            digest,
            status,
            str(fault.kind) if fault else None,
        ),
    )
    return int(cursor.lastrowid or 0)


def _note(account: Account, seq: int, done: _Done) -> None:
    if done.effect:
        account.run("UPDATE requests SET effect = 1, result = ? WHERE seq = ?", done.result, seq)


def _fields(request: Request) -> dict[str, Any]:
    """The body's fields: a JSON object, or a form (the vendor's client sends forms)."""
    if not request.body:
        return {}
    try:
        if request.content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
            return _form(request.body.decode())
        fields = json.loads(request.body)
    except (ValueError, RecursionError):
        raise unprocessable("corpo ilegível") from None
    if not isinstance(fields, dict):
        raise unprocessable("corpo deve ser um objeto")
    return fields


def _form(body: str) -> dict[str, Any]:
    """A form's fields; `campos[iof]=x` is `{"campos": {"iof": "x"}}`, as PHP reads it."""
    fields: dict[str, Any] = {}
    for name, value in parse_qsl(body, keep_blank_values=True, strict_parsing=True):
        outer, bracket, inner = name.partition("[")
        if bracket and inner.endswith("]"):
            group = fields.setdefault(outer, {})
            if isinstance(group, dict):
                group[inner[:-1]] = value
        else:
            fields[name] = value
    return fields
