"""What only a person can tell is asked exactly, and the answer is taken: `reconciler resolve`."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft202012Validator

from reconciler.engine.model import Action, Address, Intent
from reconciler.ledger import FileHome, open_ledger, read_ledger
from reconciler.report import schemas
from reconciler.sandbox import Sandbox
from tests.e2e.conftest import KEY, OpenAccount, Ran, Run

_ZONE = ZoneInfo("America/Sao_Paulo")
_TEXT = {"assunto": "Feliz!", "html": "<p>Feliz!</p>", "mensagem_descadastro": "Sair?"}
_SEED: dict[str, Any] = {
    "listas": [{"id": "l1", "nome": "clientes"}, {"id": "l2", "nome": "dupla"}, {"id": "l3", "nome": "dupla"}],
    "contatos": [{"id": "c1", "nome": "Caju", "email": "caju@exemplo.com.br", "listas": ["l1"]}],
    "mensagens": [{"id": "m1", "nome": "natal", **_TEXT}],
}
_LIVE = {"id": "e1", "mensagem": "m1", "listas": ["l1"], "data_de_inicio": "2026-12-21T09:00"}
_CAMPAIGN: dict[str, Any] = {
    "listas": {"clientes": {}},
    "mensagens": {"natal": _TEXT},
    "envios": {"natal": {"mensagem": "natal", "listas": ["clientes"], "data_de_inicio": "2026-12-20T09:00"}},
}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace with one declared send."""
    (tmp_path / "reconciler.yaml").write_text(
        "versao: 1\nfuso_horario: America/Sao_Paulo\ncontas: {principal: {}}\n", encoding="utf-8"
    )
    declare(tmp_path, _CAMPAIGN)
    return tmp_path


def declare(root: Path, campaign: object) -> None:
    """The workspace's one campaign file."""
    (root / "campanha.yaml").write_text(json.dumps(campaign), encoding="utf-8")


def opened(open_account: OpenAccount, at: str, *sends: dict[str, Any]) -> Sandbox:
    """An account with these sends, whose clock stands at `at`."""
    sandbox = open_account({**_SEED, "agora": "2026-11-02T08:00", "envios": list(sends)})
    sandbox.clock.set(datetime.fromisoformat(at).replace(tzinfo=_ZONE))
    sandbox.clock.stop()
    return sandbox


def begun(root: Path, sandbox: Sandbox, at: str) -> FileHome:
    """A ledger of a run that was killed at `at`, after it had asked for the send."""
    home = FileHome(root / ".reconciler" / "principal.json")
    evidence = {"mensagem": "m1", "listas": "l1", "data_de_inicio": "20/12/2026 09:00"}
    moment = datetime.fromisoformat(at).replace(tzinfo=_ZONE)
    with open_ledger(home, account="principal", origin=sandbox.url) as ledger:
        ledger.begin(Intent("i1", Address("envio", "natal"), Action.SCHEDULE, moment, 1, evidence))
    return home


def actions(ran: Ran) -> list[str]:
    """The changes of a plan."""
    return [change["id"] for change in ran.document["changes"]]


def posts(sandbox: Sandbox) -> list[str]:
    """The requests with an effect that the account has seen."""
    return [item.path for item in sandbox.history.requests() if item.method != "GET"]


def plan(run: Run, sandbox: Sandbox) -> Ran:
    """One plan, as JSON."""
    return run("plan", "--format", "json", url=sandbox.url)


