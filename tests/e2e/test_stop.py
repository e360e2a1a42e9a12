"""The kill switch stops what is ours and can be stopped, whatever state the campaign files are in."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Fault, FaultKind, Sandbox
from tests.e2e.conftest import OpenAccount, Run

_WORKSPACE = """\
versao: 1
fuso_horario: America/Sao_Paulo
contas:
  principal:
    limites: {prazo: 2s, atraso_maximo: 1s}
"""
_STARTS = {"cedo": "2026-11-03T09:00", "tarde": "2026-12-20T09:00", "agora-mesmo": "2026-11-02T08:40"}
_SEED: dict[str, Any] = {
    "agora": "2026-11-02T08:00",
    "remetentes": [{"id": "r1", "nome": "Loja", "email": "ola@loja.exemplo", "principal": True, "confirmado": True}],
    "listas": [{"id": "l1", "nome": "clientes", "ativo": True}],
    "contatos": [{"id": "c1", "nome": "Caju", "email": "caju@exemplo.com.br", "ativo": True, "listas": ["l1"]}],
    "mensagens": [
        {"id": "m1", "nome": "outra", "assunto": "Oi", "html": "<p>Oi</p>", "mensagem_descadastro": "Sair?"},
    ],
    "envios": [{"id": "alheio", "mensagem": "m1", "listas": ["l1"], "data_de_inicio": "2026-11-09T10:00"}],
}


def _campaign() -> dict[str, Any]:
    message = {"assunto": "Oi", "html": "<p>Oi</p>", "mensagem_descadastro": "Sair?"}
    sends = {
        name: {"mensagem": name, "listas": ["clientes"], "data_de_inicio": start} for name, start in _STARTS.items()
    }
    return {"listas": {"clientes": {}}, "mensagens": dict.fromkeys(_STARTS, message), "envios": sends}


@pytest.fixture
def applied(tmp_path: Path, open_account: OpenAccount, run: Run) -> Sandbox:
    """An account in which three declared sends are scheduled beside one that is nobody's declared."""
    (tmp_path / "reconciler.yaml").write_text(_WORKSPACE, encoding="utf-8")
    (tmp_path / "campanha.yaml").write_text(json.dumps(_campaign()), encoding="utf-8")
    sandbox = open_account(_SEED)
    digest = run("plan", "--format", "json", url=sandbox.url).document["digest"]
    assert run("apply", "--digest", digest, url=sandbox.url).code == 0
    return sandbox


def _states(sandbox: Sandbox) -> dict[str, str]:
    """Status by start, in the account."""
    return {row["data_de_inicio"][:16]: row["status"] for row in sandbox.state()["envios"]}


def test_all_that_is_ours_is_stopped(applied: Sandbox, run: Run) -> None:
    """What has not begun is cancelled, in the order of the starts; what the ledger does not know is left alone."""
    stopped = run("stop", "--all", "--format", "json", url=applied.url)
    assert stopped.code == 0
    sends = stopped.document["sends"]
    assert [item["address"] for item in sends] == ["envio.agora-mesmo", "envio.cedo", "envio.tarde"]
    assert {item["action"] for item in sends} == {"cancel"}
    states = _states(applied)
    assert {states[start] for start in _STARTS.values()} == {"Cancelado"}
    assert states["2026-11-09T10:00"] == "Agendado"


def test_one_address_is_stopped(applied: Sandbox, run: Run) -> None:
    """Only what was named is stopped; a name that the ledger does not know stops nothing and exits 64."""
    assert run("stop", "envio.cedo", url=applied.url).code == 0
    states = _states(applied)
    assert states[_STARTS["cedo"]] == "Cancelado"
    assert states[_STARTS["tarde"]] == "Agendado"
    assert run("stop", "envio.cedo", "envio.nenhum", url=applied.url).code == 64
    assert run("stop", url=applied.url).code == 64
    assert run("stop", "--all", "envio.tarde", url=applied.url).code == 64
    assert _states(applied) == states


@pytest.mark.parametrize("broken", ["campanha.yaml", "reconciler.yaml"])
def test_no_valid_yaml_is_needed(applied: Sandbox, run: Run, tmp_path: Path, broken: str) -> None:
    """Neither broken campaign files nor a broken reconciler.yaml keep anybody from stopping."""
    (tmp_path / broken).write_text("isto: [nao\n  e: YAML", encoding="utf-8")
    assert run("validate", url=applied.url).code == 3
    assert run("stop", "--all", url=applied.url).code == 0
    assert {_states(applied)[start] for start in _STARTS.values()} == {"Cancelado"}


def test_what_is_going_out_is_paused(applied: Sandbox, run: Run) -> None:
    """A send under way is paused: what is left of it can still be sent, and no apply does that by itself."""
    applied.assume(contatos_por_segundo=0.001)
    applied.clock.advance(timedelta(minutes=41))
    stopped = run("stop", "--all", "--format", "json", url=applied.url).document["sends"]
    by_address = {item["address"]: item for item in stopped}
    assert by_address["envio.agora-mesmo"]["before"] == "enviando"
    assert by_address["envio.agora-mesmo"]["action"] == "pause"
    assert by_address["envio.tarde"]["action"] == "cancel"


def test_what_is_out_is_told_as_too_late(applied: Sandbox, run: Run) -> None:
    """A send whose mail is out cannot be stopped, is told as such, and keeps nothing else from being stopped."""
    applied.clock.advance(timedelta(days=2))
    stopped = run("stop", "--all", url=applied.url)
    assert stopped.code == 0
    assert "1 send stopped, 2 too late" in stopped.out
    assert _states(applied)[_STARTS["tarde"]] == "Cancelado"


def test_one_that_cannot_be_stopped_is_told(applied: Sandbox, run: Run) -> None:
    """A refusal for one send is told with exit 6, and the others are stopped all the same."""
    live = {row["data_de_inicio"][:16]: row["id"] for row in applied.state()["envios"]}
    path = f"/envios/{live[_STARTS['cedo']]}/cancelar"
    applied.faults.add(Fault(kind=FaultKind.REDIRECT, method="GET", path=path, count=None))
    stopped = run("stop", "--all", "--format", "json", url=applied.url)
    assert stopped.code == 6
    problems = [item["address"] for item in stopped.document["sends"] if item["problem"]]
    assert problems == ["envio.cedo"]
    assert _states(applied)[_STARTS["tarde"]] == "Cancelado"


def test_the_next_apply_starts_nothing_again(applied: Sandbox, run: Run) -> None:
    """After the switch a plan shows every stopped send as blocked; no apply schedules one by itself."""
    assert run("stop", "--all", url=applied.url).code == 0
    planned = run("plan", "--format", "json", url=applied.url)
    assert planned.code == 4
    assert {item["address"] for item in planned.document["blocked"]} == {f"envio.{name}" for name in _STARTS}
    assert run("apply", "--yes", url=applied.url).code == 4
    assert {_states(applied)[start] for start in _STARTS.values()} == {"Cancelado"}
