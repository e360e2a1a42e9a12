"""Snapshots through the command line: planned against without network or key, and of use for nothing else."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler.cli.opening import chosen
from reconciler.offline.against import planned_against
from reconciler.offline.file import load
from tests.e2e.canary import spellings
from tests.e2e.channels import BOTH, EXAMPLES, JULY, JUNE
from tests.e2e.conftest import KEYS, OpenAccount, Run
from tests.e2e.test_cli import schema
from tests.e2e.test_examples import _ACCOUNTS
from tests.e2e.test_examples import EXAMPLES as REPOSITORIES
from tests.e2e.workspace import LISTS, SEED, SENDING, write

KEY = "chave-do-instantaneo-0123456789abcdef"
CAMPAIGN: dict[str, Any] = {
    **SENDING,
    "campos": {"cidade": {}},
    "contatos": [
        {"email": "p1@exemplo.org", "nome": "Ana", "listas": ["sp"]},
        {"email": "nova@exemplo.org", "listas": ["sp"], "campos": {"cidade": "Santos"}},
    ],
}
PERSON = {
    "id": "Csecreto",
    "nome": "Berenice Ôlhodágua",
    "email": "berenice+canario@exemplo.com.br",
    "sexo": "f",
    "data_de_nascimento": "1977-03-29",
    "listas": ["Lsp"],
    "campos": {"cel": "+55 11 98765-4321", "obs": "alérgica a / amendoim & cia <nozes>"},
}
_GUARDED = """
import sys
def forbid(event, args):
    if event == "socket.getaddrinfo" and args[0] not in ("127.0.0.1", None):
        raise PermissionError(event)
    if event in ("socket.connect", "socket.bind", "socket.sendto") and args[1][0] != "127.0.0.1":
        raise PermissionError(event)
sys.addaudithook(forbid)
from reconciler.cli import main
main()
"""
"""The program, in a process that can reach nothing but this machine."""


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILER_SNAPSHOT_KEY", KEY)


def taken(run: Run, root: Path, url: str, *words: str) -> Path:
    """A snapshot of the account."""
    path = root / "conta.snapshot"
    ran = run("snapshot", "--out", str(path), *words, url=url, root=root)
    assert (ran.code, ran.out) == (0, ""), ran.err
    return path


def guarded(root: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The program without any key in its environment, and without a network."""
    environment = {"PATH": os.defpath, **variables}
    command = [sys.executable, "-c", _GUARDED, words[0], "-C", str(root), *words[1:]]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100, check=False)


