"""Rehearsals through the command line: what is proved, what is not, and that nothing real is touched by either."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.e2e.channels import BOTH, EXAMPLES, JULY
from tests.e2e.conftest import OpenAccount, Run
from tests.e2e.test_cli import schema
from tests.e2e.test_examples import _ACCOUNTS
from tests.e2e.test_examples import EXAMPLES as REPOSITORIES
from tests.e2e.workspace import LISTS, SEED, SENDING, write, writes

BLOCKED: dict[str, Any] = {**LISTS, "envios": {}, "campos": {"cidade": {}}}
"""Of two campos of one name nobody knows which is meant."""
TWINS = [{"id": "K1", "nome": "cidade"}, {"id": "K2", "nome": "cidade"}]
SOON: dict[str, Any] = {**SENDING, "envios": {"um": {**SENDING["envios"]["um"], "data_de_inicio": "2026-11-02T08:10"}}}
"""A start that the lead time refuses."""


@pytest.mark.parametrize(("name", "account"), _ACCOUNTS, ids=lambda value: value)
def test_every_example_is_proved(name: str, account: str, run: Run, tmp_path: Path) -> None:
    """Each example's plan is proved before anything is applied, and the account is afterwards as it was."""
    root = tmp_path / name
    shutil.copytree(REPOSITORIES / name, root, ignore=shutil.ignore_patterns(".reconciler"))
    chosen = ("--account", account, "--sandbox")
    ran = run("rehearse", *chosen, "--format", "json", root=root)
    assert ran.code == 0, ran.out
    jsonschema.validate(ran.document, schema("rehearsal"))
    proof = ran.document["proof"]
    assert (proof["verdict"], proof["faults"], proof["notes"], proof["differences"]) == ("proved", [], [], 0)
    assert proof["calls"] == proof["predicted_calls"] == ran.document["summary"]["calls"]
    assert proof["sends"] == ran.document["summary"]["sends"]
    assert proof["messages"] == ran.document["summary"]["messages"]
    again = run("plan", *chosen, "--format", "json", root=root).document
    assert again["digest"] == ran.document["digest"]


