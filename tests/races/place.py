"""Where the two of a race work: one workspace, or two clones of one remote, whose ledger both of them find."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml

from tests.ledger.places import BUCKET, git

SEED: Mapping[str, Any] = {
    "agora": "2026-11-02T08:00",
    "remetentes": [{"id": "R1", "nome": "Loja", "email": "ola@loja.exemplo", "principal": True}],
    "listas": [{"id": "Lsp", "nome": "sp"}],
    "contatos": [{"id": f"C{n}", "email": f"p{n}@exemplo.org", "listas": ["Lsp"]} for n in range(5)],
}
_MESSAGE = {"assunto": "Olá", "html": "<p>Olá</p>", "mensagem_descadastro": "Não quer mais receber?"}
CAMPAIGN: Mapping[str, Any] = {
    "campos": {"cidade": {}},
    "listas": {"sp": {}, "rj": {}},
    "contatos": [{"email": f"n{n}@exemplo.org", "listas": ["rj"], "campos": {"cidade": "Rio"}} for n in range(2)],
    "mensagens": {"ola": _MESSAGE, "tchau": _MESSAGE},
    "envios": {
        "ola": {"mensagem": "ola", "listas": ["sp"], "data_de_inicio": "2026-11-05T09:00"},
        "tchau": {"mensagem": "tchau", "listas": ["rj", "sp"], "data_de_inicio": "2026-11-06T09:00"},
    },
}
MADE: Mapping[str, int] = {"/campos": 1, "/grupos": 1, "/contatos": 2, "/mensagens": 2, "/envios": 2}
"""How many objects one apply of it makes, by the POST that makes them."""
MAILS = 5 + 7
"""How many e-mails its sends are."""


def _declare(root: Path, ledger: Mapping[str, Any]) -> Path:
    limits = {"prazo": "10s", "atraso_maximo": "1s"}
    account = {"limites": limits, **({"ledger": ledger} if ledger else {})}
    settings = {"versao": 1, "fuso_horario": "America/Sao_Paulo", "contas": {"principal": account}}
    root.mkdir(exist_ok=True)
    (root / "reconciler.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    (root / "campanha.yaml").write_text(yaml.safe_dump(dict(CAMPAIGN)), encoding="utf-8")
    return root


def _one_folder(folder: Path) -> tuple[Path, Path]:
    root = _declare(folder / "workspace", {})
    return root, root


def _two_clones(folder: Path) -> tuple[Path, Path]:
    git(folder, "init", "--bare", "--quiet", "remote.git")
    for name in ("here", "there"):
        git(folder, "clone", "--quiet", "remote.git", name)
        _declare(folder / name, {"git": {}})
    return folder / "here", folder / "there"


def _two_machines(folder: Path) -> tuple[Path, Path]:
    ledger = {"objeto": f"s3://{BUCKET}/{uuid4().hex}"}
    return _declare(folder / "here", ledger), _declare(folder / "there", ledger)


PLACES: Mapping[str, Callable[[Path], tuple[Path, Path]]] = {
    "arquivo": _one_folder,
    "git": _two_clones,
    "objeto": _two_machines,
}
"""Store → what makes, in an empty folder, the workspaces of the two."""