def test_an_outcome_that_nobody_can_tell_asks_and_sends_nothing(
    workspace: Path, open_account: OpenAccount, run: Run
) -> None:
    """With no time left to try again, plan and apply exit 7 with the question; the answer `--absent` closes it."""
    sandbox = opened(open_account, "2026-12-20T08:57")
    home = begun(workspace, sandbox, "2026-12-20T08:50")
    planned = plan(run, sandbox)
    assert planned.code == 7
    assert [item["rule"] for item in planned.document["blocked"]] == ["open-outcome"]
    for _ in range(2):
        applied = run("apply", "--yes", url=sandbox.url)
        assert applied.code == 7
        for words in ("reconciler resolve envio.natal --adopt ID", "reconciler resolve envio.natal --absent"):
            assert words in applied.out
    assert not posts(sandbox)
    answered = run("resolve", "envio.natal", "--absent", url=sandbox.url)
    assert (answered.code, "nothing that is in the account" in answered.out) == (0, True)
    memory = read_ledger(home, account="principal", origin=sandbox.url)
    assert not memory.open_intents()
    moved = {**_CAMPAIGN, "envios": {"natal": {**_CAMPAIGN["envios"]["natal"], "data_de_inicio": "2026-12-22T09:00"}}}
    declare(workspace, moved)
    assert actions(plan(run, sandbox)) == ["envio.natal/schedule"]


