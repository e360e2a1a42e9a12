"""Saved plans that are cut, edited, forged or of somebody else are refused before anything is called."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reconciler.sandbox import Sandbox
from tests.e2e.canary import CANARY, reconciler
from tests.e2e.conftest import OpenAccount, Run
from tests.e2e.saving import applied, saved
from tests.e2e.workspace import LISTS, SEED, SENDING, write, writes
from tests.laws.world import NOW


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.7, 0.99])
def test_a_truncated_file_is_refused(tmp_path: Path, open_account: OpenAccount, run: Run, keep: float) -> None:
    """Cut anywhere: exit 3, and the API is not even asked."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    file = saved(run, tmp_path, sandbox)
    whole, asked = file.read_bytes(), len(sandbox.history.requests())
    file.write_bytes(whole[: int(len(whole) * keep)])
    ran = applied(run, file, sandbox)
    assert (ran.code, ran.out) == (3, "")
    assert "plan.json: this" in ran.err
    assert "reconciler plan --save FILE" in ran.err
    assert len(sandbox.history.requests()) == asked


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (('"recipients":12,', '"recipients":13,'), "damaged"),
        (('"action":"schedule"', '"action":"cancel"'), "damaged"),
        (('"format_version":1', '"format_version":2'), "newer version"),
        (('"document":"saved-plan"', '"document":"plan"'), "this is no saved plan"),
    ],
)
def test_a_hand_edited_file_is_refused(
    tmp_path: Path, open_account: OpenAccount, run: Run, edit: tuple[str, str], told: str
) -> None:
    """Another number in it, another action, a version that is not known yet: exit 3 and what is wrong."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    file = saved(run, tmp_path, sandbox)
    text = file.read_text(encoding="utf-8")
    assert edit[0] in text
    file.write_text(text.replace(*edit), encoding="utf-8")
    ran = applied(run, file, sandbox)
    assert (ran.code, told in ran.err) == (3, True)
    assert writes(sandbox) == []


def test_a_report_is_no_saved_plan(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """What --format json prints is for reading; who takes it for the file is told so. A file that is not there: 64."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    file = tmp_path / "plan.json"
    run("plan", "--format", "json", "--out", str(file), url=sandbox.url)
    ran = applied(run, file, sandbox)
    assert (ran.code, "--format json, which is for reading" in ran.err) == (3, True)
    assert applied(run, tmp_path / "nada.json", sandbox).code == 64
    assert run("apply", "--plan", str(file), "--digest", "abc-1", url=sandbox.url).code == 64


def test_another_accounts_plan_is_refused(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """Of another account, or another API: exit 5, no call, and no ledger is begun for it."""
    one, other = open_account(SEED), open_account(SEED)
    accounts = {"uma": {}, "outra": {}}
    write(tmp_path, LISTS, accounts)
    file = tmp_path / "plan.json"
    assert run("plan", "--account", "uma", "--save", str(file), url=one.url).code == 0
    asked = len(one.history.requests())
    strange = applied(run, file, one, "--account", "outra")
    assert (strange.code, "made for the account 'uma', not for 'outra'" in strange.err) == (5, True)
    elsewhere = applied(run, file, other, "--account", "uma")
    assert (elsewhere.code, "this is another API's plan" in elsewhere.err) == (5, True)
    assert (len(one.history.requests()), other.history.requests()) == (asked, [])
    assert not (tmp_path / ".reconciler").exists()


def test_another_ledgers_plan_is_refused(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """Made with a ledger that was begun anew since, or that was put back to an older copy: exit 5, no call."""
    sandbox = open_account(SEED)
    write(tmp_path, LISTS)
    assert run("apply", "--yes", url=sandbox.url).code == 0
    older = tmp_path / "older"
    shutil.copytree(tmp_path / ".reconciler", older)
    write(tmp_path, LISTS | {"campos": {"cidade": {}}})
    assert run("apply", "--yes", url=sandbox.url).code == 0
    write(tmp_path, LISTS | {"campos": {"cidade": {}, "uf": {}}})
    file = saved(run, tmp_path, sandbox)
    before = writes(sandbox)
    for name in ("principal.json", "principal.journal"):
        shutil.copy(older / name, tmp_path / ".reconciler" / name)
    back = applied(run, file, sandbox)
    assert (back.code, "the ledger has gone back" in back.err) == (5, True)
    assert run("ledger rebuild", "--yes", url=sandbox.url).code == 0
    anew = applied(run, file, sandbox)
    assert (anew.code, "this plan was made with another ledger" in anew.err) == (5, True)
    assert writes(sandbox) == before


def test_another_keys_seal_is_refused(
    tmp_path: Path, open_account: OpenAccount, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that was sealed with another key: it was forged, or the key was changed since. Exit 5, no call."""
    sandbox = open_account(SEED)
    write(tmp_path, LISTS, {"principal": {"criaenvio": {"chave": {"env": "OUTRA_CHAVE"}}}})
    monkeypatch.setenv("OUTRA_CHAVE", "antes")
    file = saved(run, tmp_path, sandbox)
    monkeypatch.setenv("OUTRA_CHAVE", "depois")
    ran = applied(run, file, sandbox)
    assert (ran.code, "not sealed by this account" in ran.err) == (5, True)
    assert writes(sandbox) == []


def test_the_key_is_in_no_saved_plan(tmp_path: Path) -> None:
    """A live object that shows the key in its name brings it neither into the file nor into what differs."""
    root = tmp_path / "workspace"
    root.mkdir()
    (tmp_path / "tmp").mkdir()
    seed = {"agora": NOW, "listas": [{"id": "Lsp", "nome": f"lista {CANARY}"}]}
    with Sandbox.open(None, seed, key=CANARY) as sandbox:
        file = str(root / "plan.json")
        write(root, {"listas": {"sp": {"id": "Lsp", "nome": "sp"}}})
        assert reconciler(root, sandbox.url, "plan", "--save", file).returncode == 0
        write(root, {"listas": {"sp": {"id": "Lsp", "nome": "rj"}}})
        differs = reconciler(root, sandbox.url, "apply", "--plan", file)
        assert (differs.returncode, b'"lista ***"' in differs.stdout) == (5, True)
        write(root, {"listas": {"sp": {"id": "Lsp", "nome": "sp"}}})
        assert reconciler(root, sandbox.url, "apply", "--plan", file).returncode == 0
