"""What must be so in every workflow and action that we publish, read from the files themselves."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.actions.conftest import ROOT
from tests.actions.definition import read_action, read_workflow
from tests.actions.javascript import PINNED

ACTION = ROOT / ".github/actions/reconciler"
OURS = sorted((ROOT / ".github/workflows").glob("*.yml"))
CALLERS = sorted((ROOT / "examples/github/.github/workflows").glob("*.yml"))
REUSABLE = [path for path in OURS if path.name != "ci.yml"]
FILES = [*OURS, *CALLERS, ACTION / "action.yml"]
_LEVELS = ("none", "read", "write")


def _id(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _steps() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every step of every file, with where it stands."""
    for path in OURS:
        for name, job in read_workflow(path)["jobs"].items():
            for step in job["steps"]:
                yield f"{_id(path)}: {name}", step
    for step in read_action(ACTION)["runs"]["steps"]:
        yield _id(ACTION), step


@pytest.mark.parametrize("path", FILES, ids=_id)
def test_pinned(path: Path) -> None:
    """Whatever is used is pinned to a whole commit, of a release that is named beside it and known here."""
    for line in path.read_text(encoding="utf-8").splitlines():
        found = re.match(r"\s*(?:- )?uses: (\S+)(?: # (\S+))?$", line)
        if "uses:" not in line or line.strip().startswith("#"):
            continue
        assert found, line
        used, version = found[1], found[2]
        if used.startswith("$/"):
            assert (ROOT / used.removeprefix("$/")).is_dir()
        elif path in CALLERS:
            assert re.fullmatch(r"OWNER/REPOSITORY/\.github/workflows/[a-z]+\.yml@0{40}", used)
        else:
            assert PINNED[used] == version


@pytest.mark.parametrize("path", [*OURS, *CALLERS], ids=_id)
def test_permissions(path: Path) -> None:
    """Nothing is granted to a whole workflow; each job says what it needs."""
    workflow = read_workflow(path)
    assert workflow["permissions"] == {}
    assert all("permissions" in job for job in workflow["jobs"].values())


@pytest.mark.parametrize("name", [path.name for path in CALLERS])
def test_callers_grant_what_is_asked(name: str) -> None:
    """An example grants each permission that some job of the called workflow asks for, at that level, and no more."""
    (caller,) = read_workflow(ROOT / "examples/github/.github/workflows" / name)["jobs"].values()
    asked: dict[str, str] = {}
    for job in read_workflow(ROOT / ".github/workflows" / name)["jobs"].values():
        for permission, level in job["permissions"].items():
            asked[permission] = max(level, asked.get(permission, "none"), key=_LEVELS.index)
    assert caller["permissions"] == asked


@pytest.mark.parametrize("path", [*OURS, *CALLERS], ids=_id)
def test_triggers(path: Path) -> None:
    """No workflow runs with the base's rights on a pull request's behalf, and no secret is handed on unnamed."""
    workflow = read_workflow(path)
    known = {"push", "pull_request", "workflow_call", "workflow_dispatch", "schedule"}
    assert set(workflow["on"]) <= known
    assert all(isinstance(job.get("secrets", {}), dict) for job in workflow["jobs"].values())


def test_scripts_hold_no_expression() -> None:
    """What anybody else may write reaches a script in a variable, never as a part of it."""
    for where, step in _steps():
        assert "${{" not in step.get("run", ""), where


def test_no_credential_stays() -> None:
    """No checkout leaves the token in .git/config, from where an artifact or a script might take it."""
    for where, step in _steps():
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False, where


def test_artifacts_are_short_lived() -> None:
    """Plans and reports are kept for a week at most, and may be made anew when a run is re-run."""
    for where, step in _steps():
        if step.get("uses", "").startswith("actions/upload-artifact@"):
            assert step["with"]["retention-days"] <= 7, where
            assert step["with"]["overwrite"] is True, where


@pytest.mark.parametrize("path", REUSABLE, ids=_id)
def test_keys_reach_one_step(path: Path) -> None:
    """A key is known to the step that calls the account, in an environment, and to no other."""
    for name, job in read_workflow(path)["jobs"].items():
        keyed = [step for step in job["steps"] if "secrets." in str(step.get("env", {}))]
        assert "secrets." not in str({key: value for key, value in job.items() if key != "steps"})
        assert len(keyed) <= 1, name
        for step in keyed:
            assert step["uses"] == "$/.github/actions/reconciler"
            assert "environment" in job


def test_apply_waits_its_turn() -> None:
    """Applies of an account queue: none that waits is dropped, and none that runs is cancelled."""
    job = read_workflow(ROOT / ".github/workflows/apply.yml")["jobs"]["apply"]
    assert job["concurrency"] == {"group": "reconciler-apply-${{ matrix.account }}", "queue": "max"}
    assert "concurrency" not in read_workflow(ROOT / "examples/github/.github/workflows/apply.yml")
    assert "concurrency" not in str(read_workflow(ROOT / ".github/workflows/stop.yml"))


def test_lock_has_every_library() -> None:
    """The action installs each library that the program asks for, in a version that it allows, by its hash."""
    lock = (ACTION / "requirements.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock, re.MULTILINE))
    assert all("--hash=sha256:" in part for part in re.split(r"^(?=[a-z])", lock, flags=re.MULTILINE)[1:])
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for text in [*project["project"]["dependencies"], *project["build-system"]["requires"]]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(pinned[canonicalize_name(wanted.name)]), text
