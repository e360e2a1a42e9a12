"""Live objects as records of a sandbox's seed, and what of them a sandbox cannot hold. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, cast

from reconciler.engine.model import Observed
from reconciler.offline.packing import unpacked
from reconciler.offline.snapshot import Snapshot

CREDITS: Final = 1_000_000_000
"""What the account has left to send with is not told by its API: enough."""
_STATUS: Final = {
    word.lower(): word for word in ("Suspenso", "Enviando", "Concluído", "Cancelado", "Agendado", "Em criação")
}
_WAITING: Final = frozenset({"agendado", "em criação"})
_NOWHERE: Final = "sem-endereco.invalid"

Record = dict[str, Any]


@dataclass(slots=True)
class Likeness:
    """The seed of one snapshot. `odd` counts, in words, what is otherwise there than in the account."""

    snapshot: Snapshot
    odd: Counter[str] = field(default_factory=Counter)

    def seed(self) -> Record:
        """The seed; its contatos come one by one."""
        return {
            "agora": self.snapshot.observed.isoformat(),
            "fuso_horario": self.snapshot.zone.key,
            "creditos": CREDITS,
            "remetentes": list(self._senders()),
            "campos": [{"id": item.id, "nome": self._filled(item, "nome")} for item in self._of("campo")],
            "listas": [
                {"id": item.id, "nome": self._filled(item, "nome"), "ativo": item.fields["ativo"]}
                for item in self._of("lista")
            ],
            "contatos": self._people(),
            "mensagens": [self._message(item) for item in self._of("mensagem")],
            "envios": list(self._sends()),
            # What is stored is stored already: it stays as it is to the byte.
            "suposicoes": {"reescrever_html": False},
        }

    def _of(self, kind: str) -> tuple[Observed, ...]:
        return self.snapshot.objects[kind]

    def _ids(self, kind: str) -> frozenset[str]:
        return frozenset(item.id for item in self._of(kind))

    def _filled(self, item: Observed, name: str) -> str:
        value = item.fields[name]
        if isinstance(value, str) and value.strip():
            return value
        self.odd[f"{item.kind} without {name}"] += 1
        return f"(sem {name})"

    def _senders(self) -> Iterator[Record]:
        for item in self._of("remetente"):
            if _is_address(item.fields["email"]):
                names = ("email", "principal", "confirmado")
                yield {"id": item.id, "nome": self._filled(item, "nome")} | {name: item.fields[name] for name in names}
            else:
                self.odd["remetente without an address"] += 1

    def _message(self, item: Observed) -> Record:
        names = ("contador", "nome", "email_resposta", "mensagem_descadastro", "ja_enviada")
        told = {name: item.fields[name] for name in names}
        return {"id": item.id, "assunto": self._filled(item, "assunto"), "html": item.fields.get("html") or "", **told}

    def _sends(self) -> Iterator[Record]:
        lists, messages, senders = self._ids("lista"), self._ids("mensagem"), self._ids("remetente")
        for item in self._of("envio"):
            fields = item.fields
            start, status = fields["data_de_inicio"], str(fields["estado"])
            known = sorted(lists & cast("frozenset[str]", fields.get("listas") or frozenset()))
            if status not in _STATUS or fields["mensagem"] not in messages or not isinstance(start, datetime):
                self.odd["envio whose message, start or status is not told"] += 1
            elif not known:
                self.odd["envio whose lists are gone"] += 1
            else:
                if status in _WAITING and start < self.snapshot.observed:
                    self.odd["envio that was to have started"] += 1
                    status = "enviando"
                sender = fields.get("remetente")
                yield {
                    "id": item.id,
                    "codigo": fields["codigo"],
                    "mensagem": fields["mensagem"],
                    "listas": known,
                    "remetente": sender if sender in senders else None,
                    "status": _STATUS[status],
                    "data_de_inicio": start.isoformat(),
                }

    def _people(self) -> Iterator[Record]:
        lists, campos = self._ids("lista"), self._ids("campo")
        taken: set[str] = set()
        for line in self.snapshot.people:
            item = unpacked(line)
            told = item.fields
            email = str(told["email"])
            if not _is_address(email) or email.casefold() in taken:
                self.odd["contato without an address, or with that of another"] += 1
                email = f"{item.id}@{_NOWHERE}"
            taken.add(email.casefold())
            values = cast("Mapping[str, str]", told["campos"])
            yield {
                "id": item.id,
                "email": email,
                "nome": told["nome"],
                "sexo": self._known(told["sexo"], told["sexo"] in ("m", "f")),
                "data_de_nascimento": self._known(told["data_de_nascimento"], _is_day(told["data_de_nascimento"])),
                "ativo": told["ativo"],
                "descadastrado": told["descadastrado"],
                "listas": sorted(lists & cast("frozenset[str]", told["listas"])),
                "campos": values
                if values.keys() <= campos
                else {name: values[name] for name in campos & values.keys()},
            }

    def _known(self, value: object, holds: bool) -> object:
        if not value or holds:
            return value or None
        self.odd["contato with a value that the API does not document"] += 1
        return None


def _is_address(value: object) -> bool:
    return isinstance(value, str) and value.count("@") == 1 and value[0] != "@" and value[-1] != "@"


def _is_day(value: object) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False
