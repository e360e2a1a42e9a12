"""Checks through the command line over HTTP: every source, every verdict, and everything that can go wrong with it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from reconciler.engine.model import Action, Address, Intent
from reconciler.ledger import FileHome, open_ledger
from reconciler.sandbox import Fault, FaultKind, Sandbox
from tests.e2e.conftest import KEYS, OpenAccount, Ran, Run
from tests.e2e.workspace import LEAVE, wait_for, write
from tests.providers.described import Description

LOTES, MENSAGENS, MASSA = "ogmma.lotes", "ogmma.mensagens", "mindo.envios_em_massa"
BASES = {"ogmma": "/ogmma/v1", "mindo": "/mindo"}
PATHS = {
    LOTES: "/ogmma/v1/bulk",
    MENSAGENS: "/ogmma/v1/channels/*",
    MASSA: "/mindo/api/v1/meta-templates/bulk-sends/",
}
CHECKS: Mapping[str, Mapping[str, Any]] = {
    LOTES: {"onde": {"name": "Natal"}, "espera": {"status": "COMPLETED", "falhas": "<= 2%"}},
    MENSAGENS: {
        "onde": {"channelId": "c1", "conversationId": "v1", "direction": "OUTBOUND"},
        "espera": {"status": ["DELIVERED", "READ"]},
    },
    MASSA: {"onde": {"template.template_name": "natal"}, "espera": {"status": "COMPLETED", "falhas": "<= 2%"}},
}
ACCOUNT: Mapping[str, Any] = {
    "ogmma": {"chave": {"env": "OGMMA_API_KEY"}},
    "mindo": {"chave": {"env": "MINDO_API_KEY"}},
    "limites": {"prazo": "1s", "atraso_maximo": "1s"},
}
SEED: Mapping[str, Any] = {
    "agora": "2026-11-02T08:00",
    "remetentes": [{"id": "R1", "nome": "Loja", "email": "ola@loja.exemplo", "principal": True, "confirmado": True}],
    "listas": [{"id": "L1", "nome": "todos"}],
    "contatos": [{"id": "C1", "email": "ana@exemplo.com.br", "listas": ["L1"]}],
}
DONE: Mapping[str, Any] = {"total": 100, "criado": "2026-11-01T08:00", "duracao": 600}
GOING: Mapping[str, Any] = {"total": 100, "criado": "2026-11-02T07:59", "duracao": 6000}
STOPPED: Mapping[str, Any] = {"total": 100, "criado": "2026-11-01T08:00", "cancelado": "2026-11-01T08:01"}
SAID: Mapping[str, Any] = {"canal": "c1", "conversa": "v1", "de": "12025550143", "para": "12025550144"}
SHOWN: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "holds": {LOTES: DONE, MENSAGENS: {"criado": "2026-11-01T08:00", "entregue": "2026-11-01T08:01"}, MASSA: DONE},
    "not-yet": {LOTES: GOING, MENSAGENS: {"criado": "2026-11-01T08:00"}, MASSA: GOING},
    "broken": {LOTES: STOPPED, MASSA: STOPPED},
    "not-found": {
        LOTES: {**DONE, "nome": "Outro"},
        MENSAGENS: {"direcao": "INBOUND"},
        MASSA: {**DONE, "modelo": "outro"},
    },
}
"""What each source shows so that its check comes to a verdict. A message can be followed by another: none is broken."""


def workspace(root: Path, source: str, account: Mapping[str, Any] = ACCOUNT) -> None:
    """A campo to be made, and an envio that comes after a check on `source`."""
    campaign = {
        "campos": {"cidade": {}},
        "listas": {"todos": {}},
        "mensagens": {"natal": {"assunto": "Oi", "html": "<p>Oi</p>", "mensagem_descadastro": LEAVE}},
        "verificacoes": {"canal": {"fonte": source, **CHECKS[source]}},
        "envios": {
            "natal": {
                "mensagem": "natal",
                "listas": ["todos"],
                "data_de_inicio": "2026-12-20T09:00",
                "depois_de": ["verificacao.canal"],
            }
        },
    }
    write(root, campaign, {"principal": dict(account)})


def seed(source: str, shown: Mapping[str, Any], count: int = 1, **more: Any) -> dict[str, Any]:
    """The account with `count` objects of `source`."""
    records = {
        LOTES: {"nome": "Natal", **shown},
        MENSAGENS: {**SAID, **shown},
        MASSA: {"modelo": "natal", **shown},
    }
    vendor, _, section = source.partition(".")
    return {**SEED, vendor: {section: [records[source]] * count}, **more}


def applied(run: Run, root: Path, source: str, sandbox: Sandbox) -> Ran:
    """An apply of all that does not wait, reviewed while the account had no key for any channel: they are not asked."""
    workspace(root, source, {})
    digest = run("plan", "--format", "json", url=sandbox.url).document["digest"]
    workspace(root, source)
    return run("apply", "--digest", digest, "--format", "json", url=sandbox.url)


def ruling(ran: Ran) -> str:
    """The verdict on the one check."""
    [check] = ran.document["checks"]
    return str(check["ruling"])


def check_secrets(root: Path) -> None:
    """No file of the workspace has a key."""
    files = [path.read_bytes() for path in root.rglob("*") if path.is_file()]
    assert not [key for key in KEYS.values() for content in files if key.encode() in content]


def check_described(sandbox: Sandbox) -> None:
    """Whatever was asked of the other channels is a call that their descriptions have, with values that it takes."""
    for item in asked(sandbox):
        vendor = "ogmma" if item.path.startswith(BASES["ogmma"]) else "mindo"
        described = _description(vendor)
        operation = described.operation(item.method, item.path.removeprefix(BASES[vendor]))
        described.check_query(operation, item.query)


@cache
def _description(vendor: str) -> Description:
    return Description(vendor)


def check_closed(ran: Ran, sandbox: Sandbox, root: Path) -> None:
    """The source was not read: one warning, the envio waits, the rest was made, and that is no failure."""
    assert ran.code == 0, ran.out + ran.err
    assert ruling(ran) == "not-read"
    assert [item["rule"] for item in ran.document["warnings"]] == ["not-read"]
    assert [item["address"] for item in ran.document["waiting"]] == ["envio.natal"]
    assert {change["status"] for change in ran.document["changes"]} == {"done"}
    state = sandbox.state()
    assert [item["nome"] for item in state["campos"]] == ["cidade"]
    assert [item["nome"] for item in state["mensagens"]] == ["natal"]
    assert state["envios"] == []
    check_secrets(root)


@pytest.mark.parametrize(
    ("source", "verdict"), [(source, verdict) for verdict, shown in SHOWN.items() for source in shown]
)
def test_verdict(source: str, verdict: str, tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """A check that holds lets its envio go on, one that is broken blocks it, and with any other it waits."""
    workspace(tmp_path, source)
    sandbox = open_account(seed(source, SHOWN[verdict][source]))
    plan = run("plan", "--format", "json", "--detailed-exitcode", url=sandbox.url)
    assert ruling(plan) == verdict
    assert plan.code == (4 if verdict == "broken" else 2)
    ran = run("apply", "--digest", plan.document["digest"], "--format", "json", url=sandbox.url)
    assert ran.code == (4 if verdict == "broken" else 0)
    done = [change["id"] for change in ran.document["changes"]]
    assert "campo.cidade/create" in done
    assert ("envio.natal/schedule" in done) is (verdict == "holds")
    assert len(sandbox.state()["envios"]) == (verdict == "holds")
    assert ran.document["summary"]["calls"] == plan.document["summary"]["calls"]
    second = run("plan", "--detailed-exitcode", url=sandbox.url)
    assert second.code == (4 if verdict == "broken" else 0)
    check_described(sandbox)
    check_secrets(tmp_path)


@pytest.mark.parametrize("source", PATHS)
def test_wrong_key(source: str, tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """401 is told in the vendor's words, and asked only once."""
    sandbox = open_account(seed(source, SHOWN["holds"][source]), key={"ogmma": "outra", "mindo": "outra"})
    ran = applied(run, tmp_path, source, sandbox)
    check_closed(ran, sandbox, tmp_path)
    assert "refused with 401: " in ran.document["warnings"][0]["summary"]
    assert [item.status for item in asked(sandbox)] == [401]


