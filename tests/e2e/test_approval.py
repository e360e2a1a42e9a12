"""What may be applied without being asked, by whom, and to which account."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from tests.e2e.conftest import KEY, OpenAccount, Ran, Run
from tests.e2e.workspace import LISTS, SEED, SENDING, write, writes
from tests.laws.world import NOW


def command_in(ran: Ran) -> list[str]:
    """The command that the program says to run."""
    line = next(line for line in ran.err.splitlines() if line.strip().startswith("reconciler apply"))
    return shlex.split(line)


def test_off_a_terminal_the_digest_is_needed(spawn: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """Nobody there to be asked: exit 4, nothing called, and the exact command, which then works as it stands."""
    sandbox = open_account(SEED)
    write(tmp_path, SENDING)
    for words in ([], ["--yes"]):
        ran = spawn("apply", *words, url=sandbox.url)
        assert ran.code == 4
        assert writes(sandbox) == []
    environment = {**os.environ, "CRIAENVIO_URL": sandbox.url, "CRIAENVIO_CHAVE": KEY}
    words = [sys.executable, "-m", *command_in(ran)]
    again = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (again.returncode, again.stderr) == (0, "")
    assert [row["status"] for row in sandbox.state()["envios"]] == ["Agendado"]


def test_the_exact_command_keeps_its_permissions(spawn: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """The command that is offered allows what was allowed, for the same account, and drops only what is for reading."""
    sandbox = open_account(SEED)
    soon = {**SENDING["envios"]["um"], "data_de_inicio": "2026-11-02T08:20"}
    write(tmp_path, {**SENDING, "envios": {"um": soon}}, {"principal": {}, "outra": {"arquivos": ["outra/*.yaml"]}})
    allowed = ["--account", "principal", "--allow", "antecedencia_minima=envio.um"]
    ran = spawn("apply", *allowed, "--no-color", "--show-contacts", "--format=text", url=sandbox.url)
    assert ran.code == 4
    kept = command_in(ran)
    assert [*allowed, "--digest"] == kept[4:9]
    assert len(kept) == 10


def test_yes_covers_only_plans_that_send_nothing(spawn: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """--yes applies a plan without sends, and refuses the whole of one with a send."""
    sandbox = open_account(SEED)
    write(tmp_path, LISTS)
    assert spawn("apply", url=sandbox.url).code == 4
    assert spawn("apply", "--yes", url=sandbox.url).code == 0
    write(tmp_path, {**SENDING, "listas": {**LISTS["listas"], "mg": {}}})
    before = writes(sandbox)
    assert spawn("apply", "--yes", url=sandbox.url).code == 4
    assert writes(sandbox) == before


def test_a_digest_is_for_so_many_people(spawn: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """A reviewed digest still holds for a few people more or less, and no longer for many."""
    crowd = [{"id": f"D{n}", "email": f"d{n}@exemplo.org", "listas": ["Lsp"]} for n in range(100)]
    sandbox = open_account({**SEED, "contatos": crowd})
    write(tmp_path, SENDING)
    digest = spawn("plan", "--format", "json", url=sandbox.url).document["digest"]
    for gone in ("D1", "D2", "D3"):
        sandbox.edit("contatos", gone, descadastrado=True)
    assert spawn("apply", "--digest", digest, url=sandbox.url).code == 5
    assert writes(sandbox) == []
    sandbox.edit("contatos", "D1", descadastrado=False, ativo=True)
    assert spawn("apply", "--digest", digest, url=sandbox.url).code == 0


def test_several_accounts(spawn: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """Of several accounts one has to be chosen; each has its files, and its ledger."""
    one, other = open_account({"agora": NOW}), open_account({"agora": NOW})
    write(tmp_path, {"listas": {"sp": {}}}, {"uma": {}, "outra": {"arquivos": ["nada/*.yaml"]}})
    unsure = spawn("plan", url=one.url)
    assert unsure.code == 64
    assert "outra, uma" in unsure.err
    assert spawn("plan", "--account", "terceira", url=one.url).code == 3
    assert spawn("apply", "--account", "uma", "--yes", url=one.url).code == 0
    assert spawn("apply", "--account", "outra", "--yes", url=other.url).code == 0
    assert (one.counts()["listas"], other.counts()["listas"]) == (1, 0)


def test_a_ledger_is_of_one_account(spawn: Run, tmp_path: Path, open_account: OpenAccount) -> None:
    """A ledger that was made with one API is not used with another: its ids mean nothing there."""
    write(tmp_path, {"listas": {"sp": {}}})
    assert spawn("apply", "--yes", url=open_account({"agora": NOW}).url).code == 0
    strange = spawn("apply", "--yes", url=open_account({"agora": NOW}).url)
    assert strange.code == 1
    assert "made for another API" in strange.err or "another" in strange.err
