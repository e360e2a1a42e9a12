"""Small workspaces and accounts that several end-to-end tests start from."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from reconciler.sandbox import Sandbox
from tests.laws.world import NOW

LEAVE = "Não quer mais receber?"
SEED: dict[str, Any] = {
    "agora": NOW,
    "remetentes": [{"id": "R1", "nome": "Loja", "email": "ola@loja.exemplo", "principal": True}],
    "listas": [{"id": "Lsp", "nome": "sp"}],
    "contatos": [{"id": f"C{n}", "email": f"p{n}@exemplo.org", "listas": ["Lsp"]} for n in range(12)],
}
"""An account with a list of twelve people."""

LISTS: dict[str, Any] = {"listas": {"sp": {}, "rj": {}}}
"""That list, and one that is to be made: nothing is sent."""

SENDING: dict[str, Any] = {
    "listas": {"sp": {}},
    "mensagens": {"ola": {"assunto": "Olá", "html": "<p>Olá</p>", "mensagem_descadastro": LEAVE}},
    "envios": {"um": {"mensagem": "ola", "listas": ["sp"], "data_de_inicio": "2026-11-05T09:00"}},
}
"""A message to that list."""


def write(root: Path, campaign: Mapping[str, Any], accounts: Mapping[str, Any] | None = None) -> None:
    """A workspace with one account, `principal`, unless others are named."""
    settings = {"versao": 1, "fuso_horario": "America/Sao_Paulo", "contas": accounts or {"principal": {}}}
    (root / "reconciler.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    (root / "campanha.yaml").write_text(yaml.safe_dump(dict(campaign)), encoding="utf-8")


def writes(sandbox: Sandbox) -> list[str]:
    """The requests so far that were to change something."""
    effects = ("pausar", "cancelar", "lista_teste")
    seen = sandbox.history.requests()
    return [item.path for item in seen if item.method != "GET" or item.path.rpartition("/")[2] in effects]


def wait_for(holds: Callable[[], bool]) -> None:
    """Wait, for ten seconds at most, until something holds."""
    ends = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.02)
