"""One memory for several machines: two clones of one remote, a lock that names its holder, a ledger that is lost."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.claim import claim
from reconciler.cli.console import Console
from reconciler.config import load
from reconciler.ledger import FileHome, open_ledger, read_ledger
from reconciler.sandbox import Sandbox
from tests.e2e.conftest import OpenAccount, Run
from tests.e2e.workspace import LISTS, SEED, SENDING, write, writes
from tests.ledger.places import git

GIT: dict[str, Any] = {"principal": {"ledger": {"git": {}}}}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone of a remote, with a workspace whose ledger lives at that remote."""
    git(tmp_path, "init", "--bare", "--quiet", "remote.git")
    git(tmp_path, "clone", "--quiet", "remote.git", "clone")
    folder = tmp_path / "clone"
    write(folder, SENDING, GIT)
    published(folder)
    return folder


def published(folder: Path) -> None:
    """Everything of the clone, committed and pushed."""
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "-m", "campaigns")
    git(folder, "push", "--quiet", "origin", "HEAD:main")


def applied(run: Run, root: Path, sandbox: Sandbox) -> str:
    """Plan and apply as reviewed; what apply said on stderr."""
    digest = run("plan", "--format", "json", url=sandbox.url, root=root).document["digest"]
    done = run("apply", "--digest", digest, url=sandbox.url, root=root)
    assert done.code == 0, done.err
    return done.err


