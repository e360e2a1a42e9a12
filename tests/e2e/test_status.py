"""`status` through the real command line: the account's own sends, the bulk sends of other channels, and the checks."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.config import load
from reconciler.ledger import open_ledger
from reconciler.sandbox import Sandbox
from tests.e2e.channels import BOTH, CAMPAIGN, EXAMPLES, JULY, JUNE, KEYS, reached, workspace
from tests.e2e.conftest import KEY, OpenAccount, Ran, Run
from tests.e2e.workspace import writes

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "status.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def account(tmp_path: Path, open_account: OpenAccount, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The documents' examples, as a workspace sees them whose one send has been applied."""
    workspace(tmp_path)
    sandbox = open_account(EXAMPLES)
    sandbox.clock.stop()
    reached(monkeypatch, sandbox)
    return sandbox


@pytest.fixture
def applied(account: Sandbox, run: Run) -> Sandbox:
    """The same once the send has been scheduled."""
    digest = run("plan", "--format", "json", url=account.url).document["digest"]
    assert run("apply", "--digest", digest, url=account.url).code == 0
    return account


def _look(run: Run, sandbox: Sandbox, *more: str) -> Ran:
    ran = run("status", "--format", "json", *more, url=sandbox.url)
    Draft202012Validator(SCHEMA).validate(ran.document)
    assert ran.document["exit_code"] == ran.code
    for key in KEYS.values():
        assert key not in ran.out + ran.err
    return ran


def _sends(ran: Ran) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in ran.document["sends"]}


def test_the_documents_figures_are_shown(applied: Sandbox, run: Run) -> None:
    """What the vendors' own examples say stands in the view, in JSON and in the text, at both widths."""
    before = len(applied.history.requests())
    ran = _look(run, applied)
    assert len(applied.history.requests()) - before == sum(ran.document["calls"].values()) == 3
    assert ran.code == 2
    found = _sends(ran)
    july = found["Promo Julho 2025"]
    assert (july["recipients"], july["sent"], july["failed"], july["progress"]) == (1000, 450, 2, 45)
    assert (july["standing"], july["start"], july["end"]) == ("open", "2025-07-01T07:00:00-03:00", None)
    june = found["Campanha Junho 2025"]
    assert (june["recipients"], june["sent"], june["failed"], june["end"]) == (500, 492, 8, "2025-06-10T12:25:10-03:00")
    welcome = found["welcome_message"]
    assert [welcome[name] for name in ("recipients", "sent", "delivered", "read", "failed")] == [3, 3, 2, 1, 0]
    assert (found["um"]["status"], found["um"]["standing"]) == ("Agendado", "open")
    assert {item["address"]: item["ruling"] for item in ran.document["checks"]} == {
        "verificacao.julho": "not-yet",
        "verificacao.junho": "holds",
    }
    text = run("status", url=applied.url)
    assert "\x1b" not in text.out
    for shown in ("Promo Julho 2025", "IN_PROGRESS", "█", " 45%", "450", "1.000", "492", "Agendado", "qui 03/07 09:00"):
        assert shown in text.out


