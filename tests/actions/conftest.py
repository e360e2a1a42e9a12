"""A town, and a runner in it, for every test here; the program is installed once a session."""

from __future__ import annotations

import shutil
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.actions.forge import Forge
from tests.actions.runs import PIN, TOOL, Runner
from tests.actions.town import Town
from tests.github.standin import GitHub

ROOT = Path(__file__).parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A story here starts some dozens of processes: on a busy machine that takes longer than another test may."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program's repository as GitHub hands it to a runner: the files of this checkout."""
    into = tmp_path_factory.mktemp("tool")
    for name in (".github", "examples", "reconciler", "schemas"):
        shutil.copytree(ROOT / name, into / name, ignore=shutil.ignore_patterns("__pycache__", ".reconciler"))
    for name in ("CHANGELOG.md", "LICENSE", "README.md", "pyproject.toml"):
        shutil.copy2(ROOT / name, into / name)
    return into


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What actions/setup-python puts on the path: an interpreter that has our libraries, and not us."""
    folder = tmp_path_factory.mktemp("python") / "3.13"
    venv.create(folder, symlinks=True)
    libraries = Path(pytest.__file__).parents[1]
    site = next((folder / "lib").glob("python3*/site-packages"))
    (site / "libraries.pth").write_text(f"{libraries}\n", encoding="utf-8")
    return folder


@pytest.fixture
def town(tmp_path: Path, python: Path) -> Iterator[Town]:
    """A repository on a forge, its API, and nobody's account yet."""
    with GitHub() as github, Forge(tmp_path / "forge", github) as forge:
        found = Town.founded(github, forge, tmp_path, python)
        yield found
        for sandbox in found.accounts.values():
            sandbox.close()


@pytest.fixture
def runner(town: Town, tool: Path, tmp_path: Path) -> Runner:
    """A runner for the town's workflows."""
    return Runner(town, tool, tmp_path / "machines")


def caller(name: str) -> str:
    """A caller's workflow as the examples have it, with the program's repository and commit filled in."""
    text = (ROOT / f"examples/github/.github/workflows/{name}.yml").read_text(encoding="utf-8")
    return text.replace("OWNER/REPOSITORY", TOOL).replace("0" * 40, PIN)
