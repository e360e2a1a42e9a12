"""Every case file through the real command line and real HTTP: plan, apply, the account afterwards, the second plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import pytest

from reconciler.ledger import FileHome, open_ledger
from reconciler.sandbox import Sandbox
from tests.cases.account import check_after, check_untouched
from tests.cases.reading import ACCOUNT, Case, cases, check
from tests.cases.seeds import ASSUMED, channel_seed, closed, differences
from tests.e2e.conftest import OpenAccount, Ran, Run

CASES = [case for case in cases() if case.only in ("", "e2e")]
VALID = [case for case in CASES if not case.invalid and not case.begun]
_RESOURCES = ["campos", "contatos", "envios", "grupos", "mensagens", "remetentes"]
_OTHER_READING = {
    "embeds_anunciados": False,
    "embeds_na_listagem": False,
    "recursos_em_30": _RESOURCES,
    "mais_novos_primeiro": _RESOURCES,
    "ja_enviada_ao_agendar": True,
    "codigo_fora_de_ordem": True,
    "envio_sem_destinatarios": False,
    "lista_inativa_recebe": False,
    "inscrever_descadastrado": True,
    "ignorar_ids_desconhecidos": True,
}
_FROM_LISTINGS = {"envio/people-let-go-are-not-counted"}
"""What is only known where listings carry the lists of contacts: without them more people are counted."""
_LONG_ENOUGH = timedelta(seconds=30)
"""In which a send of a few people is over."""


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.name)
def test_case(case: Case, tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """A case's plan is shown and made; the account is as stated, the rest untouched, and nothing is left to do."""
    _check_case(case, tmp_path, open_account, run)


