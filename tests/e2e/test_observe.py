"""`observe` through the real command line: each source, each format, every sort of selection."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.sandbox import Fault, FaultKind, Sandbox
from tests.e2e.channels import EXAMPLES, KEYS, reached, workspace
from tests.e2e.conftest import KEY, OpenAccount, Ran, Run

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "observation.schema.json").read_text(encoding="utf-8"))
PEOPLE = ("12025550143", "12025550144", "Preciso de ajuda", "=1+1", "202-555")
CONVERSATION = ("--where", "channelId=c1", "--where", "conversationId=v1")
ASKED: dict[str, tuple[str, ...]] = {
    "ogmma.lotes": (),
    "ogmma.mensagens": CONVERSATION,
    "mindo.envios_em_massa": (),
}


@pytest.fixture
def account(tmp_path: Path, open_account: OpenAccount, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """The documents' examples, and a workspace that names both vendors; Criaenvio's key is not needed."""
    workspace(tmp_path)
    sandbox = open_account(EXAMPLES)
    sandbox.clock.stop()
    reached(monkeypatch, sandbox)
    return sandbox


def _objects(ran: Ran) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in ran.out.splitlines()]
    for each in found:
        Draft202012Validator(SCHEMA).validate(each)
    return found


@pytest.mark.parametrize("style", ["table", "json", "csv"])
@pytest.mark.parametrize("source", ASKED)
@pytest.mark.usefixtures("account")
def test_people_are_masked(run: Run, source: str, style: str) -> None:
    """No phone number and no content is shown in any format, unless that is asked for; no key ever."""
    masked = run(f"observe {source}", *ASKED[source], "--format", style)
    assert masked.code == 0
    assert not [text for text in PEOPLE if text in masked.out]
    shown = run(f"observe {source}", *ASKED[source], "--format", style, "--show-contacts")
    there = {"ogmma.lotes": False, "mindo.envios_em_massa": style != "table", "ogmma.mensagens": True}
    assert any(text in shown.out for text in PEOPLE) is there[source]
    for text in (masked.out, masked.err, shown.out, shown.err):
        assert not [key for key in KEYS.values() if key in text]


@pytest.mark.usefixtures("account")
def test_a_mask_is_stable_within_an_output(run: Run) -> None:
    """Who wrote to whom can be followed in one output, and not from one to the next."""
    first, second = (_objects(run("observe ogmma.mensagens", *CONVERSATION, "--format", "json")) for _ in range(2))
    one, other = (each["fields"] for each in first)
    assert (one["from"], one["to"]) == (other["to"], other["from"])
    assert one["from"].startswith("***~")
    assert one["from"] != one["to"]
    assert second[0]["fields"]["from"] not in (one["from"], one["to"])


@pytest.mark.usefixtures("account")
def test_csv_is_read_by_a_spreadsheet_without_effect(run: Run) -> None:
    """A content that a spreadsheet would calculate is a text; every row has the heading's columns."""
    ran = run("observe ogmma.mensagens", *CONVERSATION, "--format", "csv", "--show-contacts")
    rows = list(csv.DictReader(io.StringIO(ran.out, newline="")))
    assert sorted(row["content"] for row in rows) == ["'=1+1", "Preciso de ajuda"]
    assert {len(row) for row in rows} == {13}


def test_fields_that_no_document_names(account: Sandbox, run: Run) -> None:
    """They are shown as they are, in JSON by their names, in CSV together in the last column."""
    account.assume(ogmma_campos_a_mais=True)
    documented = {"batchId", "status", "name", "totalRecipients", "sent", "failed", "progress"}
    more = set(_objects(run("observe ogmma.lotes", "--format", "json"))[0]["fields"]) - documented
    rows = list(csv.DictReader(io.StringIO(run("observe ogmma.lotes", "--format", "csv").out, newline="")))
    assert more - {"createdAt", "completedAt"} == set(json.loads(rows[0]["outros"]))


@pytest.mark.parametrize(
    ("source", "where", "names"),
    [
        ("ogmma.lotes", ["status=COMPLETED"], ["Campanha Junho 2025"]),
        ("ogmma.lotes", ["status=COMPLETED,IN_PROGRESS"], ["Campanha Junho 2025", "Promo Julho 2025"]),
        ("ogmma.lotes", ["createdAt>=2025-06-11"], ["Promo Julho 2025"]),
        ("ogmma.lotes", ["createdAt>=2025-06-10", "createdAt<=2025-06-10"], ["Campanha Junho 2025"]),
        ("ogmma.lotes", ["createdAt=2025-07-01"], ["Promo Julho 2025"]),
        ("ogmma.lotes", ["name=Promo Julho 2025", "status=COMPLETED"], []),
        ("ogmma.lotes", ["mais_recente=true"], ["Promo Julho 2025"]),
        ("mindo.envios_em_massa", ["template.id=45"], ["welcome_message"]),
        ("mindo.envios_em_massa", ["template.template_name=outro"], []),
        ("ogmma.mensagens", ["channelId=c1", "conversationId=v1", "direction=INBOUND"], [None]),
    ],
)
@pytest.mark.usefixtures("account")
def test_where(run: Run, source: str, where: list[str], names: list[str | None]) -> None:
    """Equality, lists, days and the newest select as `onde` does in a check."""
    ran = run(f"observe {source}", *(word for each in where for word in ("--where", each)), "--format", "json")
    assert ran.code == 0
    found = [each["fields"].get("name", each["fields"].get("template.template_name")) for each in _objects(ran)]
    assert sorted(map(str, found)) == sorted(map(str, names))