def test_offline_it_is_the_same_plan(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """Without network and key, the plan has the changes and figures of the live one, and says what it is made from."""
    sandbox = open_account({**SEED, "campos": [{"id": "K", "nome": "cidade"}]})
    write(tmp_path, CAMPAIGN)
    path = taken(run, tmp_path, sandbox.url)
    live = run("plan", "--format", "json", url=sandbox.url).document
    words = ("plan", "--against", str(path), "--format", "json")
    ran = guarded(tmp_path, *words, RECONCILER_SNAPSHOT_KEY=KEY)
    assert (ran.returncode, ran.stderr) == (0, "")
    offline = json.loads(ran.stdout)
    jsonschema.validate(offline, schema("plan"))
    kinds = [(change["kind"], change["action"]) for change in live["changes"]]
    assert sorted(map(tuple, kinds)) == sorted((change["kind"], change["action"]) for change in offline["changes"])
    figures = ("changes", "adopted", "by_action", "calls", "sends", "recipients", "recipients_exact", "first_send")
    assert [offline["summary"][name] for name in figures] == [live["summary"][name] for name in figures]
    assert offline["digest"] != live["digest"]
    assert offline["generated_from"]["api"] == "snapshot"
    assert offline["against"]["contacts"] is True
    assert offline["against"]["snapshot"] == offline["generated_from"]["snapshot"]
    assert (live["against"], live["proof"]) == (None, None)
    assert offline["summary"]["planning_calls"] == 0
    assert guarded(tmp_path, *words, RECONCILER_SNAPSHOT_KEY=KEY).stdout == ran.stdout


@pytest.mark.parametrize(("name", "account"), _ACCOUNTS, ids=lambda value: value)
def test_every_example_is_planned_offline(name: str, account: str, run: Run, tmp_path: Path) -> None:
    """Each example's plan against a snapshot has the figures of the plan against its account."""
    root = tmp_path / name
    shutil.copytree(REPOSITORIES / name, root, ignore=shutil.ignore_patterns(".reconciler"))
    chosen = ("--account", account)
    path = taken(run, root, "", "--sandbox", *chosen)
    live = run("plan", "--sandbox", *chosen, "--format", "json", root=root).document
    offline = run("plan", "--against", str(path), *chosen, "--format", "json", root=root).document
    # What is known of single people (a conversation) is not in a snapshot, and so a check of it is not read.
    checks = (
        {item["address"] for item in live["checks"] if item["source"] == "ogmma.mensagens"} if "checks" in live else ()
    )
    assert offline["summary"]["by_action"] == live["summary"]["by_action"]
    assert offline["summary"]["recipients"] == live["summary"]["recipients"]
    assert len(offline["blocked"]) == len(live["blocked"])
    assert len(offline["warnings"]) == len(live["warnings"]) + bool(checks)


@pytest.mark.parametrize("style", ["text", "markdown"])
def test_it_says_what_it_was_made_against(style: str, run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """Text and Markdown say when the account was so, and offer nothing to apply."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    path = taken(run, tmp_path, sandbox.url)
    shown = run("plan", "--against", str(path), "--format", style).out
    assert "made against a snapshot of seg 02/11/2026 08:00 -03:00; for reading, not for apply" in shown
    assert "reconciler apply" not in shown
    assert "--digest" not in shown


def test_no_apply_takes_its_digest(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """Even where nobody is hidden and nothing has changed, the digest of such a plan is not that of the account's."""
    sandbox = open_account(SEED)
    write(tmp_path, LISTS)
    path = taken(run, tmp_path, sandbox.url)
    digest = run("plan", "--against", str(path), "--format", "json").document["digest"]
    before = sandbox.state()
    assert run("apply", "--digest", digest, url=sandbox.url).code == 5
    assert sandbox.state() == before


def test_nothing_of_a_person_is_in_it(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """No address, name, birthday, value, phone or id of a person, spelled in any way, packed or not, nor any key."""
    fields = [{"id": "cel", "nome": "celular"}, {"id": "obs", "nome": "observações"}]
    sandbox = open_account({**SEED, "campos": fields, "contatos": [PERSON, *SEED["contatos"]]})
    write(tmp_path, {**SENDING, "contatos": [{"email": PERSON["email"], "nome": "Berê da Silva", "listas": ["sp"]}]})
    digest = run("plan", "--format", "json", url=sandbox.url).document["digest"]
    assert run("apply", "--digest", digest, url=sandbox.url).code == 0
    path = taken(run, tmp_path, sandbox.url)
    data = path.read_bytes()
    texts = [PERSON["id"], PERSON["nome"], "Berê da Silva", PERSON["email"], PERSON["email"].partition("@")[0]]
    texts += ["29/03/1977", PERSON["data_de_nascimento"], *PERSON["campos"].values(), "11 98765", KEY, *KEYS.values()]  # type: ignore[attr-defined]
    for content in (data, gzip.decompress(data)):
        for text in map(str, texts):
            assert not [form for form in spellings(text) | {text.lower(), text.upper()} if form.encode() in content]
    assert (path.stat().st_mode & 0o777) == 0o600


def test_without_the_key_contacts_are_counted(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """A fork has no key: everything but contatos is compared, and the report says so."""
    sandbox = open_account(SEED)
    write(tmp_path, CAMPAIGN)
    path = taken(run, tmp_path, sandbox.url)
    ran = guarded(tmp_path, "plan", "--against", str(path), "--format", "json")
    assert ran.returncode == 0, ran.stderr
    document = json.loads(ran.stdout)
    assert "contato" not in {change["kind"] for change in document["changes"]}
    assert {"campo.cidade", "envio.um"} <= {change["address"] for change in document["changes"]}
    assert document["summary"]["recipients"] == 12
    assert document["against"]["contacts"] is False
    assert "2 declared contatos were not compared" in ran.stdout


def test_taken_without_a_key_nobody_can_compare(
    run: Run, tmp_path: Path, open_account: OpenAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken without a key it says so, and no key compares its people."""
    monkeypatch.delenv("RECONCILER_SNAPSHOT_KEY")
    sandbox = open_account(SEED)
    write(tmp_path, CAMPAIGN)
    path = tmp_path / "conta.snapshot"
    ran = run("snapshot", "--out", str(path), url=sandbox.url)
    assert ran.code == 0
    assert "count contacts, and compare none" in ran.err
    monkeypatch.setenv("RECONCILER_SNAPSHOT_KEY", KEY)
    assert run("plan", "--against", str(path), "--format", "json").document["against"]["contacts"] is False


def test_another_key_is_refused(
    run: Run, tmp_path: Path, open_account: OpenAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that was changed since is told, and not taken for a plan in which everybody is new."""
    sandbox = open_account(SEED)
    write(tmp_path, CAMPAIGN)
    path = taken(run, tmp_path, sandbox.url)
    monkeypatch.setenv("RECONCILER_SNAPSHOT_KEY", KEY[::-1])
    ran = run("plan", "--against", str(path))
    assert (ran.code, ran.out) == (64, "")
    assert "taken with another key" in ran.err


def test_a_key_that_could_be_guessed_is_refused(
    run: Run, tmp_path: Path, open_account: OpenAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A short key would be tried on the file as often as anybody wants."""
    sandbox = open_account(SEED)
    write(tmp_path, CAMPAIGN)
    monkeypatch.setenv("RECONCILER_SNAPSHOT_KEY", "segredo")
    ran = run("snapshot", "--out", str(tmp_path / "x"), url=sandbox.url)
    assert ran.code == 64
    assert "could be guessed" in ran.err
    assert "segredo" not in ran.err
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    "words",
    [("--save", "x.plan"), ("--sandbox",), ("--refresh", "none"), ("--show-contacts",), ("--prove",)],
    ids=lambda words: words[0],
)
def test_what_makes_no_sense_offline_is_refused(
    words: tuple[str, ...], run: Run, tmp_path: Path, open_account: OpenAccount
) -> None:
    """What needs the account, or a person, is refused with the reason."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    path = taken(run, tmp_path, sandbox.url)
    ran = run("plan", "--against", str(path), *words)
    assert (ran.code, ran.out) == (64, "")
    assert f"--against goes without {words[0]}: " in ran.err
    assert not Path("x.plan").exists()


def test_the_key_is_in_no_output(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """However loud the program is asked to be."""
    sandbox = open_account(SEED)
    write(tmp_path, CAMPAIGN)
    path = tmp_path / "conta.snapshot"
    runs = [run("snapshot", "--out", str(path), "-vv", url=sandbox.url), run("plan", "--against", str(path), "-vv")]
    assert [ran.code for ran in runs] == [0, 0]
    for ran in runs:
        assert not [form for form in spellings(KEY) if form in ran.out + ran.err]


def test_a_start_that_has_passed_since_is_told(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """The plan is as of the snapshot; what is no longer possible by this machine's clock is told.

    A snapshot of a simulated account has a clock of its own, which nobody compares with this machine's.
    """
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    path = taken(run, tmp_path, sandbox.url)
    file = load("x", path.read_bytes())
    account = chosen(tmp_path, None)
    after = datetime(2026, 11, 6, tzinfo=UTC)
    real = replace(file, snapshot=replace(file.snapshot, simulated=False))
    for found, times in ((file, 0), (real, 1)):
        plan = planned_against(account, found, KEY.encode(), (), after).plan
        assert len([item for item in plan.warnings if "has passed since" in item.summary]) == times
        assert plan.summary.sends == 1


def test_what_may_be_older_than_the_snapshot_is_told(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """Of envios that are long over a snapshot holds those that the ledger knows; another one may be live, too."""
    old = {"mensagem": "ola", "listas": ["sp"], "data_de_inicio": "2026-01-05T09:00"}
    live = {**old, "id": "E1", "mensagem": "M1", "listas": ["Lsp"], "status": "Concluído"}
    message = {"id": "M1", "nome": "ola", "assunto": "Olá", "html": "<p>Olá</p>"}
    sandbox = open_account({**SEED, "mensagens": [message], "envios": [live]})
    write(tmp_path, {**SENDING, "envios": {}})
    assert run("apply", "--yes", url=sandbox.url).code == 0
    path = taken(run, tmp_path, sandbox.url)
    write(tmp_path, {**SENDING, "envios": {"velho": old}})
    ran = run("plan", "--against", str(path), "--format", "json")
    told = [item for item in ran.document["warnings"] if item["address"] == "envio.velho"]
    assert "before what the snapshot holds" in told[0]["summary"]


def test_of_another_account_it_is_refused(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """A snapshot stands for the account that it was taken of, and for no other."""
    sandbox = open_account(SEED)
    accounts: Mapping[str, Any] = {name: {"arquivos": ["campanha.yaml"]} for name in ("um", "dois")}
    write(tmp_path, SENDING, accounts)
    path = taken(run, tmp_path, sandbox.url, "--account", "um")
    ran = run("plan", "--against", str(path), "--account", "dois")
    assert (ran.code, ran.out) == (5, "")
    assert "of account um" in ran.err


def test_a_damaged_one_is_refused(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """In words, with what to do."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    path = taken(run, tmp_path, sandbox.url)
    path.write_bytes(path.read_bytes()[:-9])
    ran = run("plan", "--against", str(path))
    assert (ran.code, ran.out) == (3, "")
    assert "this snapshot is damaged" in ran.err
    assert "reconciler snapshot --out" in ran.err


def test_what_is_ours_is_let_go_offline_too(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """The ledger's memory is in it: who is declared no more is let go, also of those whose address is hidden."""
    sandbox = open_account({**SEED, "campos": [{"id": "K", "nome": "cidade"}]})
    write(tmp_path, CAMPAIGN)
    digest = run("plan", "--format", "json", url=sandbox.url).document["digest"]
    assert run("apply", "--digest", digest, url=sandbox.url).code == 0
    path = taken(run, tmp_path, sandbox.url)
    write(tmp_path, {**SENDING, "campos": {"cidade": {}}, "envios": {}})
    live = run("plan", "--format", "json", url=sandbox.url).document
    offline = run("plan", "--against", str(path), "--format", "json").document
    assert live["summary"]["by_action"] == {"cancel": 1, "deactivate": 2}
    assert offline["summary"] == live["summary"] | {
        name: offline["summary"][name] for name in ("planning_calls", "calls_per_second", "seconds")
    }


def test_the_other_channels_are_in_it(run: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """Bulk sends are as they were, and checks of them come to the same; a conversation is not kept, and not read."""
    sandbox = open_account(EXAMPLES)
    talk = {
        "fonte": "ogmma.mensagens",
        "onde": {"channelId": "c1", "conversationId": "v1"},
        "espera": {"quantidade": 2},
    }
    write(tmp_path, {"verificacoes": {"junho": JUNE, "julho": JULY, "conversa": talk}}, {"principal": BOTH})
    path = taken(run, tmp_path, sandbox.url)
    live = run("plan", "--format", "json", url=sandbox.url).document
    offline = run("plan", "--against", str(path), "--format", "json").document
    verdicts = [{item["address"]: item["ruling"] for item in found["checks"]} for found in (live, offline)]
    assert verdicts[1] == verdicts[0] | {"verificacao.conversa": "not-read"}
    assert offline["timeline"] == live["timeline"]
    snapshot = load("x", path.read_bytes()).snapshot
    assert set(snapshot.bulks) == {"ogmma.lotes", "mindo.envios_em_massa"}
    assert b"12025550144" not in gzip.decompress(path.read_bytes())