@pytest.mark.parametrize(
    "case", [case for case in VALID if case.name not in _FROM_LISTINGS], ids=lambda case: case.name
)
def test_other_reading(case: Case, tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """The same holds under the other reading of what the vendor's documents leave open."""
    other = {**_OTHER_READING, **case.account.get("suposicoes", {})}
    _check_case(replace(case, account={**case.account, "suposicoes": other}), tmp_path, open_account, run)


def _check_case(case: Case, tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    case.write(tmp_path)
    sandbox = _opened(case, open_account)
    _remember(case, tmp_path, sandbox)
    before = sandbox.state()

    planned = _plan(case, sandbox, run, "--detailed-exitcode")
    check(case.plan, planned.document)
    assert planned.code == _plan_code(planned.document)

    applied = _apply(case, sandbox, run, planned.document)
    if not case.channels:  # their figures would move on
        sandbox.clock.advance(_LONG_ENOUGH)
    after = sandbox.state()
    if applied is None:
        assert after == before, "a plan that is refused touches nothing"
        return
    _check_result(case, applied, planned.document)
    check_after(case, before, after)
    check_untouched(planned.document, before, after)
    _check_second(case, planned.document, _plan(case, sandbox, run))


@pytest.mark.parametrize("case", [case for case in VALID if case.channels], ids=lambda case: case.name)
def test_channels_are_as_stated(case: Case, open_account: OpenAccount) -> None:
    """What a case says that other channels show is what the sandbox's APIs answer, figure by figure."""
    sandbox, shut = _opened(case, open_account), closed(case)
    rows = {
        "ogmma.lotes": () if "ogmma" in shut else _got(f"{sandbox.ogmma_url}/bulk")["data"],
        "ogmma.mensagens": () if "ogmma" in shut else _got(f"{sandbox.ogmma_url}/channels/ch/conversations/co")["data"],
        "mindo.envios_em_massa": _got(f"{sandbox.mindo_url}/api/v1/meta-templates/bulk-sends/")["results"],
    }
    assert differences(case, rows) == []


def _got(address: str) -> Any:
    request = Request(address, headers={"Authorization": "Bearer x", "X-API-Key": "x"})  # noqa: S310 - loopback
    with urlopen(request, timeout=10) as response:  # noqa: S310 - loopback
        return json.load(response)


@pytest.mark.parametrize("case", [case for case in CASES if case.invalid], ids=lambda case: case.name)
def test_invalid(case: Case, tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """What the configuration refuses makes no call at all, and exits 3."""
    case.write(tmp_path)
    sandbox = open_account(case.seed)
    for command in ("plan", "apply"):
        assert run(command, url=sandbox.url).code == 3
    assert run("validate").code == 3
    assert not sandbox.history.requests()


@pytest.mark.parametrize("case", [case for case in CASES if case.begun], ids=lambda case: case.name)
def test_open_outcomes(case: Case, tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """A plan sees what calls of unknown outcome may have made; an apply settles them first: tested elsewhere."""
    case.write(tmp_path)
    sandbox = _opened(case, open_account)
    _remember(case, tmp_path, sandbox)
    check(case.plan, _plan(case, sandbox, run).document)


def test_creation_is_waited_for(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """An envio that the vendor is still creating is read again until it is Agendado, and then treated as that."""
    case = next(case for case in CASES if case.name == "envio/none-agendado")
    sandbox = open_account(case.seed | {"suposicoes": {"segundos_em_criacao": 0.8}})
    case.write(tmp_path)
    plan = run("plan", "--format", "json", url=sandbox.url).document
    assert run("apply", "--digest", plan["digest"], url=sandbox.url).code == 0
    paused = replace(case, declared=deepcopy(case.declared))
    paused.declared["envios"]["natal"]["estado"] = "pausado"
    paused.write(tmp_path)
    second = run("plan", "--format", "json", url=sandbox.url).document
    assert [change["id"] for change in second["changes"]] == ["envio.natal/pause"]
    assert second["blocked"] == []


def test_audience_within_tolerance(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """A reviewed plan is still that plan for as many people within tolerancia_de_publico (2 %), and no other beyond."""
    case = next(case for case in CASES if case.name == "envio/none-agendado")
    people = [{"id": f"p{n}", "email": f"p{n}@exemplo.com.br", "listas": ["l1"]} for n in range(50)]
    case = replace(case, account={**case.account, "contatos": people})
    case.write(tmp_path)
    sandbox = _opened(case, open_account)
    _remember(case, tmp_path, sandbox)
    digest = _plan(case, sandbox, run).document["digest"]
    for ident in ("p0", "p1"):
        sandbox.edit("contatos", ident, ativo=False)
    before = sandbox.state()
    assert run("apply", "--digest", digest, url=sandbox.url).code == 5
    assert sandbox.state() == before
    sandbox.edit("contatos", "p1", ativo=True)
    assert run("apply", "--digest", digest, url=sandbox.url).code == 0
    assert [item["total_de_contatos"] for item in sandbox.state()["envios"]] == [49]


def test_policy_is_remembered(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """ao_remover of a resource counts after the resource is gone from the YAML, even if nothing else changed."""
    sandbox = open_account({})

    def applied(listas: Mapping[str, Any]) -> list[str]:
        Case("policy", "", declared={"listas": listas}).write(tmp_path)
        document = run("plan", "--format", "json", url=sandbox.url).document
        assert run("apply", "--digest", document["digest"], url=sandbox.url).code == 0
        return [change["id"] for change in document["changes"]]

    assert applied({"a": {}, "b": {}, "c": {"ao_remover": "manter"}}) == [f"lista.{key}/create" for key in "abc"]
    assert applied({"a": {}, "b": {"ao_remover": "manter"}, "c": {"ao_remover": "manter"}}) == []
    assert applied({}) == ["lista.a/deactivate"]
    assert {item["nome"]: item["ativo"] for item in sandbox.state()["listas"]} == {"a": False, "b": True, "c": True}


@pytest.mark.parametrize("name", ["conta/first-plan", "regras/antecedencia-refuses", "lista/ambiguous"])
def test_processes(name: str, tmp_path: Path, open_account: OpenAccount, run: Run, spawn: Run) -> None:
    """A process of its own shows the same plan, and ends with the same code, as the command line in this one."""
    case = next(case for case in CASES if case.name == name)
    case.write(tmp_path)
    sandbox = _opened(case, open_account)
    _remember(case, tmp_path, sandbox)
    options = ["--format", "json", "--detailed-exitcode"]
    here, there = run("plan", *options, url=sandbox.url), spawn("plan", *options, url=sandbox.url)
    assert (there.code, there.out) == (here.code, here.out)
    digest = here.document["digest"]
    applied = spawn("apply", "--digest", digest, "--format", "json", url=sandbox.url)
    assert applied.code == (4 if here.code == 4 else 0)


def _opened(case: Case, open_account: OpenAccount) -> Sandbox:
    """The case's account, its clock standing at `agora`; what is Enviando there has reached one person so far."""
    seed = case.seed
    going = [item for item in seed.get("envios", ()) if item.get("status") == "Enviando"]
    if going:
        for item in going:
            item["status"] = "Agendado"
        slow = {**seed.get("suposicoes", {}), "contatos_por_segundo": 0.001}
        seed |= {"agora": "2025-01-01T00:00", "suposicoes": slow}
    now = datetime.fromisoformat(case.agora).replace(tzinfo=ZoneInfo(seed["fuso_horario"]))
    if case.channels:
        assumed = {**ASSUMED, **seed.get("suposicoes", {})}
        seed |= channel_seed(case, now) | {"suposicoes": assumed}
    sandbox = open_account(seed, key=dict.fromkeys(closed(case), "another"))
    sandbox.clock.set(now)
    sandbox.clock.stop()
    return sandbox


def _remember(case: Case, root: Path, sandbox: Sandbox) -> None:
    """Write what the case says that the ledger holds."""
    home = FileHome(root / ".reconciler" / f"{ACCOUNT}.json")
    with open_ledger(home, account=ACCOUNT, origin=sandbox.url) as ledger:
        for address, binding in case.bindings().items():
            ledger.bind(address, binding)
        for intent in case.intents():
            ledger.begin(intent)
        if not case.fresh:
            ledger.settle()


def _permissions(case: Case) -> list[str]:
    return [
        *(word for permission in case.allow for word in ("--allow", permission)),
        *(word for address in case.allow_destroy for word in ("--allow-destroy", address)),
    ]


def _plan(case: Case, sandbox: Sandbox, run: Run, *options: str) -> Ran:
    """One `plan`, which never has an effect."""
    seen = len(sandbox.history.requests())
    ran = run("plan", *_permissions(case), "--format", "json", "--show-contacts", *options, url=sandbox.url)
    assert not ran.err or ran.code in (0, 2, 4), ran.err
    requests = sandbox.history.requests(seen)
    assert not any(request.effect for request in requests)
    assert len(requests) == ran.document["summary"]["planning_calls"]
    return ran


def _plan_code(document: Mapping[str, Any]) -> int:
    if document["blocked"] or document["refusals"]:
        return 4
    return 2 if document["changes"] or document["summary"]["adopted"] else 0


def _apply(case: Case, sandbox: Sandbox, run: Run, plan: Mapping[str, Any]) -> dict[str, Any] | None:
    """One `apply` of exactly `plan`: its result, or None where a guard refuses it."""
    seen = len(sandbox.history.requests())
    options = ["--digest", plan["digest"], "--format", "json", "--show-contacts"]
    ran = run("apply", *_permissions(case), *options, url=sandbox.url)
    if plan["refusals"]:
        assert ran.code == 4
        assert ran.document["refusals"] == plan["refusals"]
        return None
    made = len(sandbox.history.requests(seen))
    result = ran.document
    assert ran.code == result["exit_code"] == case.apply.get("exit", 4 if plan["blocked"] else 0), result
    if not case.apply:
        calls = plan["summary"]["calls"]
        assert result["summary"]["calls"] == calls, result["calls"]
        assert made == result["summary"]["planning_calls"] + calls
    return result


def _check_result(case: Case, result: Mapping[str, Any], plan: Mapping[str, Any]) -> None:
    """Every change has its outcome, `done` unless the case says otherwise."""
    expected = case.apply.get("outcomes", {})
    assert [change["id"] for change in result["changes"]] == [change["id"] for change in plan["changes"]]
    for change in result["changes"]:
        status, _, detail = expected.get(change["id"], "done").partition(": ")
        assert change["status"] == status, change
        assert detail in change["detail"], change


def _check_second(case: Case, first: Mapping[str, Any], second: Ran) -> None:
    """Nothing is left to do; what a person must decide stays."""
    if case.second:
        check(case.second, second.document)
    else:
        assert second.document["changes"] == []
        assert second.document["summary"]["adopted"] == 0
        assert second.document["refusals"] == []
        assert second.document["blocked"] == first["blocked"]