@pytest.mark.parametrize(
    ("source", "where", "told"),
    [
        ("ogmma.lotes", "nme=x", "did you mean name?"),
        ("ogmma.lotes", "status=COMPLETE", "write COMPLETED"),
        ("ogmma.lotes", "createdAt=01/06/2025", "write 2025-06-01"),
        ("ogmma.lotes", "status>=COMPLETED", "write status=VALUE"),
        ("ogmma.lotes", "createdAt>2025-06-01", "write createdAt>=2025-06-01"),
        ("ogmma.lotes", "status", "write FIELD=VALUE"),
        ("ogmma.mensagens", "channelId=c1", "add --where conversationId="),
        ("ogmma.lote", "status=COMPLETED", "did you mean ogmma.lotes?"),
    ],
)
def test_what_is_wrong_is_told(account: Sandbox, run: Run, source: str, where: str, told: str) -> None:
    """A mistake names the field and the remedy, is one of usage (64), and nothing is asked."""
    ran = run(f"observe {source}", "--where", where)
    assert ran.code == 64
    assert told in ran.err
    assert ran.out == ""
    assert account.history.requests() == []


@pytest.mark.usefixtures("account")
def test_twice(run: Run) -> None:
    """One field asked for twice is told, with how both are asked for."""
    ran = run("observe ogmma.lotes", "--where", "name=a", "--where", "name=b")
    assert ran.code == 64
    assert "write name=A,B" in ran.err


def test_only_the_workspace_file_is_needed(account: Sandbox, run: Run, tmp_path: Path) -> None:
    """Neither valid campaign files nor Criaenvio's address are needed; a vendor that is not named is told."""
    (tmp_path / "campanha.yaml").write_text("envios: [nao", encoding="utf-8")
    assert run("observe ogmma.lotes").code == 0
    workspace(tmp_path, {}, {})
    ran = run("observe ogmma.lotes")
    assert ran.code == 64
    assert "OGMMA_API_KEY" in ran.err
    assert len(account.history.requests()) == 1


@pytest.fixture
def many(tmp_path: Path, open_account: OpenAccount, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    """Three pages of bulk sends."""
    workspace(tmp_path)
    seed = {"agora": "2026-11-02T08:00", "ogmma": {"lotes": [{"nome": f"L{n}", "total": 1} for n in range(250)]}}
    sandbox = open_account(seed)
    reached(monkeypatch, sandbox)
    return sandbox


def test_all_pages_and_no_more_than_are_wanted(many: Sandbox, run: Run) -> None:
    """Everything is read; with --limit no page that is not needed."""
    assert len(_objects(run("observe ogmma.lotes", "--format", "json"))) == 250
    before = len(many.history.requests())
    assert len(_objects(run("observe ogmma.lotes", "--format", "json", "--limit", "100"))) == 100
    assert len(many.history.requests()) - before == 1


def test_a_failure_half_way(many: Sandbox, run: Run, tmp_path: Path) -> None:
    """What has come is printed, and the rest is told as missing by the exit code; a file is written whole or not."""
    many.faults.add(Fault(kind=FaultKind.REDIRECT, path="/ogmma/*", skip=1, count=None))
    ran = run("observe ogmma.lotes", "--format", "json")
    assert ran.code == 1
    assert len(_objects(ran)) == 100
    assert "error: GET /bulk: answered 307" in ran.err
    many.faults.clear()
    many.faults.add(Fault(kind=FaultKind.REDIRECT, path="/ogmma/*", skip=1, count=None))
    out = tmp_path / "lotes.csv"
    assert run("observe ogmma.lotes", "--format", "csv", "--out", str(out)).code == 1
    assert not [path.name for path in tmp_path.iterdir() if "lotes.csv" in path.name]
    many.faults.clear()
    assert run("observe ogmma.lotes", "--format", "csv", "--out", str(out)).code == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == 251


def test_a_reader_that_leaves(many: Sandbox, tmp_path: Path) -> None:
    """`| head -1` gets its line, and nothing is said about it."""
    addresses = {"OGMMA_URL": many.ogmma_url, "MINDO_URL": many.mindo_url}
    words = [sys.executable, "-m", "reconciler", "observe", "ogmma.lotes", "-C", str(tmp_path), "--format", "json"]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        words, env={**os.environ, **KEYS, **addresses}, stdout=pipe, stderr=pipe, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["source"] == "ogmma.lotes"
        process.stdout.close()
        said = process.stderr.read()
        process.wait(timeout=20)
    assert said == ""
    assert KEY not in said


@pytest.mark.parametrize("columns", [60, 80, 120, 200])
@pytest.mark.parametrize("source", ASKED)
@pytest.mark.usefixtures("account")
def test_tables_fit(run: Run, source: str, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Columns that have no room are left out, which is said, and no line is wider than the terminal."""
    monkeypatch.setenv("COLUMNS", str(columns))
    ran = run(f"observe {source}", *ASKED[source])
    assert max(map(len, ran.out.splitlines())) <= columns
    assert len(ran.out.splitlines()) >= 2
    assert ("no room for" in ran.err) is (columns < 200)


def test_what_cannot_be_told_is_counted(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for days, of a vendor that does not tell them, is told how many rows were left out for that."""
    workspace(tmp_path)
    assumed = {"ogmma_campos_ausentes": ("createdAt",)}
    with Sandbox.open(None, EXAMPLES, assumptions=assumed) as sandbox:
        reached(monkeypatch, sandbox)
        ran = run("observe ogmma.lotes", "--where", "createdAt>=2025-01-01", "--format", "json")
    assert (ran.code, ran.out) == (0, "")
    assert "0 rows, 1 call; 2 more left out: what --where asks is not told of them" in ran.err
