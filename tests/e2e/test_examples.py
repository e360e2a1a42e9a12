"""The examples do what their READMEs say: each is valid, plans, applies, and is as declared afterwards.

`whatsapp-primeiro` is played to its end in test_story.py.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
_ACCOUNTS = (
    ("primeira-campanha", "principal"),
    ("loja", "principal"),
    ("agencia", "padaria"),
    ("agencia", "academia"),
    ("whatsapp-primeiro", "principal"),
)
_TRANSITIONS = {
    "activate",
    "adopt",
    "cancel",
    "create",
    "deactivate",
    "pause",
    "replace",
    "reschedule",
    "resume",
    "schedule",
    "set-fields",
    "subscribe",
    "unsubscribe",
    "update",
}
"""What a first plan can show: nothing is deleted without a ledger that says it is ours."""


def reconciler(workspace: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The program as a user starts it, without any key in the environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CRIAENVIO")}
    command = [sys.executable, "-m", "reconciler", words[0], "-C", str(workspace), *words[1:]]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=110, check=False)


@pytest.mark.parametrize(("name", "account"), _ACCOUNTS, ids=lambda value: value)
def test_an_example_converges(name: str, account: str, tmp_path: Path) -> None:
    """Validate exits 0, plan 2 (there are changes), apply with that digest 0, and then a plan has no change."""
    workspace = tmp_path / name
    shutil.copytree(EXAMPLES / name, workspace, ignore=shutil.ignore_patterns(".reconciler"))
    chosen = ("--account", account, "--sandbox")

    assert reconciler(workspace, "validate").returncode == 0
    first = reconciler(workspace, "plan", *chosen, "--format", "json", "--detailed-exitcode")
    assert first.returncode == 2, first.stderr
    plan = json.loads(first.stdout)
    assert not plan["blocked"]
    assert not plan["refusals"]
    applied = reconciler(workspace, "apply", *chosen, "--digest", plan["digest"], "--format", "json")
    assert applied.returncode == 0, applied.stdout + applied.stderr
    result = json.loads(applied.stdout)
    assert {change["status"] for change in result["changes"]} == {"done"}
    assert sum(result["calls"].values()) == plan["summary"]["calls"]
    second = reconciler(workspace, "plan", *chosen, "--format", "json", "--detailed-exitcode")
    assert second.returncode == 0, second.stdout
    assert json.loads(second.stdout)["changes"] == []


def test_the_shop_shows_every_transition(tmp_path: Path) -> None:
    """The shop's first plan has a change of every action that a first plan can have, and the promised size."""
    workspace = tmp_path / "loja"
    shutil.copytree(EXAMPLES / "loja", workspace, ignore=shutil.ignore_patterns(".reconciler"))
    document = json.loads(reconciler(workspace, "plan", "--sandbox", "--format", "json").stdout)
    assert set(document["summary"]["by_action"]) == _TRANSITIONS
    kinds = {(change["kind"], change["address"]) for change in document["changes"]}
    sizes = {kind: sum(1 for found, _ in kinds if found == kind) for kind, _ in kinds}
    people = {change["address"] for change in document["changes"] if change["id"].endswith("/create")}
    people = {address for address in people if address.startswith("contato.")}
    assert len(people) + document["summary"]["adopted"] == 300
    del sizes["contato"]
    assert sizes == {"campo": 6, "lista": 8, "mensagem": 5, "envio": 10}


def test_the_first_campaign_is_short() -> None:
    """A first campaign takes under 40 lines of YAML in all."""
    files = sorted((EXAMPLES / "primeira-campanha").glob("*.yaml"))
    assert sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files) < 40


@pytest.mark.parametrize("file", sorted(EXAMPLES.rglob("*.yaml")), ids=lambda file: str(file.relative_to(EXAMPLES)))
def test_every_file_names_its_schema(file: Path) -> None:
    """The first line of every YAML file tells an editor the schema, by a relative path that leads to it."""
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", file.read_text(encoding="utf-8").splitlines()[0])
    assert named is not None
    schema = (file.parent / named[1]).resolve()
    wanted = "reconciler.schema.json" if file.name == "reconciler.yaml" else "campanha.schema.json"
    assert schema == (EXAMPLES.parent / "schemas" / wanted)
    assert schema.is_file()
