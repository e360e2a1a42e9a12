"""A ledger at a git remote: what is touched and what is not, what is said when it cannot be reached, what is lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reconciler.engine.model import Action, Address, Binding, Intent
from reconciler.ledger import GitHome, LedgerError, open_ledger, read_ledger
from reconciler.ledger.git_process import Failed, run_git
from tests.ledger.places import git

NATAL = Address("envio", "natal-sp")


def intent(name: str = "1") -> Intent:
    """A begun call."""
    return Intent(name, NATAL, Action.SCHEDULE, datetime(2026, 11, 2, 8, tzinfo=UTC))


def used(home: GitHome) -> None:
    """A run that wrote something, and another that only read."""
    with open_ledger(home, account="conta", origin="sandbox") as ledger:
        ledger.begin(intent())
        ledger.bind(NATAL, Binding("envio", None, "e1"))
        ledger.end(intent(), "confirmed", {})
    assert read_ledger(home, account="conta", origin="sandbox").of(NATAL) is not None


def standing(folder: Path) -> dict[str, tuple[int, int, int]]:
    """Every file and folder below with what would tell a change."""
    found = {}
    for path in sorted(folder.rglob("*")):
        at = path.lstat()
        found[str(path.relative_to(folder))] = (at.st_mtime_ns, at.st_size, at.st_ino)
    return found


def test_the_clone_is_left_as_it_is(git_home: GitHome) -> None:
    """Work tree, index, HEAD, refs, objects, configuration: not one file of the clone is written or even touched."""
    git_home.folder.joinpath("unsaved.txt").write_text("work in progress")
    before = standing(git_home.folder)
    used(git_home)
    assert standing(git_home.folder) == before


def test_no_branch_of_the_remote_moves(git_home: GitHome) -> None:
    """At the remote there is one ref more, and it is no branch."""
    before = git(git_home.folder, "ls-remote", "--heads", "--tags", "origin")
    used(git_home)
    assert git(git_home.folder, "ls-remote", "--heads", "--tags", "origin") == before
    refs = git(git_home.folder, "ls-remote", "origin").split()[1::2]
    assert [ref for ref in refs if ref.startswith("refs/reconciler/")] == ["refs/reconciler/conta"]


def test_every_step_is_a_commit_that_says_who(git_home: GitHome) -> None:
    """The ref's history is one line of commits, from the first lock to the last, by an author that is nobody's."""
    used(git_home)
    git(git_home.folder, "fetch", "--quiet", "origin", git_home.ref)
    told = git(git_home.folder, "log", "--format=%an|%ae|%s|%P", "FETCH_HEAD").splitlines()
    steps = [line.split("|") for line in reversed(told)]
    assert [step[2] for step in steps] == ["lock", "snapshot", "entries: 1", "entries: 2", "snapshot and unlock"]
    assert {tuple(step[:2]) for step in steps} == {("reconciler", "reconciler")}
    assert [len(step[3].split()) for step in steps] == [0, 1, 1, 1, 1]
    assert f"process {os.getpid()} on " in git(git_home.folder, "log", "-1", "--format=%b", "FETCH_HEAD")


def test_a_shallow_clone_a_folder_in_it_and_a_linked_work_tree_will_do(git_home: GitHome, tmp_path: Path) -> None:
    """The workspace may be any folder of any kind of clone, and all of them share one ledger."""
    used(git_home)
    remote = tmp_path / "remote.git"
    git(git_home.folder, "commit", "--quiet", "--allow-empty", "-m", "second")
    git(git_home.folder, "push", "--quiet", "origin", "HEAD:main")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{remote}", "shallow")
    inner = tmp_path / "shallow" / "campanhas" / "sp"
    inner.mkdir(parents=True)
    git(git_home.folder, "worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))
    for number, folder in enumerate((inner, tmp_path / "linked")):
        home = GitHome(folder, git_home.ref)
        assert read_ledger(home, account="conta", origin="sandbox").of(NATAL) is not None
        with open_ledger(home, account="conta", origin="sandbox") as ledger:
            ledger.bind(Address("lista", f"l{number}"), Binding("lista", None, "x"))
    assert len(read_ledger(git_home, account="conta", origin="sandbox").bound) == 3


def test_the_environment_of_a_hook_leads_nowhere_else(git_home: GitHome, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run from a git hook, or with a user's odd settings, it still works where it should."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, "/dev/null/nowhere")
    settings = {"commit.gpgSign": "true", "push.default": "nothing", "core.hooksPath": "/nonexistent", "user.name": ""}
    monkeypatch.setenv("GIT_CONFIG_COUNT", str(len(settings)))
    for number, (name, value) in enumerate(settings.items()):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", name)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)
    with open_ledger(git_home, account="conta", origin="sandbox") as ledger:
        ledger.begin(intent())
    assert len(read_ledger(git_home, account="conta", origin="sandbox").begun) == 1


def test_addresses_are_rewritten_as_the_clone_says(git_home: GitHome, tmp_path: Path) -> None:
    """`url.….insteadOf`, a push address of its own, a name other than origin: as for the user's own git."""
    git(git_home.folder, "remote", "add", "equipe", "equipe:conta")
    git(git_home.folder, "config", f"url.{tmp_path}/.insteadOf", "equipe:")
    git(git_home.folder, "config", "remote.equipe.url", "equipe:remote.git")
    used(GitHome(git_home.folder, git_home.ref, "equipe"))
    assert read_ledger(git_home, account="conta", origin="sandbox").of(NATAL) is not None


def hook(home: GitHome, name: str, code: str) -> None:
    """Let the remote run `code` at that point of each push."""
    file = home.folder.parent / "remote.git" / "hooks" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"#!/bin/sh\n{code}\n")
    file.chmod(0o755)


