"""The command line as its users meet it: exit codes, streams, files, accounts, and what it does not need."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler.sandbox import Fault, FaultKind, Sandbox
from tests.e2e.conftest import KEY, OpenAccount, Run
from tests.e2e.workspace import LISTS, SEED, SENDING, wait_for, write, writes
from tests.laws.world import NOW

ROOT = Path(__file__).parents[2]
QUICK = {"prazo": "2s", "atraso_maximo": "1s"}


# Exit codes


def test_0_done_and_nothing_to_do(spawn: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """0: applied; then nothing to do for plan (also detailed) and apply, and nothing is written."""
    sandbox = open_account(SEED)
    write(tmp_path, LISTS)
    assert spawn("apply", "--yes", url=sandbox.url).code == 0
    before = writes(sandbox)
    assert spawn("plan", "--detailed-exitcode", url=sandbox.url).code == 0
    assert spawn("apply", url=sandbox.url).code == 0
    assert writes(sandbox) == before


def test_1_error(spawn: Run, tmp_path: Path) -> None:
    """1: the account refuses the key."""
    write(tmp_path, LISTS)
    with Sandbox.open(None, SEED, key="another") as sandbox:
        ran = spawn("plan", url=sandbox.url)
    assert (ran.code, ran.out) == (1, "")
    assert "refuses the key" in ran.err


def test_2_changes(spawn: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """2: there are changes, for who asks with --detailed-exitcode; 0 for others."""
    sandbox = open_account(SEED)
    write(tmp_path, LISTS)
    assert spawn("plan", url=sandbox.url).code == 0
    assert spawn("plan", "--detailed-exitcode", url=sandbox.url).code == 2


def test_3_invalid(spawn: Run, tmp_path: Path) -> None:
    """3: the files are wrong, for every command that reads them; nothing is called."""
    write(tmp_path, {"listas": {"sp": {"nomee": "x"}}})
    for command in ("validate", "plan", "apply"):
        ran = spawn(command, url="http://127.0.0.1:9/v1")
        assert ran.code == 3
        assert "campanha.yaml:3:5" in ran.err


def test_4_blocked(spawn: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """4: a guard refuses, or a person must decide; what is independent of the decision is made."""
    sandbox = open_account({**SEED, "listas": [{"id": "L1", "nome": "sp"}, {"id": "L2", "nome": "sp"}], "contatos": []})
    write(tmp_path, LISTS)
    assert spawn("plan", url=sandbox.url).code == 4
    assert spawn("apply", "--yes", url=sandbox.url).code == 4
    assert {row["nome"] for row in sandbox.state()["listas"]} == {"sp", "rj"}
    write(tmp_path, {**SENDING, "envios": {"um": {**SENDING["envios"]["um"], "data_de_inicio": "2026-11-02T08:10"}}})
    refused = spawn("apply", "--yes", url=open_account(SEED).url)
    assert refused.code in (1, 4)


def test_5_differs(spawn: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """5: the plan is not the one that was reviewed; nothing was changed, and the plan as it is now is shown."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    digest = spawn("plan", "--format", "json", url=sandbox.url).document["digest"]
    sandbox.edit("listas", "Lsp", nome="sp de antes")
    ran = spawn("apply", "--digest", digest, url=sandbox.url)
    assert ran.code == 5
    assert digest in ran.err
    assert "lista.sp" in ran.out
    assert writes(sandbox) == []


