"""What really happened, as the server saw it: every request, in order, and every e-mail. The oracle for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from reconciler.sandbox.account import Account, Row
from reconciler.sandbox.moments import moment
from reconciler.sandbox.service import Service
from reconciler.sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Received:
    """One request. `status` is what the client was given (None: no answer), `effect` whether it did something.

    `path` is as for faults: below Criaenvio's base, or from the server's root (`/ogmma/v1/bulk`). `query` is
    without the key, `body_sha256` is None for no body, `fault` names what befell it, and `result` is the id of what it
    made or wrote, where its answer has one.
    """

    seq: int
    at: datetime
    method: str
    path: str
    query: Mapping[str, str]
    body_sha256: str | None
    status: int | None
    effect: bool
    fault: str | None
    result: str | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One e-mail of a send that has left: to whom, of which send and message (ids, digest of the html), and when."""

    envio: str
    contato: str
    email: str
    mensagem: str
    html_sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One e-mail to the test list."""

    mensagem: str
    html_sha256: str
    email: str
    at: datetime


class History:
    """Reads what happened, up to the account's present."""

    def __init__(self, store: Store, service: Service) -> None:
        self._store = store
        self._service = service

    def requests(self, since: int = 0) -> list[Received]:
        """Requests after number `since`, in order of arrival."""
        with self._store.transaction() as db:
            account = self._service.settled(db)
            return [_received(row) for row in account.all("SELECT * FROM requests WHERE seq > ? ORDER BY seq", since)]

    def deliveries(self) -> list[Delivery]:
        """E-mails of sends that have left, in order of time."""
        with self._store.transaction() as db:
            return _deliveries(self._service.settled(db))

    def tests(self) -> list[Rehearsal]:
        """E-mails to the test list, in order of time."""
        with self._store.transaction() as db:
            rows = self._service.settled(db).all("SELECT * FROM testes ORDER BY seq")
        return [Rehearsal(row["mensagem_id"], row["html_sha256"], row["email"], moment(row["em"])) for row in rows]

    def as_json(self, since: int = 0) -> dict[str, Any]:
        """Everything, as JSON; times are ISO with offset."""
        return {
            "requests": [_json(item) for item in self.requests(since)],
            "deliveries": [_json(item) for item in self.deliveries()],
            "tests": [_json(item) for item in self.tests()],
        }


def _json(item: Received | Delivery | Rehearsal) -> dict[str, Any]:
    return asdict(item) | {"at": item.at.isoformat()}


def _deliveries(account: Account) -> list[Delivery]:
    rows = account.all(
        "SELECT envios.id AS envio_id, entregas.* FROM entregas JOIN envios ON envios.seq = entregas.envio"
        " WHERE em <= ? ORDER BY em, envios.seq, contato",
        account.now,
    )
    return [
        Delivery(
            row["envio_id"], row["contato_id"], row["email"], row["mensagem_id"], row["html_sha256"], moment(row["em"])
        )
        for row in rows
    ]


def _received(row: Row) -> Received:
    return Received(
        seq=row["seq"],
        at=moment(row["at"]),
        method=row["method"],
        path=row["path"],
        query=json.loads(row["query"]),
        body_sha256=row["body_sha256"],
        status=row["status"],
        effect=bool(row["effect"]),
        fault=row["fault"],
        result=row["result"],
    )