def test_the_command_that_is_suggested_can_be_copied(
    workspace: Path, open_account: OpenAccount, spawn: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """It names the workspace and the account of the call that suggested it, and works from anywhere."""
    sandbox = opened(open_account, "2026-12-20T08:57")
    begun(workspace, sandbox, "2026-12-20T08:50")
    shown = spawn("plan", "--account=principal", "--no-color", url=sandbox.url)
    assert shown.code == 7
    found = re.search(r"reconciler (resolve \S.*? --absent)", shown.out[shown.out.index("It is not: ") :])
    assert found is not None
    assert f"-C {workspace} --account=principal envio.natal" in found[0]
    environment = {**os.environ, "CRIAENVIO_URL": sandbox.url, "CRIAENVIO_CHAVE": KEY}
    words = [sys.executable, "-m", "reconciler", *shlex.split(found[1])]
    elsewhere = tmp_path_factory.mktemp("outro")
    answered = subprocess.run(words, env=environment, capture_output=True, text=True, cwd=elsewhere, check=False)
    assert (answered.returncode, "nothing that is in the account" in answered.stdout) == (0, True)


def test_an_outcome_that_a_person_has_seen_is_adopted(workspace: Path, open_account: OpenAccount, run: Run) -> None:
    """`--adopt` binds what was found in the vendor's screen, however it differs: the next plan shows how."""
    sandbox = opened(open_account, "2026-12-20T08:57", _LIVE)
    begun(workspace, sandbox, "2026-12-20T08:50")
    assert plan(run, sandbox).code == 7
    answered = run("resolve", "envio.natal", "--adopt", "e1", "--format", "json", url=sandbox.url)
    assert answered.code == 0
    assert answered.document == {
        "format_version": 1,
        "address": "envio.natal",
        "live_id": "e1",
        "former_ids": [],
        "closed": ["schedule"],
    }
    Draft202012Validator(schemas()["resolution.schema.json"]).validate(answered.document)
    declare(
        workspace,
        _CAMPAIGN | {"envios": {"natal": {**_CAMPAIGN["envios"]["natal"], "data_de_inicio": "2026-12-22T09:00"}}},
    )
    assert "envio.natal/reschedule" in actions(plan(run, sandbox))
    assert not posts(sandbox)


@pytest.mark.parametrize(
    ("answer", "expected"), [(("--adopt", "e1"), "envio.natal/reschedule"), (("--absent",), "envio.natal/schedule")]
)
@pytest.mark.usefixtures("workspace")
def test_a_look_alike_is_asked_about_once(
    answer: tuple[str, ...], expected: str, open_account: OpenAccount, run: Run
) -> None:
    """A ledger without memory schedules nothing beside what looks like it; the answer is remembered and acted upon."""
    sandbox = opened(open_account, "2026-11-02T08:00", _LIVE)
    first = plan(run, sandbox)
    assert first.code == 4
    (item,) = first.document["blocked"]
    assert (item["rule"], item["candidates"]) == ("look-alike", ["e1"])
    assert "reconciler resolve envio.natal --adopt e1" in item["remedy"]
    assert run("apply", "--yes", url=sandbox.url).code == 4
    assert plan(run, sandbox).code == 4, "one apply does not make the ledger forget what it cannot tell"
    assert run("resolve", "envio.natal", *answer, url=sandbox.url).code == 0
    second = plan(run, sandbox)
    assert (second.code, actions(second)) == (0, [expected])
    assert run("apply", "--digest", second.document["digest"], url=sandbox.url).code == 0
    assert actions(plan(run, sandbox)) == []
    starts = sorted(row["data_de_inicio"][:10] for row in sandbox.state()["envios"] if row["status"] == "Agendado")
    assert starts == (["2026-12-20"] if "--adopt" in answer else ["2026-12-20", "2026-12-21"])


def test_a_ledger_that_accounts_for_all_asks_no_more(workspace: Path, open_account: OpenAccount, run: Run) -> None:
    """After one apply without a question, what others schedule beside ours is told of, and stops nothing."""
    sandbox = opened(open_account, "2026-11-02T08:00", _LIVE)
    declare(workspace, {"listas": {"clientes": {}}})
    assert run("apply", "--yes", url=sandbox.url).code == 0
    declare(workspace, _CAMPAIGN)
    planned = plan(run, sandbox)
    assert (planned.code, planned.document["blocked"]) == (0, [])
    assert [item["rule"] for item in planned.document["warnings"]] == ["look-alike"]


REFUSED: dict[str, tuple[tuple[str, ...], int, str]] = {
    "an id that is not there": (("envio.depois", "--adopt", "e9"), 4, "not in the account"),
    "another's": (("envio.depois", "--adopt", "e2"), 4, "e2 stands for envio.natal already"),
    "bound already": (("envio.natal", "--adopt", "e1"), 4, "stands for e2 already"),
    "it is there": (("envio.natal", "--absent"), 4, "the account shows it"),
    "a person is there": (("contato.caju@exemplo.com.br", "--absent"), 4, "the account shows it"),
    "a person who is not there": (("contato.caju@exemplo.com.br", "--adopt", "c9"), 4, "stands for c1 already"),
    "nothing is open": (("envio.depois", "--absent"), 4, "nothing about envio.depois is open"),
    "one of two": (("lista.dupla", "--absent"), 4, "would make one more"),
    "not declared": (("envio.nenhum", "--adopt", "e1"), 4, "nothing declares envio.nenhum"),
    "of another kind": (("lista.dupla", "--adopt", "e1"), 4, "not in the account"),
    "no answer": (("envio.natal",), 64, "say one of the two"),
    "two answers": (("envio.natal", "--absent", "--adopt", "e1"), 64, "say one of the two"),
    "no address": (("natal", "--absent"), 64, "is no address"),
    "no such kind": (("remetente.ola", "--absent"), 64, "is no address"),
    "no such account": (("envio.natal", "--absent", "--account", "outra"), 3, "outra"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_answer_that_does_not_fit_is_refused(
    name: str, workspace: Path, open_account: OpenAccount, run: Run
) -> None:
    """It says why and what would do, and leaves ledger and account as they are."""
    words, code, told = REFUSED[name]
    second = {**_CAMPAIGN["envios"]["natal"], "data_de_inicio": "2026-12-27T09:00"}
    sends = {**_CAMPAIGN["envios"], "depois": {**second, "estado": "cancelado"}}
    sandbox = opened(
        open_account, "2026-11-02T08:00", _LIVE, _LIVE | {"id": "e2", "data_de_inicio": "2026-12-20T09:00"}
    )
    campaign = {**_CAMPAIGN, "contatos": [{"email": "caju@exemplo.com.br"}], "envios": sends}
    declare(workspace, campaign)
    assert run("apply", "--yes", url=sandbox.url).code == 0
    declare(workspace, {**campaign, "listas": {"clientes": {}, "dupla": {}}})
    before = (workspace / ".reconciler" / "principal.json").read_bytes()
    refused = run("resolve", *words, url=sandbox.url)
    assert (refused.code, told in refused.err) == (code, True), refused.err
    assert (workspace / ".reconciler" / "principal.json").read_bytes() == before
    assert not posts(sandbox)
