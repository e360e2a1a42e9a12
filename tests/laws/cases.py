"""Generated accounts and declarations that overlap in every way: missing, equal, differing, inactive, opted out.

Each draws a *relation* per resource, then the account (as a seed) and the YAML that stand in it. Draws are few and
small, so that hypothesis can shrink what it finds to one resource.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Record = dict[str, Any]
LEAVE = "Não quer mais receber?"
LEADS = ("2026-11-05T09:00", "2026-11-06T18:30", "2026-12-20T09:00")
"""Starts of sends; few, so that some coincide."""
PAST = "2026-10-01T09:00"
_YES_NO = (True, False)

SWITCHES: Mapping[str, Sequence[Any]] = {
    "embeds_anunciados": (True, False),
    "embeds_na_listagem": (True, False),
    "mais_novos_primeiro": ((), ("campos", "contatos", "envios", "grupos", "mensagens", "remetentes")),
    "recursos_em_30": ((), ("contatos", "grupos")),
    "reescrever_html": (True, False),
    "codigo_fora_de_ordem": (False, True),
    "segundos_em_criacao": (0.0, 3.0),
    "lista_inativa_recebe": (True, False),
    "inscrever_descadastrado": (False, True),
    "limite_de_registros": (100, 1),
}
"""What nobody knows of the live API: a law holds whichever way it is."""


@dataclass(slots=True)
class Case:
    """An account as a seed, and what the workspace declares of it."""

    seed: dict[str, list[Record] | Record | int] = field(default_factory=dict)
    declared: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Case(\n  seed={self.seed!r},\n  declared={self.declared!r})"


@st.composite
def cases(draw: st.DrawFn, *, switches: bool = True) -> Case:
    """An account and a workspace. With `switches` the vendor's unknown habits vary too."""
    making = _Making(draw)
    making.fields()
    making.lists()
    making.contacts()
    making.messages()
    making.sends()
    seed: dict[str, Any] = {**making.seed, "creditos": 1000}
    if switches:
        seed["suposicoes"] = {name: draw(st.sampled_from(values)) for name, values in SWITCHES.items()}
    return Case(seed, {name: section for name, section in making.declared.items() if section})


@st.composite
def campaigns(draw: st.DrawFn) -> Case:
    """An account and a workspace that is about sending: nothing ambiguous, lists with people, sends in the future."""
    making = _Making(draw, plain=True)
    making.lists()
    making.contacts()
    making.messages()
    making.sends()
    switched = {name: draw(st.sampled_from(values)) for name, values in SWITCHES.items()}
    seed: dict[str, Any] = {**making.seed, "creditos": 1000, "suposicoes": switched}
    return Case(seed, {name: section for name, section in making.declared.items() if section})


@st.composite
def edits(draw: st.DrawFn, declared: Mapping[str, Any]) -> dict[str, Any]:
    """The same declarations with some of them gone: what an author deletes from the YAML. References stay whole."""
    left: dict[str, Any] = {}
    for section in ("envios", "contatos", "mensagens", "listas", "campos"):
        items = declared.get(section, {})
        pairs = list(enumerate(items)) if isinstance(items, list) else list(items.items())
        kept = [pair for pair in pairs if _needed(section, pair[0], left) or draw(st.booleans())]
        left[section] = [value for _, value in kept] if isinstance(items, list) else dict(kept)
    return {section: items for section, items in left.items() if items}


def _needed(section: str, key: Any, left: Mapping[str, Any]) -> bool:
    """Whether what is kept already refers to it."""
    contacts, sends = left.get("contatos", []), left.get("envios", {}).values()
    if section == "campos":
        return any(key in contact.get("campos", {}) for contact in contacts)
    if section == "listas":
        return any(key in item.get("listas", []) for item in (*contacts, *sends))
    return section == "mensagens" and any(send["mensagem"] == key for send in sends)