def test_6_partly(spawn: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """6: some changes were made, some were refused."""
    received = {"id": "C1", "email": "antes@exemplo.org", "recebeu_envios": True}
    sandbox = open_account({**SEED, "contatos": [received]})
    write(
        tmp_path,
        {"listas": {"rj": {}}, "contatos": [{"email": "depois@exemplo.org", "email_anterior": "antes@exemplo.org"}]},
    )
    ran = spawn("apply", "--yes", url=sandbox.url)
    assert ran.code == 6
    assert "já recebeu envios" in ran.out


def test_7_unknown(spawn: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """7: nobody can tell whether a call had its effect; the report says so, and the next run goes on from there."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING, {"principal": {"limites": QUICK}})
    digest = spawn("plan", "--format", "json", url=sandbox.url).document["digest"]
    sandbox.faults.add(Fault(kind=FaultKind.DROP, method="POST", path="/envios", count=None))
    ran = spawn("apply", "--digest", digest, url=sandbox.url)
    assert ran.code == 7
    assert "Unknown (1)" in ran.out
    sandbox.faults.clear()
    time.sleep(3)
    again = spawn("plan", "--format", "json", url=sandbox.url).document["digest"]
    assert spawn("apply", "--digest", again, url=sandbox.url).code == 0
    assert [row["status"] for row in sandbox.state()["envios"]] == ["Agendado"]


@pytest.mark.parametrize(
    "words", [["plan", "--nope"], ["nope"], ["plan", "--format", "xml"], ["apply", "--digest"], ["sandbox", "x"]]
)
def test_64_usage(words: list[str]) -> None:
    """64: options that there are not, or that make no sense."""
    ran = subprocess.run([sys.executable, "-m", "reconciler", *words], capture_output=True, check=False)
    assert (ran.returncode, ran.stdout) == (64, b"")
    assert b"Error: " in ran.stderr


def test_64_no_key_and_bad_address(spawn: Run, tmp_path: Path) -> None:
    """64: there is no key in the variable that the workspace names, or the address is none."""
    write(tmp_path, LISTS, {"principal": {"criaenvio": {"chave": {"env": "NOBODY_SET_THIS"}}}})
    ran = spawn("plan")
    assert ran.code == 64
    assert "NOBODY_SET_THIS" in ran.err
    write(tmp_path, LISTS)
    assert spawn("plan", url="http://api.criaenvio.com/v1").code == 64
    assert not (tmp_path / ".reconciler").exists()


def test_75_later(spawn: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """75: another run has the ledger; nothing is called."""
    sandbox = open_account(SEED)
    write(tmp_path, LISTS)
    (tmp_path / ".reconciler").mkdir()
    with (tmp_path / ".reconciler" / "principal.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ran = spawn("apply", "--yes", url=sandbox.url)
    assert ran.code == 75
    assert "in use" in ran.err
    assert sandbox.history.requests() == []


def test_130_interrupted(spawn: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """130: Ctrl-C lets the calls in flight finish, and the final report is written; the next run makes the rest."""
    sandbox = open_account({"agora": NOW})
    people = [{"email": f"n{n}@exemplo.org"} for n in range(40)]
    write(tmp_path, {"contatos": people})
    sandbox.faults.add(Fault(kind=FaultKind.SLOW, method="POST", delay=0.4, count=None))
    environment = {**os.environ, "CRIAENVIO_URL": sandbox.url, "CRIAENVIO_CHAVE": KEY}
    command = [sys.executable, "-m", "reconciler", "apply", "-C", str(tmp_path), "--yes", "--format", "json"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        wait_for(lambda: len(writes(sandbox)) >= 8)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    report = json.loads(out)
    assert (process.returncode, report["outcome"], report["exit_code"]) == (130, "interrupted", 130)
    assert "stopping" in err
    made = report["summary"]["done"]
    assert 0 < made < len(people)
    assert made + report["summary"]["pending"] == len(people)
    assert sandbox.counts()["contatos"] == made == len(writes(sandbox))
    sandbox.faults.clear()
    assert spawn("apply", "--yes", url=sandbox.url).code == 0
    assert sandbox.counts()["contatos"] == len(writes(sandbox)) == len(people)


# What it does not need


@pytest.mark.parametrize("words", [["--version"], ["--help"]])
def test_nothing_heavy_is_imported(words: list[str]) -> None:
    """`--version` and `--help` import neither httpx, pydantic, deepdiff nor yaml."""
    heavy = ("httpx", "httpcore", "pydantic", "deepdiff", "yaml", "sqlite3")
    script = (
        "import sys\nfrom reconciler.cli import main\n"
        "try:\n    main()\nexcept SystemExit as ended:\n"
        f"    print(ended.code, [name for name in {heavy!r} if name in sys.modules], file=sys.stderr)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=True)
    assert ran.stderr == "0 []\n"
    assert ran.stdout.startswith(("reconciler ", "Usage: "))


def test_validate_needs_neither_network_nor_key() -> None:
    """`validate` of the shop example works where every socket is forbidden and no key is set."""
    script = (
        "import sys\n"
        "def forbid(event, args):\n"
        "    if event.startswith('socket.') and event != 'socket.__new__':\n        raise PermissionError(event)\n"
        "sys.addaudithook(forbid)\nfrom reconciler.cli import main\nmain()\n"
    )
    words = [sys.executable, "-c", script, "validate", "-C", str(ROOT / "examples" / "loja")]
    ran = subprocess.run(words, env={"PATH": os.defpath}, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "valid" in ran.stdout


# Streams and files


def schema(name: str) -> dict[str, Any]:
    """A published schema."""
    found: dict[str, Any] = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    return found


def test_data_on_stdout_all_else_on_stderr(spawn: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """The report alone is on stdout (or in --out), as its schema says; what is told on the way is on stderr."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    loud = spawn("plan", "--format", "json", "-vv", url=sandbox.url)
    jsonschema.validate(loud.document, schema("plan"))
    assert "DEBUG" in loud.err
    quiet = spawn("plan", "--format", "json", "-q", url=sandbox.url)
    assert (quiet.out, quiet.err) == (loud.out, "")
    filed = spawn("plan", "--format", "json", "--out", str(tmp_path / "plan.json"), url=sandbox.url)
    assert (filed.out, filed.err) == ("", "")
    assert (tmp_path / "plan.json").read_text(encoding="utf-8") == loud.out
    applied = spawn("apply", "--format", "json", "--digest", loud.document["digest"], url=sandbox.url)
    jsonschema.validate(applied.document, schema("result"))
    assert applied.document["summary"]["done"] == len(loud.document["changes"])


def test_without_a_terminal_no_colours(spawn: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """Into a pipe go no escape sequences and no progress; the text says the same with symbols."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    ran = spawn("plan", url=sandbox.url)
    assert "\x1b" not in ran.out + ran.err
    assert "+" in ran.out


def test_a_reader_that_leaves(tmp_path: Path, open_account: OpenAccount) -> None:
    """A pipe that is closed early ends the program quietly."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    words = [sys.executable, "-m", "reconciler", "plan", "-C", str(tmp_path)]
    environment = {**os.environ, "CRIAENVIO_URL": sandbox.url, "CRIAENVIO_CHAVE": KEY}
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        told = process.stderr.read()
    assert (process.returncode, told) == (1, b"")
