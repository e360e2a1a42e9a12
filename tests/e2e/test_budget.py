"""Runs that may use only so much: they end in good order, and the next one goes on where they were."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import KEY, OpenAccount, Run
from tests.e2e.workspace import SEED, SENDING, wait_for, write, writes


def crowd(size: int) -> dict[str, Any]:
    """So many new contacts on one list: two calls each."""
    people = [{"email": f"n{n}@exemplo.org", "listas": ["sp"]} for n in range(size)]
    return {"listas": {"sp": {}}, "contatos": people}


def test_a_run_of_so_many_calls(run: Run, open_account: OpenAccount, tmp_path: Path) -> None:
    """No run makes more calls than it may; together they make the writes of a single run, each once."""
    write(tmp_path, crowd(30))
    account = open_account(SEED)
    codes, before = [], 0
    for _ in range(8):
        ran = run("apply", "--yes", "--max-calls", "60", url=account.url)
        codes.append(ran.code)
        made = len(account.history.requests())
        assert made - before <= 60
        before = made
        if ran.code == 0:
            break
        assert "60 calls that it may make" in ran.out
        assert "reconciler apply" in ran.out
        assert "left " in ran.out
    assert codes == [75] * (len(codes) - 1) + [0]
    assert len(codes) > 1
    assert Counter(writes(account)).total() == 2 * 30
    assert account.counts()["contatos"] == 12 + 30


def test_what_is_left_in_figures(run: Run, open_account: OpenAccount, tmp_path: Path) -> None:
    """The report counts what is left in calls; the plan and the report say how long that takes at a bounded pace."""
    write(tmp_path, crowd(30), {"principal": {"limites": {"ritmo": "600/s"}}})
    account = open_account(SEED)
    planned = run("plan", "--format", "json", url=account.url).document["summary"]
    assert (planned["calls"], planned["calls_per_second"], planned["seconds"]) == (60, 600, 0)
    assert "60 to apply, about 1 s at 600/s" in run("plan", url=account.url).out
    ran = run("apply", "--yes", "--format", "json", "--max-calls", "60", url=account.url)
    summary = ran.document["summary"]
    assert (ran.code, ran.document["outcome"]) == (75, "later")
    assert 0 < summary["left_calls"] == 60 - summary["calls"]


@pytest.mark.parametrize("most", ["1", "2"])
def test_planning_alone_does_not_fit(most: str, run: Run, open_account: OpenAccount, tmp_path: Path) -> None:
    """Where not even the account can be read, that is said, and nothing is written."""
    write(tmp_path, crowd(3))
    account = open_account(SEED)
    ran = run("apply", "--yes", "--max-calls", most, url=account.url)
    assert ran.code == 75
    assert "planning alone takes more" in ran.err
    assert len(account.history.requests()) == int(most)
    assert writes(account) == []


def test_no_change_fits(run: Run, open_account: OpenAccount, tmp_path: Path) -> None:
    """Where planning leaves too little for the first change, nothing is written either."""
    write(tmp_path, crowd(3))
    account = open_account(SEED)
    run("plan", url=account.url)
    reads = len(account.history.requests())
    ran = run("apply", "--yes", "--max-calls", str(reads), url=account.url)
    assert ran.code == 75
    assert "nothing was written" in ran.err
    assert len(account.history.requests()) == 2 * reads


def test_no_send_is_begun_without_time_to_settle_it(run: Run, open_account: OpenAccount, tmp_path: Path) -> None:
    """A send needs the time that an unknown outcome takes (150 s): with less, all before it is made, and it is not."""
    write(tmp_path, SENDING)
    account = open_account(SEED)
    saved = tmp_path / "um.plan"
    assert run("plan", "--save", str(saved), url=account.url).code == 0
    ran = run("apply", "--plan", str(saved), "--max-time", "1m30s", url=account.url)
    assert ran.code == 75
    assert "of a send" in ran.out
    assert f"--plan {saved}" in ran.out
    assert (account.counts()["mensagens"], account.counts()["envios"]) == (1, 0)
    again = run("apply", "--plan", str(saved), "--max-time", "5h30m", url=account.url)
    assert again.code == 0, again.err
    assert (account.counts()["mensagens"], account.counts()["envios"]) == (1, 1)


def test_the_rest_of_a_digest_is_reviewed_anew(run: Run, open_account: OpenAccount, tmp_path: Path) -> None:
    """A digest does not cover the rest of its plan: that is said, and it does not apply."""
    write(tmp_path, SENDING)
    account = open_account(SEED)
    digest = run("plan", "--format", "json", url=account.url).document["digest"]
    ran = run("apply", "--digest", digest, "--max-time", "100s", url=account.url)
    assert ran.code == 75
    assert "a digest is that of a whole plan" in ran.err
    assert run("apply", "--digest", digest, url=account.url).code == 5
    assert account.counts()["envios"] == 0


@pytest.mark.parametrize(
    "words", [("--max-time", "soon"), ("--max-time", "5"), ("--max-calls", "0"), ("--max-time", "")]
)
def test_no_bound(words: tuple[str, str], run: Run, tmp_path: Path) -> None:
    """What is no length of time or no number is refused before anything is read."""
    write(tmp_path, SENDING)
    assert run("apply", words).code == 64


def test_killed_half_way(run: Run, open_account: OpenAccount, tmp_path: Path) -> None:
    """After SIGKILL the next run goes on: nothing is made twice but, at most, what was under way."""
    write(tmp_path, crowd(400))
    account = open_account(SEED)
    environment = {**os.environ, "CRIAENVIO_URL": account.url, "CRIAENVIO_CHAVE": KEY}
    words = [sys.executable, "-m", "reconciler", "apply", "-C", str(tmp_path), "--yes"]
    with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as killed:
        wait_for(lambda: account.counts()["contatos"] > 12 + 100)
        killed.send_signal(signal.SIGKILL)
    wait_for(lambda: killed.poll() is not None)
    assert account.counts()["contatos"] < 12 + 400
    assert run("apply", "--yes", url=account.url).code == 0
    assert account.counts()["contatos"] == 12 + 400
    made = Counter(path for path in writes(account) if path == "/contatos")
    assert made["/contatos"] == 400  # looked up by e-mail, so that not even those under way are made again
    assert len(writes(account)) <= 2 * 400 + 8
