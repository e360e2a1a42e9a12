"""README's five steps, taken from there and done in an empty folder, up to what the merged pull request has made."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

from reconciler.sandbox import Sandbox
from tests.actions.conftest import ROOT
from tests.actions.forge import Forge
from tests.actions.runs import TOOL, Runner
from tests.actions.scene import KEY, Scene
from tests.actions.town import NAME, Town
from tests.github.standin import GitHub

_GH = r"""#!/usr/bin/env bash
# GitHub's command line, as far as README calls it: what it is told lies in $STATE, a repository is a folder.
set -euo pipefail
case "$*" in
    'repo create --private --source . --push')
        git remote add origin "$BARE" && git push --quiet --set-upstream origin main ;;
    'secret set '*' --env '*)
        mkdir -p "$STATE/$5" && cat > "$STATE/$5/$3" ;;
    'pr create --fill')
        git rev-parse --abbrev-ref HEAD > "$STATE/pull" ;;
    *) echo "gh $*: not known here" >&2; exit 1 ;;
esac
"""


def _steps() -> dict[str, str]:
    """The commands of each step."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^<!-- step: (\d) -->\n```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))


class _Reader:
    """Somebody who does what README says, at a shell of their own."""

    def __init__(self, home: Path, tool: Path, bare: Path, python: Path) -> None:
        self.home, self.state, self.tool = home, home / "state", home / "reconciler"
        self.campaigns = home / "campanhas"
        self.state.mkdir()
        (home / "chave").write_text(KEY, encoding="utf-8")
        gh = home / "bin/gh"
        gh.parent.mkdir()
        gh.write_text(_GH, encoding="utf-8")
        gh.chmod(gh.stat().st_mode | stat.S_IXUSR)
        self._variables = {
            "HOME": str(home),
            "PATH": f"{gh.parent}:{python / 'bin'}:{os.environ['PATH']}",
            "GIT_CONFIG_NOSYSTEM": "1",
            "RECONCILER": str(self.tool),
            "OWNER_REPOSITORY": TOOL,
            "BARE": str(bare),
            "STATE": str(self.state),
        }
        self.does(
            'git config --global user.name "Maria Exemplo" && git config --global user.email maria@exemplo.org', home
        )
        self.does(f'cp -R "{tool}" "$RECONCILER" && cd "$RECONCILER" && git init -q -b main && git add -A', home)
        self.does('cd "$RECONCILER" && git commit -qm "reconciler"', home)

    def does(self, commands: str, folder: Path | None = None) -> str:
        """Type them, stopping at the first that fails; what is shown."""
        call = ["bash", "-euo", "pipefail", "-c", commands]
        ran = subprocess.run(
            call, cwd=folder or self.campaigns, env=self._variables, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def secrets(self) -> dict[str, dict[str, str]]:
        """What was set, by environment."""
        return {
            folder.name: {each.name: each.read_text(encoding="utf-8") for each in folder.iterdir()}
            for folder in self.state.iterdir()
            if folder.is_dir()
        }


def test_five_steps(tmp_path: Path, tool: Path, python: Path) -> None:
    """Who follows README has a repository whose pull request is planned, and whose merge sends what was reviewed."""
    steps = _steps()
    assert sorted(steps) == ["1", "2", "3", "4", "5"]
    seed = ROOT / "examples/primeira-campanha/semente.json"
    with GitHub() as github, Forge(tmp_path / "forge", github) as forge, Sandbox.open(None, seed, key=KEY) as account:
        (home := tmp_path / "home").mkdir()
        reader = _Reader(home, tool, forge.create(NAME), python)
        reader.does(steps["1"], home)
        reader.does(steps["2"])
        reader.does(steps["3"])

        town = Town(github, forge, github.repository(NAME), reader.campaigns, python, environments=reader.secrets())
        town.accounts["principal"] = account
        pin = reader.does("git rev-parse HEAD", reader.tool).strip()
        machines = {"principal": {"CRIAENVIO_URL": account.url}}
        scene = Scene(town, Runner(town, reader.tool, tmp_path / "machines", machines, pin=pin))
        assert scene.apply(town.pushed("0" * 40, town.known("HEAD"))).conclusion == "success"
        assert scene.writes("principal") == []

        assert "1 envio para 3 pessoas" in reader.does(steps["4"])
        reader.does(steps["5"])
        branch = (reader.state / "pull").read_text(encoding="utf-8").strip()
        pull = town.offer(branch, town.known(branch))
        assert scene.plan(pull).conclusion == "success"
        (comment,) = scene.comments(pull)
        assert "1 envio para 3 pessoas; sai qui 05/11 09:00" in comment
        assert scene.apply(town.merge(pull)).conclusion == "success"
        assert scene.writes("principal").count("POST /envios") == 1


@pytest.mark.parametrize("name", ["plan", "apply", "drift", "stop"])
def test_placeholder_is_refused(name: str) -> None:
    """An example that was not filled in names a commit that cannot exist: nothing is run by mistake."""
    text = (ROOT / f"examples/github/.github/workflows/{name}.yml").read_text(encoding="utf-8")
    assert f"@{'0' * 40}\n" in text