@pytest.mark.parametrize("columns", [80, 120])
def test_it_fits(applied: Sandbox, run: Run, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line is wider than the terminal."""
    monkeypatch.setenv("COLUMNS", str(columns))
    assert max(map(len, run("status", url=applied.url).out.splitlines())) <= columns


def test_it_writes_nothing_and_waits_for_nobody(applied: Sandbox, run: Run, tmp_path: Path) -> None:
    """Another run may hold the ledger; neither that nor any account is written."""
    home = load(tmp_path).accounts["principal"].ledger
    ledger = (tmp_path / ".reconciler" / "principal.json").read_bytes()
    made = writes(applied)
    with open_ledger(home, account="principal", origin=applied.url):
        assert _look(run, applied).code == 2
    assert writes(applied) == made
    assert (tmp_path / ".reconciler" / "principal.json").read_bytes()[:200] == ledger[:200]


def test_an_envio_has_figures_once_it_has_begun(applied: Sandbox, run: Run) -> None:
    """One call more for each that has; when all is over the exit code is 0."""
    applied.clock.advance(timedelta(days=3))
    ran = _look(run, applied)
    assert ran.document["calls"]["GET /envios/{id}"] == 1
    one = _sends(ran)["um"]
    assert (one["status"], one["recipients"], one["sent"], one["failed"], one["progress"]) == (
        "Concluído",
        12,
        12,
        0,
        100,
    )
    assert one["reactions"] == {"cliques_unicos": 0, "descadastros": 0}
    assert (ran.code, ran.document["over"], ran.document["outcome"]) == (0, True, "done")


@pytest.mark.parametrize(
    ("status", "reason"), [("Cancelado", "cancelled outside"), ("Suspenso", "only if it is resumed")]
)
def test_what_somebody_else_did(applied: Sandbox, run: Run, status: str, reason: str) -> None:
    """A send that was cancelled or paused by hand has to be looked at: exit 4, and nothing more is waited for."""
    [live] = [row["id"] for row in applied.state()["envios"]]
    applied.edit("envios", live, status=status)
    applied.clock.advance(timedelta(hours=2))
    ran = _look(run, applied)
    assert (ran.code, ran.document["over"]) == (4, True)
    one = _sends(ran)["um"]
    assert one["standing"] == "wrong"
    assert reason in one["reason"]


def test_what_was_let_go_is_shown_while_it_is_recent(applied: Sandbox, run: Run, tmp_path: Path) -> None:
    """What the ledger alone remembers is shown too; a week after its end it is only counted."""
    workspace(tmp_path, {**CAMPAIGN, "envios": {}})
    assert _sends(_look(run, applied))["um"]["address"] == "envio.um"
    applied.clock.advance(timedelta(days=20))
    ran = _look(run, applied)
    assert "um" not in _sends(ran)
    assert ran.document["not_shown"] == 2  # with Mindo's; Ogmma's are what the checks are about
    assert "um" in _sends(_look(run, applied, "--recent", "30d"))


def test_before_the_first_apply(account: Sandbox, run: Run, tmp_path: Path) -> None:
    """A declared send that is not there yet is shown with what it waits for; one that was missed is a problem."""
    gated = {**CAMPAIGN["envios"]["um"], "depois_de": ["verificacao.julho"]}
    late = {**CAMPAIGN["envios"]["um"], "data_de_inicio": "2025-06-30T09:00"}
    off = {**CAMPAIGN["envios"]["um"], "estado": "cancelado"}
    workspace(tmp_path, {**CAMPAIGN, "envios": {"um": gated}})
    ran = _look(run, account)
    assert ran.code == 2
    assert "waits for verificacao.julho" in _sends(ran)["um"]["reason"]
    workspace(tmp_path, {**CAMPAIGN, "envios": {"um": gated, "tarde": late, "nunca": off}})
    ran = _look(run, account)
    assert ran.code == 4
    assert _sends(ran)["tarde"]["standing"] == "wrong"
    assert "nunca" not in _sends(ran)


def test_a_broken_check_and_a_cancelled_batch(account: Sandbox, run: Run, tmp_path: Path) -> None:
    """Both are exit 4; where a check says what is good enough, the vendor's word does not matter."""
    account.edit("ogmma.lotes", "bulk_6651b4c3d5e6f7a8901235", status="CANCELLED")
    workspace(tmp_path, {**CAMPAIGN, "envios": {}})
    ran = _look(run, account)
    assert (ran.code, _sends(ran)["Promo Julho 2025"]["standing"]) == (4, "wrong")
    expected = {**JULY, "espera": {"status": ["COMPLETED", "CANCELLED"]}}
    workspace(tmp_path, {**CAMPAIGN, "envios": {}, "verificacoes": {"julho": expected}})
    ran = _look(run, account)
    assert (ran.code, _sends(ran)["Promo Julho 2025"]["standing"]) == (0, "done")


def test_unknown_statuses_and_nulls_are_shown(account: Sandbox, run: Run) -> None:
    """A status that no document names is shown as it is, and what is not told as not told."""
    account.assume(ogmma_em_andamento="PAUSED_BY_META", ogmma_campos_nulos=("sent", "progress"))
    ran = _look(run, account)
    july = _sends(ran)["Promo Julho 2025"]
    assert (july["status"], july["phase"], july["sent"], july["progress"]) == ("PAUSED_BY_META", "unknown", None, None)
    assert "PAUSED_BY_META" in run("status", url=account.url).out


@pytest.mark.usefixtures("account")
def test_one_key_that_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The source is told as not read, with the reason; the others are shown all the same; the exit code is 1."""
    with Sandbox.open(
        None, EXAMPLES, key={"ogmma": "outra", "mindo": KEYS["MINDO_API_KEY"], "criaenvio": KEY}
    ) as locked:
        locked.clock.stop()
        reached(monkeypatch, locked)
        ran = _look(run, locked)
    assert ran.code == 1
    assert [(item["source"], item["later"]) for item in ran.document["unread"]] == [("ogmma.lotes", False)]
    assert "UNAUTHORIZED" in ran.document["unread"][0]["reason"]
    assert "welcome_message" in _sends(ran)


def test_no_key_at_all(account: Sandbox, run: Run, tmp_path: Path) -> None:
    """A vendor that is named and whose key is nowhere is told as not read."""
    workspace(tmp_path, CAMPAIGN, {**BOTH, "mindo": {"chave": {"env": "MINDO_OUTRA"}}})
    ran = _look(run, account)
    assert ran.code == 1
    assert "MINDO_OUTRA is not set" in ran.document["unread"][0]["reason"]


def test_a_check_on_a_vendor_that_is_not_named(account: Sandbox, run: Run, tmp_path: Path) -> None:
    """It cannot be looked at, which is no success."""
    workspace(tmp_path, {"verificacoes": {"junho": JUNE}}, {})
    ran = _look(run, account)
    assert (ran.code, [item["ruling"] for item in ran.document["checks"]]) == (1, ["not-read"])


def test_broken_files_are_told(account: Sandbox, run: Run, tmp_path: Path) -> None:
    """Without valid files it is not known what is declared: exit 3, with the place, and nothing is asked."""
    (tmp_path / "campanha.yaml").write_text("envios: [nao", encoding="utf-8")
    ran = run("status", url=account.url)
    assert ran.code == 3
    assert "campanha.yaml:1" in ran.err
    assert account.history.requests() == []


def test_no_contacts_are_read(account: Sandbox, run: Run, tmp_path: Path) -> None:
    """A status needs no people: a file of contacts that is not there keeps nobody from looking."""
    workspace(tmp_path, {**CAMPAIGN, "contatos_de": [{"arquivo": "nada.csv"}]})
    assert run("validate", url=account.url).code == 3
    assert run("status", url=account.url).code == 2


@pytest.mark.parametrize("damage", ["{", ""])
def test_a_damaged_ledger_is_told(applied: Sandbox, run: Run, tmp_path: Path, damage: str) -> None:
    """What it remembers is not known, and that is said; channels and checks are shown all the same."""
    (tmp_path / ".reconciler" / "principal.json").write_text(damage, encoding="utf-8")
    ran = _look(run, applied)
    assert ran.code == 1
    assert [item["source"] for item in ran.document["unread"]] == ["ledger"]
    assert _sends(ran)["um"]["status"] == "not known"
    assert len(ran.document["checks"]) == 2


def test_against_the_embedded_sandbox(tmp_path: Path, run: Run) -> None:
    """It needs neither keys nor a network."""
    (tmp_path / "semente.json").write_text(json.dumps(EXAMPLES), encoding="utf-8")
    workspace(tmp_path, CAMPAIGN, {**BOTH, "sandbox": {"semente": "semente.json"}})
    assert run("status", "--sandbox").code == 2