def test_two_clones_share_one_memory(clone: Path, tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """What one clone applied the other knows, a shallow one too; its plan is empty, and its own apply is known here."""
    sandbox = open_account(SEED)
    assert "reconciler.lineage now says which ledger principal has: commit it" in applied(run, clone, sandbox)
    published(clone)
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{tmp_path}/remote.git", "other")
    other = tmp_path / "other"
    git(other, "checkout", "--quiet", "origin/main")
    assert run("plan", "--detailed-exitcode", url=sandbox.url, root=other).code == 0
    shown = [run("ledger show", "--format", "json", url=sandbox.url, root=root).document for root in (clone, other)]
    assert shown[0] == shown[1]
    assert shown[0]["counts"] == {"envio": 1, "lista": 1, "mensagem": 1}
    write(other, SENDING | {"listas": {"sp": {}, "rj": {}}}, GIT)
    assert "commit it" not in applied(run, other, sandbox)
    shown = run("ledger show", "--format", "json", url=sandbox.url, root=clone).document
    assert "lista.rj" in [binding["address"] for binding in shown["bindings"]]
    assert shown["lease"] is None
    assert git(other, "status", "--porcelain").splitlines() == [" M campanha.yaml"]


def test_a_remote_that_is_away_stops_before_any_call(clone: Path, open_account: OpenAccount, run: Run) -> None:
    """Neither plan nor apply goes on without its memory."""
    sandbox = open_account(SEED)
    shutil.rmtree(clone.parent / "remote.git")
    for command in ("plan", "apply"):
        ended = run(command, url=sandbox.url, root=clone)
        assert ended.code == 1
        assert "the ledger could not be reached" in ended.err
    assert sandbox.history.requests() == []


@pytest.mark.parametrize("accounts", [None, GIT], ids=["arquivo", "git"])
def test_a_held_ledger_is_waited_for_or_left_and_can_be_freed(
    clone: Path, accounts: dict[str, Any] | None, open_account: OpenAccount, run: Run
) -> None:
    """Exit 75 names the holder; a plan needs no lock; `unlock` takes no other id; then the holder writes no more."""
    sandbox = open_account(SEED)
    write(clone, LISTS, accounts)
    account = load(clone).accounts["principal"]
    with open_ledger(account.ledger, account="principal", origin=sandbox.url) as ledger:
        for patience in ((), ("--lock-timeout", "0.3s")):
            refused = run("apply", "--yes", *patience, url=sandbox.url, root=clone)
            assert refused.code == 75
            assert f"reconciler unlock --id {ledger.lease.id}" in refused.err
            assert ("waiting for the ledger" in refused.err) is bool(patience)
        assert run("plan", url=sandbox.url, root=clone).code == 0
        assert f"(lease {ledger.lease.id})" in run("ledger show", url=sandbox.url, root=clone).out
        assert run("unlock", "--id", "0000", url=sandbox.url, root=clone).code == 1
        freed = run("unlock", "--id", ledger.lease.id, "--format", "json", url=sandbox.url, root=clone)
        assert freed.document["freed"]["owner"] == ledger.lease.owner
        assert run("apply", "--yes", url=sandbox.url, root=clone).code == 0
    assert len(writes(sandbox)) == 1
    assert "held by   nobody" in run("ledger show", url=sandbox.url, root=clone).out


def test_a_length_of_time_that_is_none_is_a_mistake_of_usage(tmp_path: Path, run: Run) -> None:
    """With the forms that are understood."""
    write(tmp_path, LISTS)
    ended = run("apply", "--lock-timeout", "logo")
    assert (ended.code, "write 30s, 10min, 2h or 5h30m" in ended.err) == (64, True)


def test_a_lost_ledger_is_not_an_empty_one(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """The workspace knows that there was one: nothing is called until it is back, or begun anew on purpose."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    applied(run, tmp_path, sandbox)
    before = (tmp_path / "reconciler.lineage").read_text()
    shutil.rmtree(tmp_path / ".reconciler")
    made = len(sandbox.history.requests())
    for command in ("plan", "apply --yes", "ledger show", "ledger verify"):
        ended = run(command, url=sandbox.url)
        assert ended.code == 1
        assert "reconciler ledger rebuild --account principal" in ended.err
    asked = run("ledger rebuild", url=sandbox.url)
    assert (asked.code, "--yes" in asked.err) == (4, True)
    assert len(sandbox.history.requests()) == made
    assert not (tmp_path / ".reconciler").exists()
    rebuilt = run("ledger rebuild", "--yes", url=sandbox.url)
    assert (rebuilt.code, "commit it" in rebuilt.err) == (0, True)
    assert (tmp_path / "reconciler.lineage").read_text() != before
    assert "rebuilt   " in run("ledger show", url=sandbox.url).out
    assert run("plan", url=sandbox.url).code in (0, 4)
    assert len(sandbox.state()["envios"]) == 1


def test_a_ledger_that_nobody_knows_is_begun_anew_with_a_warning(
    tmp_path: Path, open_account: OpenAccount, run: Run
) -> None:
    """A first try-out whose lineage was never committed: it is said that there was one, and it counts as rebuilt."""
    sandbox = open_account(SEED)
    write(tmp_path, LISTS)
    assert "there was a ledger here" not in run("apply", "--yes", url=sandbox.url).err
    (tmp_path / "reconciler.lineage").unlink()
    (tmp_path / ".reconciler" / "principal.json").unlink()
    assert "there was a ledger here, and it is gone" in run("plan", url=sandbox.url).err
    assert "there was a ledger here, and it is gone" in run("apply", "--yes", url=sandbox.url).err
    memory = read_ledger(FileHome(tmp_path / ".reconciler" / "principal.json"), account="principal", origin=sandbox.url)
    assert memory.rebuilt is not None


def test_verify_finds_every_flipped_bit(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """Exit 0 and words for a whole ledger, exit 1 and what is wrong where for a damaged one, as text and as JSON."""
    sandbox = open_account(SEED)
    write(tmp_path, LISTS)
    empty = run("ledger verify", url=sandbox.url)
    assert (empty.code, "there is no ledger yet" in empty.out) == (0, True)
    assert run("apply", "--yes", url=sandbox.url).code == 0
    file = tmp_path / ".reconciler" / "principal.json"
    whole = run("ledger verify", url=sandbox.url)
    assert (whole.code, "whole, " in whole.out) == (0, True)
    original = file.read_bytes()
    for position in range(0, len(original), len(original) // 9):
        changed = bytearray(original)
        changed[position] ^= 4
        file.write_bytes(changed)
        damaged = run("ledger verify", url=sandbox.url)
        assert (damaged.code, "principal.json" in damaged.err) == (1, True)
        told = run("ledger verify", "--format", "json", url=sandbox.url)
        assert (told.code, told.document["whole"], len(told.document["findings"])) == (1, False, 1)
    asked = run("ledger rebuild", "--yes", "--format", "json", url=sandbox.url)
    assert Path(asked.document["kept_aside"]).read_bytes() == bytes(changed)
    assert run("ledger verify", "--format", "json", url=sandbox.url).document["whole"]


def test_people_are_counted_and_not_named(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """Neither text nor JSON says whom the ledger knows."""
    sandbox = open_account(SEED)
    write(tmp_path, LISTS | {"contatos": [{"email": f"p{n}@exemplo.org"} for n in range(12)]})
    assert run("apply", "--yes", url=sandbox.url).code == 0
    shown = run("ledger show", url=sandbox.url)
    assert "12 contatos" in shown.out
    document = run("ledger show", "--format", "json", url=sandbox.url)
    assert document.document["counts"]["contato"] == 12
    assert "exemplo.org" not in shown.out + document.out


def test_the_embedded_sandbox_has_a_ledger_of_its_own(clone: Path, run: Run) -> None:
    """Whatever reconciler.yaml says: nothing goes to the remote, and no lineage is written."""
    write(clone, LISTS, GIT)
    before = git(clone, "ls-remote", "origin")
    assert run("apply", "--yes", "--sandbox", root=clone).code == 0
    assert run("ledger show", "--sandbox", "--format", "json", root=clone).document["counts"] == {"lista": 2}
    assert git(clone, "ls-remote", "origin") == before
    assert not (clone / "reconciler.lineage").exists()


def test_a_run_in_ci_says_where_it_can_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever finds the ledger held gets the run's address; half of the lease is longer than one call may take."""
    write(tmp_path, LISTS, {"principal": {"limites": {"prazo": "5min"}}})
    account = load(tmp_path).accounts["principal"]
    for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID", "CI_JOB_URL", "BUILD_URL"):
        monkeypatch.delenv(name, raising=False)
    here = claim(account, Console())
    assert (here.run, "@" in here.owner) == ("", True)
    assert here.term / 2 > account.deadline
    monkeypatch.setenv("CI_JOB_URL", "https://ci.exemplo.org/jobs/7")
    assert claim(account, Console()).run == "https://ci.exemplo.org/jobs/7"
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://git.exemplo.org")
    monkeypatch.setenv("GITHUB_REPOSITORY", "loja/campanhas")
    monkeypatch.setenv("GITHUB_RUN_ID", "42")
    assert claim(account, Console()).run == "https://git.exemplo.org/loja/campanhas/actions/runs/42"


def test_people_who_are_found_are_written_down_at_once(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """However many they are: one entry takes them all, they are counted and not named, and the next plan is empty."""
    sandbox = open_account(SEED)
    write(tmp_path, {"contatos": [{"email": person["email"]} for person in SEED["contatos"]]})
    applied(run, tmp_path, sandbox)
    shown = run("ledger show", "--format", "json", url=sandbox.url, root=tmp_path).document
    assert (shown["counts"], shown["bindings"]) == ({"contato": 12}, [])
    assert shown["entries"] < 12
    assert "12 contatos" in run("ledger show", url=sandbox.url, root=tmp_path).out
    assert run("ledger verify", url=sandbox.url, root=tmp_path).code == 0
    assert run("plan", "--detailed-exitcode", url=sandbox.url, root=tmp_path).code == 0
