"""Killed at any request, before or after its effect, an apply is finished by the next ones, and nobody is mailed twice.

The process is a real one and dies by SIGKILL while the server holds its n-th request. What the server has done is the
oracle, never the program's own report. By default a sample of the points is tried; `KILL_POINTS=all` tries every one:

    KILL_POINTS=all python -m pytest -q -n auto tests/e2e/test_killed.py
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Effect, Fault, FaultKind, Sandbox
from tests.e2e.conftest import KEY, OpenAccount, Run

_WORKSPACE = """\
versao: 1
fuso_horario: America/Sao_Paulo
contas:
  principal:
    limites: {prazo: 2s, atraso_maximo: 0.5s}
"""
_CAMPAIGN: dict[str, Any] = {
    "campos": {"cidade": {}},
    "listas": {"clientes": {}, "espera": {"ativo": False}},
    "contatos": [
        {"email": "caju@exemplo.com.br", "nome": "Caju", "listas": ["clientes"], "campos": {"cidade": "Natal"}},
        {"email": "umbu@exemplo.com.br", "listas": ["clientes"]},
    ],
    "mensagens": {
        "novidade": {"assunto": "Novo", "html": "<p>Novo</p>", "mensagem_descadastro": "Sair?"},
        "natal": {
            "id": "m1",
            "nome": "natal",
            "assunto": "Feliz!",
            "html": "<p>b</p>",
            "mensagem_descadastro": "Sair?",
        },
    },
    "envios": {
        "novidade": {"mensagem": "novidade", "listas": ["clientes"], "data_de_inicio": "2026-12-10T09:00"},
        "natal": {"id": "e1", "mensagem": "natal", "listas": ["vips"], "data_de_inicio": "2026-12-20T09:00"},
        "depois": {"id": "e2", "mensagem": "natal", "listas": ["vips"], "data_de_inicio": "2026-12-27T09:00"},
    },
}
_CAMPAIGN["listas"]["vips"] = {}
_SEED: dict[str, Any] = {
    "agora": "2026-11-02T08:00",
    "remetentes": [{"id": "r1", "nome": "Loja", "email": "ola@loja.exemplo", "principal": True, "confirmado": True}],
    "listas": [{"id": "l1", "nome": "vips", "ativo": True}],
    "contatos": [{"id": "c1", "nome": "Pequi", "email": "pequi@exemplo.com.br", "ativo": True, "listas": ["l1"]}],
    "mensagens": [
        {
            "id": "m1",
            "nome": "natal",
            "assunto": "Feliz?",
            "html": "<p>a</p>",
            "mensagem_descadastro": "Sair?",
            "ja_enviada": True,
        }
    ],
    "envios": [
        {"id": "e1", "mensagem": "m1", "listas": ["l1"], "data_de_inicio": "2026-12-20T09:00"},
        {"id": "e2", "mensagem": "m1", "listas": ["l1"], "data_de_inicio": "2026-12-26T09:00"},
    ],
}
"""What the campaign makes of it: creates of every kind, a renumbered message, two replaced sends and a new one."""

_REQUESTS = 62
"""About as many requests as one apply makes here. A point beyond the last one kills nothing, and must do no harm."""
_POINTS = [(number, effect) for number in range(_REQUESTS) for effect in (Effect.NEVER, Effect.FIRST)]
_CHOSEN = _POINTS if os.environ.get("KILL_POINTS") == "all" else _POINTS[5::9]
_HELD = 4.0
"""Seconds for which the server holds the request at which the program is killed."""
_APPLIES = 3


@pytest.mark.parametrize(("number", "effect"), _CHOSEN, ids=str)
def test_a_killed_apply_is_finished_by_the_next(
    number: int, effect: Effect, tmp_path: Path, open_account: OpenAccount, run: Run
) -> None:
    """Every declared thing is there once, every send goes out once to everybody, after at most two more applies."""
    (tmp_path / "reconciler.yaml").write_text(_WORKSPACE, encoding="utf-8")
    (tmp_path / "campanha.yaml").write_text(json.dumps(_CAMPAIGN), encoding="utf-8")
    account = open_account(_SEED)
    digest = run("plan", "--format", "json", url=account.url).document["digest"]
    _killed(tmp_path, account, digest, Fault(kind=FaultKind.SLOW, skip=number, count=1, effect=effect, delay=_HELD))
    account.faults.clear()
    for _ in range(_APPLIES):
        planned = run("plan", "--format", "json", "--detailed-exitcode", url=account.url)
        if planned.code == 0:
            break
        run("apply", "--digest", planned.document["digest"], url=account.url)
    assert run("plan", "--detailed-exitcode", url=account.url).code == 0
    _there_once(account.state())
    _mailed_once(account)


def _killed(workspace: Path, account: Sandbox, digest: str, fault: Fault) -> None:
    """Apply in a process of its own, and kill it while the server holds the request that `fault` slows down."""
    account.faults.add(fault)
    environment = {**os.environ, "CRIAENVIO_URL": account.url, "CRIAENVIO_CHAVE": KEY}
    words = [sys.executable, "-m", "reconciler", "apply", "-C", str(workspace), "--digest", digest]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        limit = time.monotonic() + 30
        while process.poll() is None and account.faults.as_json() and time.monotonic() < limit:
            time.sleep(0.01)
        if effect_first(fault):
            time.sleep(0.05)  # the effect takes a moment, and comes before the wait
        process.kill()
        process.communicate(timeout=30)


def effect_first(fault: Fault) -> bool:
    """Whether the request's effect comes before the server's wait."""
    return fault.effect is Effect.FIRST


def _there_once(state: Mapping[str, Any]) -> None:
    """No list, field, contact or message twice; every declared send live exactly once, with the text as declared."""
    for section, key in (("campos", "nome"), ("listas", "nome"), ("contatos", "email")):
        counted = Counter(row[key] for row in state[section])
        assert set(counted.values()) == {1}, (section, counted)
    new = [row for row in state["mensagens"] if row["nome"] == "novidade"]
    assert len(new) == 1
    natal = max((row for row in state["mensagens"] if row["nome"] == "natal"), key=lambda row: row["contador"])
    live = Counter(
        (row["mensagem"], row["data_de_inicio"][:16]) for row in state["envios"] if row["status"] == "Agendado"
    )
    assert live == Counter(
        {
            (new[0]["id"], "2026-12-10T09:00"): 1,
            (natal["id"], "2026-12-20T09:00"): 1,
            (natal["id"], "2026-12-27T09:00"): 1,
        }
    )


def _mailed_once(account: Sandbox) -> None:
    """When all starts have passed everybody has got every send that reaches them, once."""
    account.clock.advance(timedelta(days=90))
    got = Counter((item.email, str(item.at)[:10]) for item in account.history.deliveries())
    assert got == Counter(
        {
            ("caju@exemplo.com.br", "2026-12-10"): 1,
            ("umbu@exemplo.com.br", "2026-12-10"): 1,
            ("pequi@exemplo.com.br", "2026-12-20"): 1,
            ("pequi@exemplo.com.br", "2026-12-27"): 1,
        }
    )