FAULTS: Mapping[str, Mapping[str, Any]] = {
    "answered 500": {"kind": FaultKind.ERROR, "status": 500},
    "too often (429)": {"kind": FaultKind.THROTTLE},
    "a page instead of data": {"kind": FaultKind.PAGE, "status": 200},
    "bad gateway": {"kind": FaultKind.PAGE, "status": 502},
    "no answer in time": {"kind": FaultKind.SLOW, "delay": 1.5},
    "half of the JSON": {"kind": FaultKind.TRUNCATE},
}


@pytest.mark.parametrize("source", PATHS)
@pytest.mark.parametrize("fault", FAULTS)
def test_failing(fault: str, source: str, tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """What fails for good is asked again for a while; then the rest goes on, and the gate stays closed."""
    sandbox = open_account(seed(source, SHOWN["holds"][source]))
    sandbox.faults.add(Fault(path=PATHS[source], count=None, **FAULTS[fault]))
    check_closed(applied(run, tmp_path, source, sandbox), sandbox, tmp_path)
    assert len(asked(sandbox)) > 1


@pytest.mark.parametrize("retry_after", [None, "1"])
@pytest.mark.parametrize("source", PATHS)
def test_throttled_for_a_while(
    source: str, retry_after: str | None, tmp_path: Path, open_account: OpenAccount, run: Run
) -> None:
    """Overload that passes is waited for, as long as the vendor asks for, and stops nothing."""
    workspace(tmp_path, source)
    sandbox = open_account(seed(source, SHOWN["holds"][source]))
    sandbox.faults.add(Fault(kind=FaultKind.THROTTLE, path=PATHS[source], retry_after=retry_after))
    plan = run("plan", "--format", "json", url=sandbox.url)
    assert (plan.code, ruling(plan)) == (0, "holds")
    assert [item.status for item in asked(sandbox)] == [429, 200]


def test_throttled_for_good(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """A Retry-After that is asked for again and again is obeyed a few times, and then given up."""
    sandbox = open_account(seed(LOTES, DONE))
    sandbox.faults.add(Fault(kind=FaultKind.THROTTLE, path=PATHS[LOTES], retry_after="1", count=None))
    check_closed(applied(run, tmp_path, LOTES, sandbox), sandbox, tmp_path)


def test_a_next_that_leads_elsewhere(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """It is not followed, the key stays home, and what is not seen whole counts as not read."""
    sandbox = open_account(seed(MASSA, DONE, count=101, suposicoes={"mindo_next": "outro_host"}))
    ran = applied(run, tmp_path, MASSA, sandbox)
    check_closed(ran, sandbox, tmp_path)
    assert "the key stays home" in ran.document["warnings"][0]["summary"]
    assert len(asked(sandbox)) == 1


def test_a_redirection(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """It is not followed either."""
    sandbox = open_account(seed(LOTES, DONE))
    sandbox.faults.add(Fault(kind=FaultKind.REDIRECT, path=PATHS[LOTES], location=sandbox.mindo_url, count=None))
    check_closed(applied(run, tmp_path, LOTES, sandbox), sandbox, tmp_path)
    assert len(asked(sandbox)) == 1


@pytest.mark.parametrize("source", PATHS)
def test_no_key(source: str, tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """An account without a key for a channel is told so once, where the check stands and how to mend it."""
    workspace(tmp_path, source, {})
    sandbox = open_account(seed(source, SHOWN["holds"][source]))
    plan = run("plan", "--format", "json", url=sandbox.url)
    assert (plan.code, ruling(plan)) == (0, "not-read")
    [warning] = plan.document["warnings"]
    assert (warning["rule"], warning["place"].partition(":")[0]) == ("no-channel", "campanha.yaml")
    assert "{chave: {env: " in warning["remedy"]
    assert plan.out.count("has no key for") == 1 + 2, "the warning, the check, and why the envio waits"
    assert not asked(sandbox)


def test_looked_at_again_right_before_the_call(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """What no longer holds when the envio is to be scheduled keeps it from that: "changed since plan", nothing sent."""
    workspace(tmp_path, LOTES)
    sandbox = open_account(seed(LOTES, {**DONE, "id": "b1"}))
    digest = run("plan", "--format", "json", url=sandbox.url).document["digest"]
    seen = len(asked(sandbox))

    def turn() -> None:
        wait_for(
            lambda: len(asked(sandbox)) > seen
        )  # the plan of the apply; the call before the send is a second later
        sandbox.edit("ogmma.lotes", "b1", status="REVOKED_BY_META")

    hand = threading.Thread(target=turn)
    hand.start()
    ran = run("apply", "--digest", digest, "--format", "json", url=sandbox.url)
    hand.join()
    assert ran.code == 6
    outcome = {change["id"]: change for change in ran.document["changes"]}["envio.natal/schedule"]
    assert outcome["status"] == "failed"
    assert "changed since plan: verificacao.canal does not hold any more: status REVOKED_BY_META" in outcome["detail"]
    assert sandbox.state()["envios"] == []
    assert len(asked(sandbox)) == seen + 2


def test_who_needs_no_channel_asks_none(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """Stopping, resolving, the ledger and validation work without these vendors."""
    sandbox = open_account(seed(LOTES, GOING))
    assert applied(run, tmp_path, LOTES, sandbox).code == 0
    seen = len(asked(sandbox))
    sandbox.faults.add(Fault(kind=FaultKind.DROP, path="/ogmma/*", count=None))
    begun = Intent(
        "one",
        Address("envio", "natal"),
        Action.SCHEDULE,
        datetime(2026, 11, 2, 7, tzinfo=ZoneInfo("America/Sao_Paulo")),
    )
    home = FileHome(tmp_path / ".reconciler" / "principal.json")
    with open_ledger(home, account="principal", origin=sandbox.url) as ledger:
        ledger.begin(begun)
    codes = {"validate": 0, "stop --all": 0, "resolve envio.natal --absent": 4, "ledger show": 0, "ledger verify": 0}
    assert {words: run(words, url=sandbox.url).code for words in codes} == codes
    assert len(asked(sandbox)) == seen


def asked(sandbox: Sandbox) -> list[Any]:
    """Every request so far to the other channels."""
    return [item for item in sandbox.history.requests() if item.path.startswith(("/ogmma/", "/mindo/"))]
