"""A ledger that can no longer be written in the middle of an apply: no send is asked for that it does not know of.

A disk that is full (by a limit on the size of files), a remote that begins to refuse pushes, an object
store that begins to refuse writes; each after every number of writes. The account's own history is the oracle.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from reconciler.config import load
from reconciler.ledger import Home, State, read_ledger
from reconciler.sandbox import Sandbox
from tests.e2e.conftest import KEY, OpenAccount, Ran, Run
from tests.e2e.workspace import SEED, SENDING, write
from tests.ledger.places import BUCKET, git, s3_environment, s3_server
from tests.ledger.s3_proxy import proxy

_CAMPAIGN: dict[str, Any] = {
    **SENDING,
    "listas": {"sp": {}, "rj": {}},
    "envios": {**SENDING["envios"], "dois": {**SENDING["envios"]["um"], "data_de_inicio": "2026-11-06T09:00"}},
}
_SENDS = 2
_LIMITED = """
import resource, sys
limit = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
from reconciler.cli import main
main()
"""


def declare(root: Path, ledger: dict[str, Any] | None) -> None:
    """The campaign, in a workspace whose runs do not wait for long."""
    account: dict[str, Any] = {"limites": {"prazo": "2s", "atraso_maximo": "1s"}}
    write(root, _CAMPAIGN, {"principal": account | ({"ledger": ledger} if ledger else {})})


def remembered(root: Path, sandbox: Sandbox) -> State:
    """What the ledger holds after all."""
    home: Home = load(root).accounts["principal"].ledger
    return read_ledger(home, account="principal", origin=sandbox.url)


def nothing_unknown(root: Path, sandbox: Sandbox, ran: Ran) -> None:
    """Of every send that was asked for the ledger knows; and it is said what is wrong, on which ledger."""
    asked = [item for item in sandbox.history.requests() if (item.method, item.path) == ("POST", "/envios")]
    memory = remembered(root, sandbox)
    known = {str(intent.address) for intent in memory.open_intents() if intent.address.kind == "envio"}
    known |= {token for token, binding in memory.bindings() if binding.kind == "envio" and binding.id}
    assert len(asked) <= len(known)
    if len(asked) < _SENDS:
        assert ran.code == 1
        assert "the ledger could not be" in ran.out + ran.err
        assert "then run again" in ran.out + ran.err


def finished(root: Path, sandbox: Sandbox, run: Run) -> None:
    """With the ledger in order again the next apply, or the one after, is done, and everybody is mailed once."""
    lease = run("ledger show", "--format", "json", url=sandbox.url, root=root).document["lease"]
    if lease is not None:  # it could not be given back
        assert run("unlock", "--id", lease["id"], url=sandbox.url, root=root).code == 0
    for _ in range(2):
        sandbox.clock.advance(timedelta(seconds=10))
        planned = run("plan", "--format", "json", "--detailed-exitcode", url=sandbox.url, root=root)
        if planned.code == 0:
            break
        assert run("apply", "--digest", planned.document["digest"], url=sandbox.url, root=root).code == 0
    assert run("plan", "--detailed-exitcode", url=sandbox.url, root=root).code == 0
    assert len(sandbox.state()["envios"]) == _SENDS
    assert [row["nome"] for row in sandbox.state()["mensagens"]] == ["ola"]
    sandbox.clock.advance(timedelta(days=30))
    assert len(sandbox.history.deliveries()) == _SENDS * len(SEED["contatos"])


@pytest.mark.parametrize("limit", [450, 1000, 1600, 2000, 2800])
def test_a_disk_that_fills_up_stops_before_the_call(
    limit: int, tmp_path: Path, open_account: OpenAccount, run: Run
) -> None:
    """No file may grow beyond so many bytes: a real process, whose journal cannot take one more line."""
    sandbox = open_account(SEED)
    declare(tmp_path, None)
    digest = run("plan", "--format", "json", url=sandbox.url).document["digest"]
    words = [sys.executable, "-c", _LIMITED, str(limit), "apply", "-C", str(tmp_path), "--digest", digest]
    environment = {**os.environ, "CRIAENVIO_URL": sandbox.url, "CRIAENVIO_CHAVE": KEY, "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in ended.stderr
    nothing_unknown(tmp_path, sandbox, Ran(ended.returncode, ended.stdout, ended.stderr))
    finished(tmp_path, sandbox, run)


@pytest.mark.parametrize("pushes", [1, 3, 5, 8])
def test_a_remote_that_begins_to_refuse_stops_before_the_call(
    pushes: int, tmp_path: Path, open_account: OpenAccount, run: Run
) -> None:
    """Its hook takes so many pushes and no more, and what it says about that is told."""
    sandbox = open_account(SEED)
    git(tmp_path, "init", "--bare", "--quiet", "remote.git")
    git(tmp_path, "clone", "--quiet", "remote.git", "clone")
    root, hook, count = tmp_path / "clone", tmp_path / "remote.git" / "hooks" / "pre-receive", tmp_path / "count"
    declare(root, {"git": {}})
    digest = run("plan", "--format", "json", url=sandbox.url, root=root).document["digest"]
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f"#!/bin/sh\necho x >>{count}\n[ $(wc -l <{count}) -le {pushes} ] || {{ echo 'no more' >&2; exit 1; }}"
    )
    hook.chmod(0o755)
    ran = run("apply", "--digest", digest, url=sandbox.url, root=root)
    nothing_unknown(root, sandbox, ran)
    hook.unlink()
    finished(root, sandbox, run)


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of an S3-compatible server; the library finds its key in the environment."""
    with pytest.MonkeyPatch.context() as environment, s3_server() as address:
        for name, value in s3_environment(address).items():
            environment.setenv(name, value)
        yield address


@pytest.mark.parametrize("refusal", [(403, 1), (403, 4), (403, 7), (503, 3)], ids=str)
def test_an_object_store_that_begins_to_refuse_stops_before_the_call(
    refusal: tuple[int, int], s3: str, tmp_path: Path, open_account: OpenAccount, run: Run
) -> None:
    """It takes so many writes, then answers that nobody may write, or that it cannot now."""
    sandbox = open_account(SEED)
    declare(tmp_path, {"objeto": f"s3://{BUCKET}/{uuid4().hex}"})
    digest = run("plan", "--format", "json", url=sandbox.url).document["digest"]
    status, after = refusal
    writes = count()

    def refuses(request: bytes) -> int:
        return status if request.startswith(b"PUT") and next(writes) >= after else 0

    with pytest.MonkeyPatch.context() as environment, proxy(s3, refuses=refuses) as address:
        environment.setenv("AWS_ENDPOINT_URL", address)
        ran = run("apply", "--digest", digest, url=sandbox.url)
    nothing_unknown(tmp_path, sandbox, ran)
    finished(tmp_path, sandbox, run)
