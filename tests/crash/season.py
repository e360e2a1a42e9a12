"""What is tried: a season, whose plan has every kind and every action, and the first apply of a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from reconciler.config import record_lineage
from reconciler.engine.model import Address, Binding
from reconciler.ledger import FileHome, open_ledger

ACCOUNT = "principal"
DEADLINE, LONGEST_DELAY = 1.0, 1.0
"""Seconds: `prazo` and `atraso_maximo` of the account."""

_LEAVE = "Não quer mais receber?"
_RULES: Mapping[str, Any] = {"permitir_agora": True}
_SETTINGS: Mapping[str, Any] = {
    "versao": 1,
    "fuso_horario": "America/Sao_Paulo",
    "regras": _RULES,
    "ao_remover": {"campo": "remover", "mensagem": "remover"},
    "contas": {ACCOUNT: {"limites": {"prazo": f"{DEADLINE}s", "atraso_maximo": f"{LONGEST_DELAY}s"}}},
}

ALLOWED = ("--allow-destroy", "campo.apelido")
"""What plan and apply are told beside the workspace."""

_CAMPAIGN: Mapping[str, Any] = {
    "campos": {"cidade": {}, "cep": {}, "bairro": {"nome": "Bairro"}},
    "listas": {
        "clientes": {"nome": "Clientes SP"},
        "vips": {},
        "novos": {},
        "espera": {"ativo": False},
        "dormentes": {"ativo": True},
    },
    "contatos": [
        {"email": "caju@exemplo.com.br", "nome": "Caju", "listas": ["novos"], "campos": {"cep": "01310"}},
        {"email": "umbu@exemplo.com.br", "ativo": False},
        {"email": "pequi@exemplo.com.br", "nome": "Pequi"},
        {
            "email": "bacuri@exemplo.com.br",
            "nome": "Bacuri",
            "ativo": True,
            "listas": ["clientes"],
            "campos": {"cidade": "Natal"},
        },
    ],
    "mensagens": {
        "novidade": {"assunto": "Novo", "html": "<p>Novo</p>", "mensagem_descadastro": _LEAVE},
        "natal": {"assunto": "Feliz!", "html": "<p>b</p>", "mensagem_descadastro": _LEAVE},
        "aviso": {"assunto": "Aviso", "html": "<p>Já</p>", "mensagem_descadastro": _LEAVE},
        "feira": {"assunto": "Feira", "html": "<p>Feira</p>", "mensagem_descadastro": _LEAVE},
    },
    "envios": {
        "novidade": {"mensagem": "novidade", "listas": ["novos"], "data_de_inicio": "2026-12-10T09:00"},
        "natal": {"mensagem": "natal", "listas": ["vips"], "data_de_inicio": "2026-12-20T09:00"},
        "depois": {"mensagem": "natal", "listas": ["vips"], "data_de_inicio": "2026-12-27T09:00"},
        "ja": {"mensagem": "aviso", "listas": ["vips"], "data_de_inicio": "agora"},
        "movido": {"mensagem": "feira", "listas": ["vips"], "data_de_inicio": "2026-12-12T10:00"},
        "volta": {"mensagem": "feira", "listas": ["vips"], "data_de_inicio": "2026-12-16T09:00"},
        "adotado": {"mensagem": "feira", "listas": ["clientes"], "data_de_inicio": "2026-12-13T09:00"},
        "parado": {
            "mensagem": "feira",
            "listas": ["vips"],
            "data_de_inicio": "2026-12-14T09:00",
            "estado": "pausado",
        },
    },
}


_FIRST: Mapping[str, Any] = {
    "campos": {"cep": {}},
    "listas": {"novos": {}},
    "contatos": _CAMPAIGN["contatos"][:1],
    "mensagens": {"novidade": _CAMPAIGN["mensagens"]["novidade"]},
    "envios": {"novidade": _CAMPAIGN["envios"]["novidade"]},
}

SEASON, FIRST = "season", "first apply"
"""The two scenes: one goes on from a ledger that earlier applies have left, the other has none yet."""
_CAMPAIGNS: Mapping[str, Mapping[str, Any]] = {SEASON: _CAMPAIGN, FIRST: _FIRST}


def _message(id_: str, nome: str, assunto: str, html: str, *, sent: bool = False) -> dict[str, Any]:
    given = {"id": id_, "nome": nome, "assunto": assunto, "html": html, "mensagem_descadastro": _LEAVE}
    return {**given, "ja_enviada": sent}


def _send(id_: str, message: str, lista: str, start: str, **rest: str) -> dict[str, Any]:
    return {"id": id_, "mensagem": message, "listas": [lista], "data_de_inicio": start, **rest}


SEED: Mapping[str, Any] = {
    "agora": "2026-11-02T08:00",
    "remetentes": [{"id": "rem1", "nome": "Loja", "email": "ola@loja.exemplo", "principal": True}],
    "campos": [
        {"id": "camp-cidade", "nome": "cidade"},
        {"id": "camp-bairro", "nome": "Vila"},
        {"id": "camp-apelido", "nome": "apelido"},
    ],
    "listas": [
        {"id": "list-clientes", "nome": "Clientes"},
        {"id": "list-vips", "nome": "vips"},
        {"id": "list-dormentes", "nome": "dormentes", "ativo": False},
        {"id": "list-antigos", "nome": "antigos"},
    ],
    "contatos": [
        {"id": "cont-pequi", "nome": "Pequi", "email": "pequi@exemplo.com.br", "listas": ["list-vips"]},
        {"id": "cont-murici", "nome": "Murici", "email": "murici@exemplo.com.br", "listas": ["list-vips"]},
        {
            "id": "cont-bacuri",
            "nome": "B.",
            "email": "bacuri@exemplo.com.br",
            "ativo": False,
            "listas": ["list-vips"],
        },
        {"id": "cont-jambo", "nome": "Jambo", "email": "jambo@exemplo.com.br", "campos": {"camp-apelido": "J"}},
    ],
    "mensagens": [
        _message("mens-natal", "natal", "Feliz?", "<p>a</p>", sent=True),
        _message("mens-aviso", "aviso", "Aviso", "<p>Logo</p>"),
        _message("mens-feira", "feira", "Feira", "<p>Feira</p>"),
        _message("mens-fora", "fora", "Fora", "<p>Fora</p>"),
    ],
    "envios": [
        _send("envi-natal", "mens-natal", "list-vips", "2026-12-20T09:00"),
        _send("envi-depois", "mens-natal", "list-vips", "2026-12-26T09:00"),
        _send("envi-movido", "mens-feira", "list-vips", "2026-12-12T09:00"),
        _send("envi-volta", "mens-feira", "list-vips", "2026-12-15T09:00", status="Suspenso"),
        _send("envi-adotado", "mens-feira", "list-clientes", "2026-12-13T09:00"),
        _send("envi-parado", "mens-feira", "list-vips", "2026-12-14T09:00"),
        _send("envi-fora", "mens-feira", "list-antigos", "2026-12-18T09:00"),
    ],
}
"""The account before. Ids are longer than two signs: those of two are what the server gives to new objects."""

_OURS = (
    ("campo", "bairro"),
    ("campo", "apelido"),
    ("lista", "clientes"),
    ("lista", "dormentes"),
    ("lista", "antigos"),
    ("mensagem", "natal"),
    ("mensagem", "aviso"),
    ("mensagem", "fora"),
    ("envio", "natal"),
    ("envio", "depois"),
    ("envio", "movido"),
    ("envio", "volta"),
    ("envio", "parado"),
    ("envio", "fora"),
)
_OUR_PEOPLE = ("bacuri", "jambo")
"""What an earlier apply has left in the ledger; the rest of the account is found by its natural keys."""


def asked_for(address: str) -> tuple[str, frozenset[str], str]:
    """What the send `envio.…` is known by: its message's name, its lists' names, its start as declared."""
    given = _CAMPAIGN["envios"][address.removeprefix("envio.")]
    names = {key: lista.get("nome", key) for key, lista in _CAMPAIGN["listas"].items()}
    return given["mensagem"], frozenset(names[key] for key in given["listas"]), given["data_de_inicio"]


def home(root: Path) -> FileHome:
    """Where the account's ledger lives."""
    return FileHome(root / ".reconciler" / f"{ACCOUNT}.json")


def lay(root: Path, api: str, scene: str) -> None:
    """Write a scene's workspace into `root`, with the ledger that earlier applies have left for the API at `api`."""
    (root / "reconciler.yaml").write_text(yaml.safe_dump(dict(_SETTINGS)), encoding="utf-8")
    (root / "campanha.yaml").write_text(yaml.safe_dump(dict(_CAMPAIGNS[scene]), allow_unicode=True), encoding="utf-8")
    if scene == SEASON:
        _remember(root, api)


def _remember(root: Path, api: str) -> None:
    with open_ledger(home(root), account=ACCOUNT, origin=api) as ledger:
        for kind, key in _OURS:
            ledger.bind(Address(kind, key), Binding(kind, key, f"{kind[:4]}-{key}"))
        for name in _OUR_PEOPLE:
            ledger.bind(Address("contato", f"{name}@exemplo.com.br"), Binding("contato", None, f"cont-{name}"))
        record_lineage(root, ACCOUNT, ledger.lineage or "")