class _Making:
    """One case on its way; a plain one has nothing in it that keeps sends from being made."""

    def __init__(self, draw: st.DrawFn, *, plain: bool = False) -> None:
        self.draw = draw
        self.plain = plain
        self.seed: dict[str, list[Record]] = {
            "remetentes": [
                {"id": "Rprinc", "nome": "Loja", "email": "ola@loja.exemplo", "principal": True, "confirmado": True},
                {"id": "Rseg", "nome": "Avisos", "email": "avisos@loja.exemplo", "confirmado": True},
                {"id": "Rnao", "nome": "Novo", "email": "novo@loja.exemplo", "confirmado": False},
            ],
            **{section: [] for section in ("campos", "listas", "contatos", "mensagens", "envios")},
        }
        self.declared: dict[str, Any] = {
            "campos": {},
            "listas": {},
            "contatos": [],
            "mensagens": {},
            "envios": {},
        }

    def one(self, *choices: Any) -> Any:
        """One of the choices; shrinks towards the first."""
        return self.draw(st.sampled_from(choices))

    def maybe(self) -> bool:
        """Yes or no; shrinks towards yes."""
        return bool(self.one(*_YES_NO))

    def some(self, items: Sequence[str]) -> list[str]:
        """Some of the items, in their order; in a plain case at least one."""
        bits = self.draw(st.integers(int(self.plain and bool(items)), 2 ** len(items) - 1))
        return [item for place, item in enumerate(items) if bits >> place & 1]

    def ids(self, section: str) -> list[str]:
        """The ids in the account."""
        return [item["id"] for item in self.seed[section]]

    def fields(self) -> None:
        """Campos: equal, missing, not declared, renamed, or two of one name."""
        for key in self.some(("cidade", "time")):
            how = self.one("equal", "missing", "undeclared", "renamed", "equal", "missing", "twice")
            self._named("campos", "K", key, how)

    def lists(self) -> None:
        """Listas: as campos, and active or not, in the account and as declared."""
        for key in self.some(("sp", "rj", "vip")):
            how = self.one("equal", "missing", "renamed", *(() if self.plain else ("undeclared", "equal", "twice")))
            ativo = self.plain or how == "missing" or self.maybe()
            for item in self._named("listas", "L", key, how):
                item["ativo"] = ativo
            if key in self.declared["listas"]:
                self.declared["listas"][key] |= self.one({}, {"ativo": True}, {"ativo": self.plain})

    def _named(self, section: str, prefix: str, key: str, how: str) -> Iterator[Record]:
        name = f"Nome {key}"
        made: list[Record] = []
        if how != "missing":
            made.append({"id": f"{prefix}{key}", "nome": f"Antes {key}" if how == "renamed" else name})
        if how == "twice":
            made.append({"id": f"{prefix}{key}-2", "nome": name})
        self.seed[section] += made
        if how != "undeclared":
            entry: Record = {"nome": name} | ({"nome_anterior": f"Antes {key}"} if how == "renamed" else {})
            if self.maybe() and how == "equal":
                entry["id"] = f"{prefix}{key}"
            self.declared[section][key] = entry
        return iter(made)

    def contacts(self) -> None:
        """Contatos: missing, there as they are, or different in one of the many ways."""
        for name in self.some(("ana", "bia", "caio", "davi")):
            how = self.one("live", "missing", "undeclared", "moved")
            email = f"{name}@exemplo.com.br"
            if how != "missing":
                self.seed["contatos"].append(self._person(name, email if how != "moved" else f"antes-{email}"))
            if how != "undeclared":
                self.declared["contatos"].append(self._wish(name, email, moved=how == "moved"))
        if self.plain:
            known = {"id": "Ceva", "email": "eva@exemplo.com.br", "listas": self.ids("listas")}
            self.seed["contatos"].append(known)
            self.declared["contatos"].append({"email": "fabio@exemplo.com.br", "listas": list(self.declared["listas"])})

    def _person(self, name: str, email: str) -> Record:
        """A live contact."""
        state = self.one(
            {}, {"ativo": False}, {"descadastrado": True}, {"sexo": "f", "data_de_nascimento": "1990-02-12"}
        )
        values = dict.fromkeys(self.some(self.ids("campos")), f"valor {name}")
        return {
            "id": f"C{name}",
            "nome": name.title(),
            "email": self.one(email, email.upper()),
            "listas": self.some(self.ids("listas")),
            "campos": values,
            **state,
        }

    def _wish(self, name: str, email: str, *, moved: bool) -> Record:
        """A declared contact: any of its fields may be left out."""
        wish: Record = {"email": self.one(email, email.title())}
        wish |= {"email_anterior": f"antes-{email}"} if moved else {}
        wish |= self.one(
            {}, {"nome": name.title()}, {"nome": "Outro Nome"}, {"sexo": "m", "data_de_nascimento": "1980-01-31"}
        )
        wish |= self.one({}, {"ativo": True}, {"ativo": False})
        if self.maybe():
            wish["listas"] = self.some(list(self.declared["listas"]))
        values = {key: self.one(f"valor {name}", "outro", "") for key in self.some(list(self.declared["campos"]))}
        return wish | ({"campos": values} if values else {})

    def messages(self) -> None:
        """Mensagens: missing, equal, different, sent before, renamed, or with an earlier version of the same name."""
        for number, key in enumerate(self.some(("natal", "ola")), 1):
            how = self.one(
                "equal", "missing", "differing", "renamed", "versions", *(() if self.plain else ("undeclared",))
            )
            live = {
                "id": f"M{key}",
                "contador": 10 * number + 5,
                "nome": f"Antes {key}" if how == "renamed" else key,
                "assunto": f"Assunto {key}" if how != "differing" else "Outro",
                "html": f"<P class=a>Olá<br>{key}</P>\n<p>Até logo</p>",
                "mensagem_descadastro": LEAVE,
            }
            if how != "missing":
                self.seed["mensagens"].append(live | {"ja_enviada": not self.maybe()})
            if how == "versions":
                self.seed["mensagens"].append(live | {"id": f"M{key}-1", "contador": 10 * number, "ja_enviada": True})
            if how != "undeclared":
                self.declared["mensagens"][key] = {
                    "assunto": f"Assunto {key}",
                    "html": self.one(f"<p class='a'>Olá<br/>{key}</p><p>Até logo</p>", f"<p>Novo {key}</p>"),
                    "mensagem_descadastro": LEAVE,
                } | ({"nome_anterior": f"Antes {key}"} if how == "renamed" else {})

    def sends(self) -> None:
        """Envios: in every live status or none, declared in every estado or not; pinned, or found by their key."""
        for number, key in enumerate(self.some(("um", "dois", "tres")), 1):
            live = None
            if self.seed["mensagens"] and self.seed["listas"]:
                live = self.one(None, "Agendado", "Suspenso", "Cancelado", "Concluído", "Enviando")
            if live is not None:
                self.seed["envios"].append(self._live_send(key, number, live))
            if self.declared["mensagens"] and self.declared["listas"] and (self.plain or self.maybe()):
                wish = self._wanted_send(key, live)
                if not (self.plain and any(_alike(wish, other) for other in self.declared["envios"].values())):
                    self.declared["envios"][key] = wish

    def _live_send(self, key: str, number: int, status: str) -> Record:
        gone = status in ("Concluído", "Enviando")
        lists = self.some(self.ids("listas")) or self.ids("listas")[:1]
        return {
            "id": f"E{key}",
            "codigo": 100 + number,
            "mensagem": self.one(*self.ids("mensagens")),
            "listas": lists,
            "status": status,
            "data_de_inicio": PAST if gone else self.one(*LEADS),
        } | self.one({}, {"remetente": "Rseg"})

    def _wanted_send(self, key: str, live: str | None) -> Record:
        keys = list(self.declared["listas"])
        wish: Record = {
            "mensagem": self.one(*self.declared["mensagens"]),
            "listas": self.some(keys) or keys[:1],
            "data_de_inicio": self.one(*LEADS, *(() if self.plain else (PAST,))),
        }
        if live == "Agendado" and self.maybe():
            same = self.seed["envios"][-1]  # found by its natural key, where its parts are declared
            wish["data_de_inicio"] = same["data_de_inicio"]
            wish["listas"] = [key[1:].removesuffix("-2") for key in same["listas"]]
            wish["listas"] = [key for key in keys if key in wish["listas"]] or keys[:1]
        if self.plain:
            wish |= {"recriar": True}
            return wish | ({"id": f"E{key}"} if live is not None and self.maybe() else {})
        wish |= self.one(
            {}, {"remetente": "avisos@loja.exemplo"}, {"remetente": "Loja"}, {"remetente": "novo@loja.exemplo"}
        )
        wish |= self.one({}, {}, {"estado": "pausado"}, {"estado": "cancelado"}, {"recriar": True})
        wish |= self.one({}, {}, {"data_de_inicio": "agora", "regras": {"permitir_agora": True}})
        return wish | ({"id": f"E{key}"} if live is not None and self.maybe() else {})


def _alike(send: Record, other: Record) -> bool:
    """Whether two declared sends say the very same: then whoever wrote them wants it twice."""
    return all(send[name] == other[name] for name in ("mensagem", "listas", "data_de_inicio"))