def test_nothing_real_is_touched(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """The account gets nothing but reads, the ledger is not made, and no file is left behind."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    before, files = sandbox.state(), sorted(tmp_path.rglob("*"))
    ran = run("rehearse", url=sandbox.url)
    assert ran.code == 0, ran.out
    assert "proved on a copy of the account, in memory" in ran.out
    assert "1 send went out when the time came, as 12 e-mails, nobody twice" in ran.out
    assert sandbox.state() == before
    assert writes(sandbox) == []
    assert sorted(tmp_path.rglob("*")) == files


def test_after_an_apply_there_is_nothing_to_prove(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """With the ledger of an apply, the copy is found as declared, with what is left of the account untouched."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    digest = run("plan", "--format", "json", url=sandbox.url).document["digest"]
    assert run("apply", "--digest", digest, url=sandbox.url).code == 0
    proof = run("rehearse", "--format", "json", url=sandbox.url).document["proof"]
    assert (proof["verdict"], proof["changes"], proof["calls"]) == ("proved", 0, 0)
    assert proof["compared"] == 12 + 1 + 1 + 1 + 1  # contatos, lista, mensagem, envio, remetente


@pytest.mark.parametrize(
    ("assumed", "rules"),
    [
        ("minutos_de_passo=1440", {"failed", "not-converged", "touched"}),
        ("tamanho_maximo_da_mensagem=3", {"failed", "not-converged"}),
        ("lista_inativa_recebe=true", set()),
        ("ja_enviada_ao_agendar=true", set()),
    ],
)
def test_it_does_not_prove_what_does_not_hold(
    assumed: str, rules: set[str], run: Run, tmp_path: Path, open_account: OpenAccount
) -> None:
    """Where the vendor does what the plan does not reckon with, it is not proved: exit 1, and what did not hold."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    before = sandbox.state()
    ran = run("rehearse", "--assume", assumed, "--format", "json", url=sandbox.url)
    assert ran.code == bool(rules), ran.out
    assert {fault["rule"] for fault in ran.document["proof"]["faults"]} == rules
    assert ran.document["proof"]["verdict"] == ("not-proved" if rules else "proved")
    assert sandbox.state() == before


def test_who_is_activated_by_the_plan_gets_mail(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """What goes out in the end is counted after all of the plan was made."""
    people = [{"id": f"D{n}", "email": f"d{n}@exemplo.org", "listas": ["Lsp"], "ativo": n > 0} for n in range(3)]
    sandbox = open_account({**SEED, "contatos": people})
    write(tmp_path, {**SENDING, "contatos": [{"email": "d0@exemplo.org", "ativo": True}]})
    ran = run("rehearse", "--format", "json", url=sandbox.url)
    assert ran.document["proof"]["messages"] == 3, ran.out
    assert ran.code == 0


def test_blocked_items_are_left_and_told(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """What a person must decide is no fault: the rest is proved, and it ends with 4."""
    sandbox = open_account({**SEED, "campos": TWINS})
    write(tmp_path, BLOCKED)
    ran = run("rehearse", "--format", "json", url=sandbox.url)
    assert ran.code == 4
    assert ran.document["proof"]["verdict"] == "proved"
    assert [item["address"] for item in ran.document["proof"]["left"]] == ["campo.cidade"]
    assert "left alone on purpose: 1 blocked" in run("rehearse", url=sandbox.url).out


def test_a_refused_plan_is_not_rehearsed(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """Apply would stop before any call, and so does the rehearsal; what is allowed there is allowed here."""
    sandbox = open_account(SEED)
    write(tmp_path, SOON)
    ran = run("rehearse", "--format", "json", url=sandbox.url)
    assert (ran.code, ran.document["proof"]["verdict"]) == (4, "not-rehearsed")
    assert [item["rule"] for item in ran.document["refusals"]] == ["antecedencia_minima"]
    assert "not rehearsed: a guard refuses the plan" in run("rehearse", url=sandbox.url).out
    allowed = run("rehearse", "--allow", "antecedencia_minima=envio.um", "--format", "json", url=sandbox.url)
    assert (allowed.code, allowed.document["proof"]["verdict"]) == (0, "proved")


def test_a_send_that_waits_stays_waiting(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """What a check holds back is held back in the rehearsal as well, by what the channel shows now."""
    sandbox = open_account(EXAMPLES)
    start = {"data_de_inicio": "2025-07-05T09:00", "depois_de": ["verificacao.julho"]}
    sends = {"envios": {"um": {**SENDING["envios"]["um"], **start}}}
    write(tmp_path, {**SENDING, **sends, "verificacoes": {"julho": JULY}}, {"principal": BOTH})
    ran = run("rehearse", "--format", "json", url=sandbox.url)
    assert ran.code == 0, ran.out
    assert [item["rule"] for item in ran.document["proof"]["left"]] == ["waiting"]


def test_plan_puts_the_proof_into_its_report(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """Text, Markdown and JSON say what the rehearsal showed; the digest is that of the plan without it."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    bare = run("plan", "--format", "json", url=sandbox.url).document
    proved = run("plan", "--prove", "--format", "json", url=sandbox.url).document
    jsonschema.validate(proved, schema("plan"))
    assert proved.pop("proof")["verdict"] == "proved"
    assert proved == {name: value for name, value in bare.items() if name != "proof"}
    assert "Rehearsal  proved on a copy" in run("plan", "--prove", url=sandbox.url).out
    markdown = run("plan", "--prove", "--format", "markdown", url=sandbox.url).out
    assert "### Rehearsal\n\n✅ proved on a copy of the account, in memory." in markdown
    assert "- planned again: nothing to do" in markdown


def test_a_plan_that_is_not_proved_ends_with_1(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """Its report has what did not hold, whatever else it would have ended with."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    for style in ("text", "markdown", "json"):
        ran = run("plan", "--prove", "--assume", "minutos_de_passo=1440", "--format", style, url=sandbox.url)
        assert ran.code == 1
        assert "schedule failed" in ran.out
        assert "not-converged" in ran.out
        assert "reconciler apply" not in ran.out
    assert run("rehearse", "--assume", "minutos_de_passo=1440", "--format", "markdown", url=sandbox.url).code == 1


def test_nobody_is_named(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """What did not hold for a person is told without the address, unless contacts are shown."""
    contacts = [{"email": f"novo{n}@exemplo.org", "nome": f"Nome Novo {n}", "listas": ["sp"]} for n in range(30)]
    sandbox = open_account(SEED)
    write(tmp_path, {**SENDING, "contatos": contacts, "listas": {"sp": {}, "rj": {}}})
    ran = run("rehearse", "--assume", "limite_de_registros=0", url=sandbox.url)
    assert ran.code == 1
    assert "novo1@" not in ran.out
    assert "Nome Novo" not in ran.out
    assert "and 11 more changes" in ran.out


@pytest.mark.parametrize("assumed", ["reescrever_html", "nada=1", "minutos_de_passo=cedo", "=1"])
def test_an_assumption_that_is_none_is_refused(
    assumed: str, run: Run, tmp_path: Path, open_account: OpenAccount
) -> None:
    """With words, and a usage error."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    ran = run("rehearse", "--assume", assumed, url=sandbox.url)
    assert (ran.code, ran.out) == (64, "")
    assert ran.err


def test_what_contradicts_it_is_refused(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """A rehearsal reads everything, and assumptions are about rehearsals."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    assert run("rehearse", "--refresh", "none", url=sandbox.url).code == 64
    assert run("plan", "--prove", "--refresh", "changed", url=sandbox.url).code == 64
    assert run("rehearse", "--contacts-out", str(tmp_path / "x"), url=sandbox.url).code == 64
    assert run("plan", "--assume", "minutos_de_passo=5", url=sandbox.url).code == 64
