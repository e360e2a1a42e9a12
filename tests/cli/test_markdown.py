"""`--format markdown` on the command line: one document, on stdout or in a file, for the same plan as every format."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.engine.result import Exit

CAMPAIGN = """\
listas:
  clientes: {nome: "Clientes | @maria"}
contatos:
  - {email: ana@exemplo.com.br, nome: Ana Souza, listas: [clientes]}
mensagens:
  abertura:
    assunto: "`Abrimos` <b>#1</b>"
    html: {arquivo: abertura.html}
    mensagem_descadastro: Sair
"""
WORKSPACE = """\
versao: 1
fuso_horario: America/Sao_Paulo
contas:
  principal:
    criaenvio: {chave: {env: CRIAENVIO_CHAVE}}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small workspace."""
    (tmp_path / "reconciler.yaml").write_text(WORKSPACE, encoding="utf-8")
    (tmp_path / "campanha.yaml").write_text(CAMPAIGN, encoding="utf-8")
    (tmp_path / "abertura.html").write_text("<p>Oi</p>", encoding="utf-8")
    return tmp_path


def ran(root: Path, *words: str, code: int = Exit.OK) -> str:
    """What a command prints, in a process of its own, on the simulated account."""
    command = [sys.executable, "-m", "reconciler", words[0], "-C", str(root), *words[1:]]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + (done.stderr if code == Exit.USAGE else "")


def test_a_plan_and_what_came_of_it(root: Path) -> None:
    """Plan, apply and the empty plan after it are one Markdown document each; other formats are what they were."""
    as_text = ran(root, "plan", "--sandbox")
    digest = json.loads(ran(root, "plan", "--sandbox", "--format", "json", "--commit", "0123abc"))["digest"]
    assert ran(root, "plan", "--sandbox", "--commit", "0123abc") == as_text

    assert (
        ran(root, "plan", "--sandbox", "--format", "markdown", "--commit", "0123abc", "--out", str(root / "plan.md"))
        == ""
    )
    planned = (root / "plan.md").read_text(encoding="utf-8")
    assert planned.startswith("## nenhum envio; ")
    assert "Account `principal` (commit `0123abc`)." in planned
    assert f"**Digest** `{digest}`" in planned
    assert '+    nome  "Clientes | @maria"' in planned
    assert f"\nreconciler apply -C {root} --sandbox --digest {digest}\n" in planned
    assert "ana@" not in planned
    assert "Ana" not in planned

    saved = str(root / "a.plan")
    ran(root, "plan", "--sandbox", "--save", saved)
    done = ran(root, "apply", "--sandbox", "--format", "markdown", "--plan", saved)
    assert done.startswith("## tudo feito: ")
    assert done.count("\n## ") == 0
    assert ran(root, "plan", "--sandbox", "--format", "markdown").startswith("## nada a mudar\n\nAccount `principal`")

    page = root / "abertura.html"
    page.write_text("<p>Outra</p>", encoding="utf-8")
    differs = ran(root, "apply", "--sandbox", "--format", "markdown", "--plan", saved, code=Exit.DIFFERS)
    assert differs.startswith("## este plano já foi aplicado")
    assert "~ mensagem.abertura  update" in differs


@pytest.mark.parametrize("commit", ["", "main", "0123AB7", "$(id)", "012345"])
def test_a_commit_is_named_by_its_id(root: Path, commit: str) -> None:
    """What is no id of a commit is refused before anything else is done."""
    assert "a commit is named by" in ran(root, "plan", "--sandbox", "--commit", commit, code=Exit.USAGE)


def test_other_commands_know_no_markdown(root: Path) -> None:
    """Only plans and what came of them are written for pull requests."""
    assert "'markdown' is not one of" in ran(root, "validate", "--format", "markdown", code=Exit.USAGE)
