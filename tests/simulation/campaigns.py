"""The campaigns that are tried: an account, what was applied to it before, and what is declared now."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from reconciler.config import Account, load

Campaign = Mapping[str, Any]
SENDER = {"id": "r1", "nome": "Loja", "email": "ola@loja.exemplo", "principal": True, "confirmado": True}
LEAVE = "Não quer mais receber?"
START, LATER = "2026-11-02T{}", "2026-11-05T09:00"
LEADS: Mapping[str, str] = {"curta": "2026-11-02T08:40", "media": "2026-11-02T11:00", "longa": "2026-11-04T09:00"}
"""Starts by how much time is left: 40 minutes, 3 hours, 2 days."""


@dataclass(frozen=True, slots=True)
class Story:
    """One kind of campaign. `before` was applied once; `by_hand` then happened in the vendor's screens.

    `by_hand` holds (section, name or "" for every record, fields), with sections and fields as in a seed. `agora` is
    the address that may be sent at once.
    """

    name: str
    seed: Mapping[str, Any]
    now: Campaign
    before: Campaign | None = None
    by_hand: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    allow: tuple[str, ...] = ()
    people: Mapping[str, frozenset[str]] = field(default_factory=dict)


def _message(html: str = "<p>Olá</p>") -> dict[str, Any]:
    return {"assunto": "Novidades", "html": html, "mensagem_descadastro": LEAVE}


def _send(start: str, *lists: str, **rest: Any) -> dict[str, Any]:
    return {"mensagem": "oferta", "listas": list(lists) or ["clientes"], "data_de_inicio": start, **rest}


_LISTS = {"clientes": {"nome": "Clientes"}}
_TWO_LISTS = {**_LISTS, "amigos": {"nome": "Amigos"}}
_LIVE_LISTS = [{"id": "g1", "nome": "Clientes"}, {"id": "g2", "nome": "Amigos"}]
_LIVE_PEOPLE = [
    {"email": "ana@exemplo.org", "listas": ["g1"]},
    {"email": "bia@exemplo.org", "listas": ["g1", "g2"]},
    {"email": "caio@exemplo.org", "listas": ["g2"]},
]
_SEED = {"remetentes": [SENDER], "listas": _LIVE_LISTS, "contatos": _LIVE_PEOPLE}
_OTHERS = [{"id": f"x{number}", "nome": f"Outra {number}"} for number in range(2)]
_CROWDED = {
    "remetentes": [SENDER],
    "listas": [*_OTHERS, *_LIVE_LISTS],
    "contatos": [*_LIVE_PEOPLE, {"email": "davi@exemplo.org", "listas": ["x1"]}],
    "mensagens": [{"id": "mx", "nome": "outra", "assunto": "Outra", "html": "<p>Outra</p>"}],
    "envios": [
        {
            "id": f"v{day}",
            "mensagem": "mx",
            "listas": ["x1"],
            "status": "Agendado",
            "data_de_inicio": f"2026-11-{day}T09:00",
        }
        for day in (10, 11)
    ],
}
"""An account in which others have lists and sends of their own, so that ours stand on the second page."""
_SENT_BEFORE = ("mensagens", {"ja_enviada": True})


def _campaign(sends: Mapping[str, Any], **rest: Any) -> Campaign:
    return {"listas": _LISTS, "mensagens": {"oferta": _message()}, "envios": dict(sends), **rest}


def stories(start: str) -> tuple[Story, ...]:
    """Every kind of campaign, with its (first) send at `start`."""
    plain = _campaign({"oferta": _send(start)})
    return (
        Story("nova", _SEED, plain),
        Story("do-zero", {"remetentes": [SENDER]}, _from_nothing(start)),
        Story(
            "trocada",
            _SEED,
            _campaign({"oferta": _send(start)}, mensagens={"oferta": _message("<p>Novo</p>")}),
            before=plain,
            by_hand=(_SENT_BEFORE,),
        ),
        Story(
            "editada",
            _SEED,
            _campaign({"oferta": _send(start)}, mensagens={"oferta": _message("<p>Novo</p>")}),
            before=plain,
        ),
        Story("retomada", _SEED, plain, before=plain, by_hand=(("envios", {"status": "Suspenso"}),)),
        Story("remarcada", _SEED, _campaign({"oferta": _send(LATER)}), before=plain),
        Story("agora", _SEED, _campaign({"oferta": _send("agora")}), allow=("agora=envio.oferta",)),
        Story(
            "duas",
            _SEED,
            _campaign({"oferta": _send(start), "amigos": _send(LATER, "amigos")}, listas=_TWO_LISTS),
        ),
        Story(
            "outras-listas",
            _SEED,
            _campaign({"oferta": _send(start, "amigos", "clientes")}, listas=_TWO_LISTS),
            before=_campaign({"oferta": _send(start)}, listas=_TWO_LISTS),
        ),
        Story("solta", _SEED, _campaign({}), before=plain),
        Story("aperto", _CROWDED, plain),
    )


def _from_nothing(start: str) -> Campaign:
    return {
        "campos": {"cidade": {"nome": "Cidade"}},
        "listas": _LISTS,
        "contatos": [
            {"email": "ana@exemplo.org", "nome": "Ana", "listas": ["clientes"], "campos": {"cidade": "Recife"}},
            {"email": "bia@exemplo.org", "nome": "Bia", "listas": ["clientes"]},
        ],
        "mensagens": {"oferta": _message()},
        "envios": {"oferta": _send(start)},
    }


def declared(campaign: Campaign) -> Account:
    """The account as a workspace with this campaign declares it: read from YAML once, by the real loader."""
    with tempfile.TemporaryDirectory(prefix="simulation-") as folder:
        root = Path(folder)
        settings = {"versao": 1, "fuso_horario": "America/Sao_Paulo", "contas": {"principal": {}}}
        for name, content in (("reconciler.yaml", settings), ("campanha.yaml", campaign)):
            root.joinpath(name).write_text(yaml.safe_dump(dict(content), allow_unicode=True), encoding="utf-8")
        return load(root).accounts["principal"]
