"""Campaigns that somebody wrote to do harm: each is refused with words, or its text stays text wherever it is shown.

The cases are data (hostile/*.yaml): the threat, what it does, the files, and either the findings that refuse it or the
fields that are shown unchanged and without an effect.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import html5lib
import pytest
import yaml

from reconciler.report.words import visible
from reconciler.sandbox import Sandbox
from tests.e2e.canary import CANARY, assert_clean
from tests.e2e.conftest import KEY, Ran, Run
from tests.laws.world import NOW
from tests.report.rendering import ALIVE, RENDERERS, Page

CASES = {path.stem: path for path in sorted((Path(__file__).parent / "hostile").glob("*.yaml"))}
OUTSIDE = "isto-fica-fora"
SEED = {"agora": NOW}
SETTINGS = """\
versao: 1
fuso_horario: America/Sao_Paulo
contas:
  principal:
    criaenvio: {chave: {env: CRIAENVIO_CHAVE}}
"""
FORMATS = ("text", "markdown", "html", "json")
SECTIONS = {"lista": "listas", "mensagem": "mensagens"}
"""Where a kind's resources stand, in a file and in the account."""


def _case(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(CASES[name].read_text(encoding="utf-8"))
    return found


REFUSED = [name for name in CASES if "refused" in _case(name)]
SHOWN = [name for name in CASES if "shows" in _case(name)]


class Scene:
    """A workspace with a secret and a database beside it, and an account whose key is easy to find again."""

    def __init__(self, case: Mapping[str, Any], folder: Path, account: Sandbox, run: Run) -> None:
        self.root, self.account, self._run = folder / "workspace", account, run
        self.root.mkdir()
        (folder / "tmp").mkdir()
        (folder / "segredo.txt").write_text(f"email\n{OUTSIDE}@exemplo.org\n", encoding="utf-8")
        self._database = folder / "crm.sqlite"
        with sqlite3.connect(self._database) as database:
            database.execute("create table clientes (email text)")
        self._lay(case)
        self._before = self._files()

    def _lay(self, case: Mapping[str, Any]) -> None:
        files = {"reconciler.yaml": case.get("settings", SETTINGS), **case.get("files", {})}
        files |= {name: "".join(text * times for text, times in parts) for name, parts in case.get("made", {}).items()}
        for name, text in files.items():
            (self.root / name).write_text(text.replace("CANARY", CANARY), encoding="utf-8")
        for name, target in case.get("links", {}).items():
            (self.root / name).symlink_to(target)
        for name in case.get("pipes", ()):
            os.mkfifo(self.root / name)

    def _files(self) -> dict[str, bytes]:
        """Everything around, but for what the program keeps for itself."""
        found = (path for path in self.root.parent.rglob("*") if path.is_file() and not path.is_symlink())
        return {str(path): path.read_bytes() for path in found if ".reconciler" not in str(path)}

    def call(self, command: str, *words: str) -> Ran:
        """One run of the program, of which no output holds a key, what stands outside, or what a terminal acts upon."""
        ran = self._run(command, *words, url=self.account.url, root=self.root)
        for what, text in (("stdout", ran.out), ("stderr", ran.err)):
            assert_clean(what, text.encode())
            assert OUTSIDE not in text
            assert [line for line in text.split("\n") if visible(line) != line] == []
        return ran

    def assert_nothing_written(self) -> None:
        """No file was made, changed or taken away, and the database is as it was."""
        assert self._files() == self._before
        with sqlite3.connect(self._database) as database:
            assert database.execute("select count(*) from clientes").fetchone() == (0,)


@pytest.fixture
def scene(request: pytest.FixtureRequest, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """The case that the test is called with."""
    monkeypatch.setenv("BANCO", f"sqlite:///{tmp_path / 'crm.sqlite'}")
    with Sandbox.open(None, SEED, key=KEY) as account:
        yield Scene(_case(request.param), tmp_path, account, run)


def _assert_inert(html: str) -> None:
    """A page without scripts and handlers, whose links stay on it and whose frames may do nothing."""
    for element in html5lib.parse(html, namespaceHTMLElements=False).iter():
        assert element.tag not in ("script", "object", "embed", "base", "form", "img", "link")
        assert not [name for name in element.attrib if name.startswith("on")]
        assert element.attrib.get("href", "#").startswith("#")
        assert element.tag != "iframe" or element.attrib["sandbox"] == ""


def test_there_are_enough() -> None:
    """The cases are found, and each is of one of the two sorts."""
    assert len(CASES) >= 20
    assert sorted([*REFUSED, *SHOWN]) == sorted(CASES)


def _told(finding: Mapping[str, Any]) -> str:
    return f"{finding['file']}:{finding['line']}:{finding['column']} {finding['rule']}"


@pytest.mark.parametrize(("scene", "name"), [(name, name) for name in REFUSED], indirect=["scene"], ids=REFUSED)
def test_what_makes_no_sense_is_refused(scene: Scene, name: str) -> None:
    """Every finding has its place and a remedy; nothing is called, and nothing is written."""
    ran = scene.call("validate", "--format", "json")
    found = ran.document["findings"]
    assert sorted(map(_told, found)) == sorted(_case(name)["refused"])
    assert all(finding["summary"] and finding["remedy"] for finding in found)
    assert ran.code == 3
    for command in ("plan", "apply --yes"):
        ran = scene.call(command)
        assert ran.code == 3
        assert all(f"{finding['file']}:{finding['line']}:" in ran.err for finding in found)
    assert scene.account.history.requests() == []
    scene.assert_nothing_written()


@pytest.mark.parametrize(("scene", "name"), [(name, name) for name in SHOWN], indirect=["scene"], ids=SHOWN)
def test_what_is_a_legal_text_stays_text(scene: Scene, name: str) -> None:
    """It can be read in every report and does nothing there; what is sent is what stands in the file, to the letter."""
    case = _case(name)
    ran = {style: scene.call("plan", "--format", style) for style in FORMATS}
    assert {(each.code, each.err) for each in ran.values()} == {(0, "")}
    for render in RENDERERS.values():
        page = Page(render(ran["markdown"].out))
        assert not any(ALIVE.search(piece) for piece in page.plain)
        assert not {"a", "img", "script", "svg", "iframe"} & {tag.partition(" ")[0] for tag in page.tags}
    _assert_inert(ran["html"].out)
    scene.assert_nothing_written()
    assert scene.call("apply", "--digest", ran["json"].document["digest"]).code == 0
    declared = yaml.safe_load(case["files"]["campanha.yaml"])
    for kind, field in case["shows"].items():
        texts = [item[field] for item in declared[SECTIONS[kind]].values()]
        assert sorted(str(item[field]) for item in scene.account.state()[SECTIONS[kind]]) == sorted(texts)
        assert all(visible(text) in ran["text"].out for text in texts)
    assert scene.call("plan", "--detailed-exitcode").code == 0
