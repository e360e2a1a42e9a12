"""Sends that wait for a check, through the command line: no failure, no change, no part of what was approved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cases.reading import Case
from tests.e2e.conftest import OpenAccount, Run

CAMPAIGN: dict[str, Any] = {
    "campos": {"cidade": {}},
    "listas": {"todos": {}},
    "mensagens": {"natal": {"assunto": "Oi", "html": "<p>Oi</p>", "mensagem_descadastro": "Sair?"}},
    "envios": {
        "natal": {
            "mensagem": "natal",
            "listas": ["todos"],
            "data_de_inicio": "2026-12-20T09:00",
            "depois_de": ["verificacao.whatsapp"],
        }
    },
    "verificacoes": {
        "whatsapp": {"fonte": "ogmma.lotes", "onde": {"name": "Natal"}, "espera": {"status": "COMPLETED"}},
    },
}
SEED = {
    "agora": "2026-11-02T08:00",
    "listas": [{"id": "l1", "nome": "todos", "ativo": True}],
    "contatos": [{"id": "c1", "email": "ana@exemplo.com.br", "ativo": True, "listas": ["l1"]}],
    "remetentes": [{"id": "r1", "nome": "L", "email": "l@loja.exemplo", "principal": True, "confirmado": True}],
}


def test_a_waiting_send_is_no_failure_and_no_change(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """Everything else is planned and made with exit 0, a reviewed plan is used up, and the send goes on waiting."""
    Case("waiting", "", declared=CAMPAIGN).write(tmp_path)
    sandbox = open_account(SEED)
    saved = tmp_path / "natal.plan"
    first = run("plan", "--save", str(saved), "--format", "json", url=sandbox.url)
    assert first.code == 0
    assert [item["address"] for item in first.document["waiting"]] == ["envio.natal"]
    assert first.document["summary"]["waiting"] == 1
    assert run("apply", "--plan", str(saved), url=sandbox.url).code == 0
    again = run("apply", "--plan", str(saved), url=sandbox.url)
    assert again.code == 0
    assert "nothing to do, but for what waits (1 send)" in again.err
    assert "1 envio à espera" in again.out
    quiet = run("plan", "--detailed-exitcode", url=sandbox.url)
    assert quiet.code == 0
    assert "verificacao.whatsapp could not be looked at" in quiet.out
    assert not sandbox.state()["envios"]
