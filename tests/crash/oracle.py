"""What the account came to, as its server tells it: compared with what an undisturbed run made of the same account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from reconciler.sandbox import Sandbox
from tests.crash import season

KINDS = ("campos", "listas", "contatos", "mensagens", "envios", "e-mails")
"""What can be there twice."""
_AFTER_ALL = timedelta(days=90)
_MINUTE = len("2026-12-10T09:00")
_SCHEDULED = "2026-12"
"""Every declared start is in that month, and `agora` before it."""

Found = Mapping[str, Counter[Hashable]]
"""By kind: how often each thing is there, known by everything about it that was declared or must not change."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is there more often than it should be, by kind, and everything that is not as it should be, in words."""

    twice: Mapping[str, int]
    wrong: tuple[str, ...]


def sends(state: Mapping[str, Any]) -> Counter[tuple[str, frozenset[str], str]]:
    """How many sends that are not cancelled there are, each known as `season.asked_for` has it."""
    messages = {row["id"]: row["nome"] for row in state["mensagens"]}
    lists = {row["id"]: row["nome"] for row in state["listas"]}
    return Counter(
        (messages[row["mensagem"]], frozenset(lists[id_] for id_ in row["listas"]), _start(row["data_de_inicio"]))
        for row in state["envios"]
        if row["status"] != "Cancelado"
    )


def found(account: Sandbox) -> Found:
    """All that is there, and every e-mail that has left, once all starts have passed (it moves the account's clock)."""
    account.clock.advance(_AFTER_ALL)
    state = account.state()
    messages = {row["id"]: row for row in state["mensagens"]}
    lists = {row["id"]: row["nome"] for row in state["listas"]}
    fields = {row["id"]: row["nome"] for row in state["campos"]}
    return {
        "campos": Counter(row["nome"] for row in state["campos"]),
        "listas": Counter((row["nome"], row["ativo"]) for row in state["listas"]),
        "contatos": Counter(_person(row, lists, fields) for row in state["contatos"]),
        "mensagens": Counter(_text(row) for row in state["mensagens"]),
        "envios": Counter(
            (
                *_text(messages[row["mensagem"]]),
                frozenset(lists[id_] for id_ in row["listas"]),
                _start(row["data_de_inicio"]),
                row["status"],
            )
            for row in state["envios"]
            if row["status"] != "Cancelado"
        ),
        "e-mails": Counter(
            (item.email, messages[item.mensagem]["nome"], item.html_sha256, _start(item.at.isoformat())[:10])
            for item in account.history.deliveries()
        ),
    }


def judge(expected: Found, now: Found) -> Verdict:
    """Hold what is there against what should be."""
    more = {kind: now[kind] - expected[kind] for kind in KINDS}
    less = {kind: expected[kind] - now[kind] for kind in KINDS}
    twice = {kind: max(0, now[kind].total() - expected[kind].total()) for kind in KINDS}
    wrong = [f"{count} × too many: {kind} {thing}" for kind in KINDS for thing, count in more[kind].items()]
    wrong += [f"{count} × missing: {kind} {thing}" for kind in KINDS for thing, count in less[kind].items()]
    return Verdict({kind: count for kind, count in twice.items() if count}, tuple(wrong))


def there(account: Sandbox, addresses: Iterable[str]) -> list[str]:
    """Those of `addresses` that are sends and are there, not cancelled."""
    live = sends(account.state())
    return [address for address in addresses if address.startswith("envio.") and live[season.asked_for(address)]]


def _start(moment: str) -> str:
    return moment[:_MINUTE] if moment.startswith(_SCHEDULED) else "agora"


def _text(row: Mapping[str, Any]) -> tuple[str, ...]:
    return row["nome"], row["assunto"], row["html"], row["mensagem_descadastro"]


def _person(row: Mapping[str, Any], lists: Mapping[str, str], fields: Mapping[str, str]) -> Hashable:
    values = frozenset((fields[id_], value) for id_, value in row["campos"].items())
    return row["email"], row["nome"], row["ativo"], frozenset(lists[id_] for id_ in row["listas"]), values