def test_an_answer_that_was_lost_is_settled_by_reading(git_home: GitHome) -> None:
    """The remote takes each push and dies before it says so: every step is done, and each once."""
    hook(git_home, "post-update", "kill -9 $PPID")
    used(git_home)
    git(git_home.folder, "fetch", "--quiet", "origin", git_home.ref)
    assert git(git_home.folder, "rev-list", "--count", "FETCH_HEAD").strip() == "5"


def test_a_heartbeat_that_nobody_answered_is_no_end(git_home: GitHome) -> None:
    """The remote takes it and is then away for a while: the next step goes on from it, and nothing is there twice."""
    remote = git_home.folder.parent / "remote.git"
    with open_ledger(git_home, account="conta", origin="sandbox") as ledger:
        ledger.bind(NATAL, Binding("envio", None, "e1"))
        hook(git_home, "post-update", 'mv "$PWD" "$PWD.away"; kill -9 $PPID')
        ledger.renew()
        remote.with_name("remote.git.away").rename(remote)
        (remote / "hooks" / "post-update").unlink()
        ledger.begin(intent())
        there = read_ledger(git_home, account="conta", origin="sandbox")
    assert (there.seq, list(there.begun), there.of(NATAL)) == (2, ["1"], Binding("envio", "natal-sp", "e1"))


def test_a_push_that_the_remote_refuses_is_an_error_in_its_words(git_home: GitHome) -> None:
    """What had been written stays, the step fails, and so does every one after it."""
    with open_ledger(git_home, account="conta", origin="sandbox") as ledger:
        ledger.begin(intent("1"))
        hook(git_home, "pre-receive", "echo 'the disk of the server is full' >&2; exit 1")
        with pytest.raises(LedgerError, match=r"could not push: .*the disk of the server is full") as refused:
            ledger.begin(intent("2"))
        assert refused.value.finding.rule == "ledger-unreachable"
        hook(git_home, "pre-receive", "exit 0")
        with pytest.raises(LedgerError, match="the disk of the server is full"):
            ledger.begin(intent("3"))
    assert list(read_ledger(git_home, account="conta", origin="sandbox").begun) == ["1"]


def test_what_cannot_be_reached_is_said_without_secrets(git_home: GitHome, tmp_path: Path) -> None:
    """No repository, no such remote, nobody there: in words, soon, and a password in an address stays out of them."""
    git(git_home.folder, "remote", "add", "longe", "https://maria:s3gr3do@127.0.0.1:1/x.git")
    git(git_home.folder, "remote", "add", "sumido", str(tmp_path / "gone.git"))
    plain = tmp_path / "plain"
    plain.mkdir()
    cases = {
        GitHome(plain, git_home.ref): "git cannot read the repository around .*plain: .*not a git repository",
        GitHome(git_home.folder, git_home.ref, "outro"): "has no remote called outro.*git remote add outro",
        GitHome(git_home.folder, git_home.ref, "sumido"): "git could not fetch: .*gone.git",
        GitHome(git_home.folder, git_home.ref, "longe"): "git could not fetch: .*127.0.0.1",
    }
    for home, words in cases.items():
        with pytest.raises(LedgerError, match=words) as refused:
            open_ledger(home, account="conta", origin="sandbox")
        assert "s3gr3do" not in str(refused.value)
        assert refused.value.finding.remedy


def test_what_others_put_on_the_ref_is_damage(git_home: GitHome) -> None:
    """A commit that is no ledger, and a journal without its snapshot, are refused; nothing is written over them."""
    git(git_home.folder, "push", "--quiet", "origin", f"HEAD:{git_home.ref}")
    before = git(git_home.folder, "ls-remote", "origin")
    memory = read_ledger(git_home, account="conta", origin="sandbox")
    assert memory.lineage is None
    git_home.folder.joinpath("journal").write_text("{}\n")
    git(git_home.folder, "add", ".")
    git(git_home.folder, "commit", "--quiet", "-m", "journal")
    git(git_home.folder, "push", "--quiet", "--force", "origin", f"HEAD:{git_home.ref}")
    before = git(git_home.folder, "ls-remote", "origin")
    with pytest.raises(LedgerError, match="journal but no snapshot"):
        open_ledger(git_home, account="conta", origin="sandbox")
    assert git(git_home.folder, "ls-remote", "origin") == before


def test_git_is_given_a_bounded_time(tmp_path: Path) -> None:
    """A git that hangs is ended with whatever it started."""
    began = time.monotonic()
    with pytest.raises(Failed, match=r"did not end within 0\.5 s"):
        run_git(tmp_path, dict(os.environ), "-c", "alias.hang=!sleep 60 | cat", "hang", seconds=0.5)
    assert time.monotonic() - began < 10


def test_no_copy_is_left_behind(git_home: GitHome, tmp_path: Path) -> None:
    """What was copied into the temporary folder ends with the ledger, and not only with the program."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    code = """
import os, sys
from pathlib import Path
from reconciler.ledger import GitHome, open_ledger
with open_ledger(GitHome(Path(sys.argv[1]), sys.argv[2]), account="conta", origin="sandbox") as ledger:
    print(len(os.listdir(os.environ["TMPDIR"])))
del ledger
print(len(os.listdir(os.environ["TMPDIR"])))
"""
    words = [sys.executable, "-c", code, str(git_home.folder), git_home.ref]
    environment = {**os.environ, "TMPDIR": str(folder)}
    ended = subprocess.run(words, env=environment, capture_output=True, text=True, check=True, timeout=30)
    assert ended.stdout.split() == ["1", "0"]
