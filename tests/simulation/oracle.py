"""What the server's own memory says about a scenario: who was mailed, what exists twice, which intents were missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from reconciler.config import Account
from reconciler.engine.model import Address, Declared, Intent
from reconciler.ledger.replay import replay
from reconciler.ledger.store import Text
from reconciler.sandbox.criaenvio.call import BASE
from reconciler.sandbox.criaenvio.html import rewrite
from reconciler.sandbox.criaenvio.mensagens import html_digest
from reconciler.sandbox.framing import Request
from reconciler.sandbox.moments import instant
from tests.declared import everything
from tests.simulation.line import body_of
from tests.simulation.world import LEDGER, World

_AFTER_ALL = timedelta(days=10)
_SENDING = (
    "SELECT envios.id, status, inicio, mensagens.nome AS mensagem,"
    " (SELECT group_concat(nome, '|') FROM (SELECT nome FROM envio_listas JOIN listas ON listas.seq = lista"
    "  WHERE envio = envios.seq ORDER BY nome)) AS listas"
    " FROM envios JOIN mensagens ON mensagens.seq = mensagem ORDER BY envios.seq"
)
_NOT_OURS = "outra"
"""The message that others in the account send."""
_DELIVERED = (
    "SELECT envios.id, entregas.email, entregas.html_sha256 FROM entregas JOIN envios ON envios.seq = entregas.envio"
)


_KINDS = {"envios": "envio", "mensagens": "mensagem", "grupos": "lista", "campos": "campo"}
_MADE = {("/grupos", "POST"), ("/campos", "POST")}
"""What could be made twice, besides messages and sends; the vendor refuses a second contact itself."""


@dataclass
class Watcher:
    """Looks at every request that the server gets: may it have been made already?"""

    world: World
    lost: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> None:
        """Every request that must not be repeated blindly stands in the ledger, durably, before it comes in."""
        if request.method not in {"POST", "PUT"}:
            return
        path = request.path.removeprefix(BASE)
        kind, tail = path.split("/")[1], path.rpartition("/")[2]
        if kind in {"envios", "mensagens"} or (path, request.method) in _MADE:
            wanted = {name: str(value) for name, value in body_of(request).items()} if kind == "envios" else {}
            about = [intent for intent in self._durable() if intent.address.kind == _KINDS[kind]]
            if not any(wanted.items() <= dict(intent.evidence).items() for intent in about):
                self.lost.append(f"lost: {request.method} /{kind} {tail} without a durable intent")

    def _durable(self) -> tuple[Intent, ...]:
        files = self.world.disk.files()
        journal = files.get(LEDGER.with_suffix(".journal"), b"")
        state = replay(Text.held(files.get(LEDGER), journal, "snapshot", "journal")) if LEDGER in files else None
        return state.open_intents() if state else ()


@dataclass(frozen=True, slots=True)
class Before:
    """Ids that were there before the scenario began, by kind of record."""

    sends: frozenset[str]
    messages: frozenset[str]

    @classmethod
    def of(cls, world: World) -> Before:
        """What is there now."""
        with world.server.control.store.transaction() as db:
            sends = frozenset(row[0] for row in db.execute("SELECT id FROM envios"))
            return cls(sends, frozenset(row[0] for row in db.execute("SELECT id FROM mensagens")))


@dataclass(frozen=True, slots=True)
class Wanted:
    """One declared send in the account's words."""

    address: Address
    message: str
    lists: str
    start: int | None
    html: str

    @classmethod
    def of(cls, item: Declared, account: Account) -> Wanted:
        """What the declared envio asks for."""
        known = {other.address: other.fields for other in everything(account)}
        message = known[Address("mensagem", str(item.fields["mensagem"]))]
        keys = cast("frozenset[str]", item.fields["listas"])
        names = sorted(str(known[Address("lista", key)]["nome"]) for key in keys)
        start = item.fields["data_de_inicio"]
        return cls(
            item.address,
            str(message["nome"]),
            "|".join(names),
            instant(start) if isinstance(start, datetime) else None,
            html_digest(rewrite(str(message["html"]))),
        )


def wanted_of(account: Account) -> tuple[Wanted, ...]:
    """Every declared send."""
    return tuple(Wanted.of(item, account) for item in account.declared if item.address.kind == "envio")


def violations(world: World, wanted: tuple[Wanted, ...], before: Before, *, settled: bool) -> Iterator[str]:
    """Let all starts pass, and say which law was broken. `settled`: the program says that all is as declared."""
    world.time.advance(_AFTER_ALL.total_seconds())
    world.server.wind()
    with world.server.control.store.transaction() as db:
        world.server.control.service.settled(db)
        sends = {row["id"]: row for row in db.execute(_SENDING)}
        mailed = [row for row in db.execute(_DELIVERED) if sends[row["id"]]["mensagem"] != _NOT_OURS]
        names = {
            table: Counter(row[0] for row in db.execute(f"SELECT nome FROM {table}"))  # noqa: S608 - our own names
            for table in ("listas", "campos")
        }
        messages = [(row[0], row[1]) for row in db.execute("SELECT id, nome FROM mensagens")]
    yield from _mailed_twice(sends, mailed, wanted)
    yield from _undeclared(sends, mailed, wanted, before)
    for table, counts in names.items():
        yield from (f"duplicate: {table} {name!r} exists {count} times" for name, count in counts.items() if count > 1)
    made = Counter(name for ident, name in messages if ident not in before.messages)
    yield from (f"draft: mensagem {name!r} was made {count} times" for name, count in made.items() if count > 1)
    if settled:
        yield from _forgotten(sends, mailed, wanted)


def _mailed_twice(sends: dict[str, Any], mailed: list[Any], wanted: tuple[Wanted, ...]) -> Iterator[str]:
    per_person: Counter[tuple[str, str, str]] = Counter()
    in_all: Counter[str] = Counter()
    for ident, email, _ in {tuple(row) for row in mailed}:
        per_person[email, sends[ident]["mensagem"], sends[ident]["listas"]] += 1
        in_all[email] += 1
    for (email, message, lists), count in sorted(per_person.items()):
        if count > 1:
            yield f"duplicate: {email} was mailed {message!r} to {lists} {count} times"
    for email, count in sorted(in_all.items()):
        if count > max(1, len(wanted)):
            yield f"duplicate: {email} was mailed {count} times, {len(wanted)} sends are declared"


def _undeclared(sends: dict[str, Any], mailed: list[Any], wanted: tuple[Wanted, ...], before: Before) -> Iterator[str]:
    for ident, html in sorted({(row[0], row[2]) for row in mailed} - {(ident, "") for ident in before.sends}):
        row = sends[ident]
        if ident in before.sends:
            continue
        fits = [
            item
            for item in wanted
            if (item.message, item.lists) == (row["mensagem"], row["listas"]) and item.start in (None, row["inicio"])
        ]
        if not fits:
            yield f"undeclared: {ident} of {row['mensagem']!r} to {row['listas']} went out, and nobody declares it"
        elif html not in {item.html for item in fits}:
            yield f"undeclared: {ident} went out with a text that nobody declares"


def _forgotten(sends: dict[str, Any], mailed: list[Any], wanted: tuple[Wanted, ...]) -> Iterator[str]:
    out = Counter((sends[ident]["mensagem"], sends[ident]["listas"]) for ident in {row[0] for row in mailed})
    for item in wanted:
        if not out[item.message, item.lists]:
            yield f"forgotten: {item.address} never went out, though the program says that all is as declared"
