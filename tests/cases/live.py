"""A sandbox seed → the live account as the planner sees it, by the kinds' own wire functions; and a plain memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from reconciler.engine.bond import STAMP, Bond
from reconciler.engine.model import Address, Binding, Intent
from reconciler.engine.people import Bonds
from reconciler.engine.scene import Live
from reconciler.engine.sight import NOTHING_SEEN, Embeds, Sight
from reconciler.providers.criaenvio.campos import wire as campo
from reconciler.providers.criaenvio.contatos import wire as contato
from reconciler.providers.criaenvio.envios import wire as envio
from reconciler.providers.criaenvio.listas import wire as lista
from reconciler.providers.criaenvio.mensagens import wire as mensagem
from reconciler.providers.criaenvio.remetentes import wire as remetente
from reconciler.sandbox.seed import read

_PRIVATE = "contato"
_LEFT = frozenset({"Concluído", "Enviando"})


@dataclass(slots=True)
class Memory:
    """A ledger in memory: addresses of people stand in it as hashes, as in the real one."""

    bound: dict[str, Binding] = field(default_factory=dict)
    begun: list[Intent] = field(default_factory=list)
    fresh: bool = False

    @classmethod
    def holding(
        cls, bindings: Mapping[Address, Binding], intents: Iterable[Intent] = (), *, fresh: bool = False
    ) -> Memory:
        """A memory of these bindings and open intents."""
        memory = cls(begun=list(intents), fresh=fresh)
        for address, binding in bindings.items():
            memory.bound[memory.token(address)] = binding
        return memory

    def token(self, address: Address) -> str:
        """The text that stands for `address`."""
        return f"{address.kind}.#{self.stamp(address.key).hex()}" if address.kind == _PRIVATE else str(address)

    def of(self, address: Address) -> Binding | None:
        """What is remembered of `address`."""
        return self.bound.get(self.token(address))

    def bindings(self, kind: str = "") -> Iterable[tuple[str, Binding]]:
        """All that is remembered of one kind, or of every kind."""
        return tuple(item for item in self.bound.items() if kind in ("", item[1].kind))

    @property
    def people(self) -> Bonds:
        """The same of people, as a table."""
        known = ((token.partition("#")[2], item) for token, item in self.bindings(_PRIVATE))
        return Bonds(Bond(bytes.fromhex(key), item.id, item.on_removal, item.former_ids) for key, item in known)

    @property
    def sight(self) -> Sight:
        """Nobody was seen."""
        return NOTHING_SEEN

    @property
    def embeds(self) -> Embeds | None:
        """No listing was tried."""
        return None

    def stamp(self, email: str) -> bytes:
        """What stands for a person."""
        return blake2b(email.encode(), digest_size=STAMP).digest()

    def open_intents(self) -> Iterable[Intent]:
        """Calls that were begun and not ended."""
        return tuple(self.begun)


def live_of(seed: Mapping[str, Any], zone: ZoneInfo) -> Live:
    """All that the account holds, whole: html, memberships and the lists of every send."""
    records = read(seed).records
    seats = {person["id"]: seat for seat, person in enumerate(records["contatos"])}
    members = {
        item["id"]: sum(
            1 << seats[person["id"]]
            for person in records["contatos"]
            if item["id"] in person["listas"] and person["ativo"] and not person["descadastrado"]
        )
        for item in records["listas"]
    }
    sent = {item["mensagem"] for item in records["envios"] if item["status"] in _LEFT}
    objects = {
        "campo": [campo.observed(row) for row in records["campos"]],
        "lista": [
            lista.observed(row | {"contatos_ativos": str(members[row["id"]].bit_count())}) for row in records["listas"]
        ],
        "contato": [contato.observed(_contact(row)) for row in records["contatos"]],
        "mensagem": [
            mensagem.observed(_message(row, place, sent)) for place, row in enumerate(records["mensagens"], 1)
        ],
        "remetente": [remetente.observed(row | {"id": row["id"] or "r0"}) for row in records["remetentes"]],
        "envio": [envio.observed(_send(row, place), zone) for place, row in enumerate(records["envios"], 1)],
    }
    found = {kind: tuple(items) for kind, items in objects.items()}
    return Live(found, members, seats, {kind: len(items) for kind, items in found.items()})


def _list(row: Mapping[str, Any], people: int) -> dict[str, Any]:
    """As GET /grupos answers: the count is a text."""
    return {**row, "contatos_ativos": str(people)}


def _contact(row: Mapping[str, Any]) -> dict[str, Any]:
    """As GET /contatos/{id}?embeds=grupos,campos answers."""
    return {
        **row,
        "dataNascimento": row["data_de_nascimento"],
        "grupos": {"data": [{"id": live_id} for live_id in row["listas"]]},
        "campos": {"data": [{"id": live_id, "valor": value} for live_id, value in row["campos"].items()]},
    }


def _message(row: Mapping[str, Any], place: int, sent: set[str]) -> dict[str, Any]:
    """As GET /mensagens/{id} answers."""
    return {
        **row,
        "contador": row["contador"] or place,
        "emailResposta": row["email_resposta"],
        "mensagemDescadastro": row["mensagem_descadastro"],
        "jaEnviada": row["ja_enviada"] or row["id"] in sent,
    }


def _send(row: Mapping[str, Any], place: int) -> dict[str, Any]:
    """As GET /envios/{id}?embeds=listas,remetente answers: `remetente` is "" where there is none."""
    return {
        "id": row["id"],
        "codigo": row["codigo"] or place,
        "id_mensagem": row["mensagem"],
        "status": row["status"],
        "data_de_inicio": row["data_de_inicio"].replace("T", " ") + ":00",
        "listas": {"data": [{"id": live_id} for live_id in row["listas"]]},
        "remetente": {"data": [{"id": row["remetente"]}]} if row["remetente"] else "",
    }
