"""The APIs before the account: one request in, one answer out; whatever fell due in between is done first, in order."""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import replace

from reconciler.sandbox import account as accounts
from reconciler.sandbox.account import Account, Row
from reconciler.sandbox.assumptions import Assumptions
from reconciler.sandbox.clock import instant_of
from reconciler.sandbox.criaenvio import sending
from reconciler.sandbox.faults import Fault
from reconciler.sandbox.framing import Answer, Request
from reconciler.sandbox.meter import Meter
from reconciler.sandbox.moments import SECOND
from reconciler.sandbox.refusal import Refusal
from reconciler.sandbox.store import Store
from reconciler.sandbox.vendor import Done, Vendor
from reconciler.sandbox.vendors import shown, vendor_of


class Service:
    """One simulated account, behind the APIs of all vendors.

    `keys` has, by vendor's name, the only key that opens it; without one, any does that is not empty. `address` is the
    server's own (`http://127.0.0.1:PORT`), for answers that link to others.
    """

    def __init__(self, store: Store, keys: Mapping[str, str], address: str) -> None:
        self._store = store
        self._keys = keys
        self._address = address
        self._meter = Meter()

    def answer(self, request: Request, fault: Fault | None = None) -> Answer:
        """Do what the request asks for, write it into the history, and answer. `fault` is what the client will see."""
        vendor = vendor_of(request.path)
        try:
            with self._store.transaction() as db:
                account = self.settled(db)
                done = self._do(account, vendor, request)
                given = fault.given_status(done.status) if fault else done.status
                seq = _record(account, request, given, fault)
                _note(account, seq, done)
        except sqlite3.Error:
            done = _refused(vendor.refuse(Assumptions(), request, 500))
        return Answer(done.status, json.dumps(done.body).encode(), headers=done.headers)

    def refusal(self, request: Request, status: int) -> Answer:
        """How the request's vendor refuses any request with that status, without doing or recording anything."""
        with self._store.transaction() as db:
            refusal = vendor_of(request.path).refuse(accounts.assumptions(db), request, status)
        return Answer(status, json.dumps(refusal.body).encode(), headers=refusal.headers)

    def record(self, request: Request, fault: Fault) -> None:
        """Write into the history a request that has no effect."""
        with self._store.transaction() as db:
            _record(self.settled(db), request, fault.given_status(200), fault)

    def postpone(self, request: Request, fault: Fault) -> None:
        """Keep a request, to be done when the account's clock has moved on by the fault's delay."""
        with self._store.transaction() as db:
            account = self.settled(db)
            seq = _record(account, request, None, fault)
            if not self._opens(vendor_of(request.path), request):
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
        """The account as it is now, after all that fell due: sends that start or end, requests that arrive late.

        Nothing falls due on the other channels: how far a bulk send is follows from the time alone.
        """
        account = self._account(db)
        while True:
            late = account.one("SELECT * FROM late ORDER BY due, seq LIMIT 1")
            due = sending.next_due(account)
            if late is not None and late["due"] <= account.now and (due is None or late["due"] <= due):
                account.run("DELETE FROM late WHERE seq = ?", late["seq"])
                _arrive(replace(account, now=late["due"]), late)
            elif due is not None and due <= account.now:
                sending.step(replace(account, now=due))
            else:
                return account

    def _do(self, account: Account, vendor: Vendor, request: Request) -> Done:
        """What the request comes to: refused at the door, or done."""
        if not self._opens(vendor, request):
            return _refused(vendor.refuse(account.assumptions, request, 401))
        limit = vendor.limit(account.assumptions)
        wait = self._meter.wait(f"{vendor.name} {vendor.key(request)}", limit.per_minute, account.now)
        if wait:
            refused = _refused(vendor.refuse(account.assumptions, request, 429))
            return replace(refused, headers=(("Retry-After", str(wait)),)) if limit.tells else refused
        return _answered(account, vendor, request)

    def _opens(self, vendor: Vendor, request: Request) -> bool:
        given, only = vendor.key(request) or "", self._keys.get(vendor.name)
        return bool(given) if only is None else hmac.compare_digest(given.encode(), only.encode())

    def _account(self, db: sqlite3.Connection) -> Account:
        settings = accounts.settings(db)
        zone, assumed = accounts.zone_of(settings), accounts.assumptions_of(settings)
        return Account(db, instant_of(settings), zone, assumed, self._address)


def _arrive(account: Account, late: Row) -> None:
    """Do a request that was admitted when it came in, as of the time when it arrives."""
    query = json.loads(late["query"])
    request = Request(late["method"], late["path"], query, late["content_type"], late["body"])
    _note(account, late["request"], _answered(account, vendor_of(request.path), request))


def _answered(account: Account, vendor: Vendor, request: Request) -> Done:
    try:
        return vendor.answer(account, request)
    except Refusal as refusal:
        return _refused(refusal)


def _refused(refusal: Refusal) -> Done:
    return Done(refusal.status, refusal.body, refusal.headers)


def _record(account: Account, request: Request, status: int | None, fault: Fault | None) -> int:
    digest = hashlib.sha256(request.body).hexdigest() if request.body else None
    cursor = account.db.execute(
        "INSERT INTO requests (at, method, path, query, body_sha256, status, effect, fault)"
        " VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
        (
            account.now,
            request.method,
            shown(request.path),
            json.dumps(dict(request.query)),
            digest,
            status,
            str(fault.kind) if fault else None,
        ),
    )
    return int(cursor.lastrowid or 0)


def _note(account: Account, seq: int, done: Done) -> None:
    if done.effect:
        account.run("UPDATE requests SET effect = 1, result = ? WHERE seq = ?", done.result, seq)
