"""The same job run again after a success: a fresh clone, the same commands, and nothing that changes anything."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import Sandbox
from tests.e2e.conftest import OpenAccount, Run
from tests.e2e.workspace import LISTS, SEED, SENDING, write, writes
from tests.ledger.places import git

_GIT: dict[str, Any] = {"principal": {"ledger": {"git": {}}}}


def _published(root: Path, campaign: dict[str, Any]) -> None:
    """The workspace as it stands at the remote."""
    git(root.parent, "init", "--bare", "--quiet", "remote.git")
    git(root.parent, "clone", "--quiet", "remote.git", root.name)
    write(root, campaign, _GIT)
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "campaigns")
    git(root, "push", "--quiet", "origin", "HEAD:main")


def _checkout(root: Path, name: str) -> Path:
    """What a job of a CI system gets: a shallow clone of the commit that it is about."""
    git(root.parent, "clone", "--quiet", "--depth=1", "--branch=main", f"file://{root.parent}/remote.git", name)
    return root.parent / name


def _rerun(root: Path, sandbox: Sandbox, run: Run, *words: str) -> None:
    """The job again, in a checkout of its own, twice: exit 0 and no call that changes anything."""
    before, state = writes(sandbox), sandbox.state()
    for number in range(2):
        again = _checkout(root, f"job-{len(words)}-{number}")
        ran = run("apply", *words, url=sandbox.url, root=again)
        assert ran.code == 0, ran.err
        assert writes(sandbox) == before
    assert sandbox.state() == state


@pytest.mark.parametrize("passed", [timedelta(), timedelta(days=9)], ids=["at once", "when the mail is out"])
def test_a_reviewed_plan_that_was_applied_is_done(
    passed: timedelta, tmp_path: Path, open_account: OpenAccount, run: Run
) -> None:
    """`apply --digest D` with the digest of a plan that is behind us: there is nothing left to do, which is success."""
    sandbox, root = open_account(SEED), tmp_path / "clone"
    _published(root, SENDING)
    job = _checkout(root, "job")
    digest = run("plan", "--format", "json", url=sandbox.url, root=job).document["digest"]
    assert run("apply", "--digest", digest, url=sandbox.url, root=job).code == 0
    sandbox.clock.advance(passed)
    mails = len(sandbox.history.deliveries())
    assert mails == (len(SEED["contatos"]) if passed else 0)
    _rerun(root, sandbox, run, "--digest", digest)
    sandbox.clock.advance(timedelta(days=30))
    assert len(sandbox.history.deliveries()) == len(SEED["contatos"])


def test_a_plan_without_sends_that_was_applied_is_done(tmp_path: Path, open_account: OpenAccount, run: Run) -> None:
    """The same for `apply --yes`."""
    sandbox, root = open_account(SEED), tmp_path / "clone"
    _published(root, LISTS)
    assert run("apply", "--yes", url=sandbox.url, root=_checkout(root, "job")).code == 0
    _rerun(root, sandbox, run, "--yes")
