"""Workflow and action files as they stand on disk, read as GitHub reads YAML: every key has to be one that we know."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import yaml

from tests.actions.errors import WorkflowError

Mapping = dict[str, Any]

_WORKFLOW: Final = {"name", "on", "permissions", "jobs", "concurrency", "run-name"}
_JOB: Final = {
    "name",
    "needs",
    "if",
    "runs-on",
    "timeout-minutes",
    "permissions",
    "outputs",
    "strategy",
    "concurrency",
    "environment",
    "steps",
    "env",
}
_CALL: Final = {"name", "needs", "if", "permissions", "uses", "with", "secrets"}
_STEP: Final = {"name", "id", "if", "uses", "with", "env", "run", "shell", "working-directory", "continue-on-error"}
_ACTION: Final = {"name", "description", "inputs", "outputs", "runs"}


class _Core(yaml.SafeLoader):
    """YAML 1.2's core schema: `on` is a text, and only true and false are booleans."""


_Core.yaml_implicit_resolvers = {
    first: [
        (tag, pattern) for tag, pattern in rules if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")
    ]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"\A(true|false)\Z"), ["t", "f"])


def read_yaml(path: Path) -> Mapping:
    """The file's mapping."""
    found = yaml.load(path.read_text(encoding="utf-8"), Loader=_Core)  # noqa: S506 - a SafeLoader
    if not isinstance(found, dict):
        raise WorkflowError(f"{path}: no mapping")
    return found


def read_workflow(path: Path) -> Mapping:
    """A workflow, with every job and step checked."""
    found = read_yaml(path)
    _check(path.name, found, _WORKFLOW, ("on", "jobs"))
    for name, job in found["jobs"].items():
        where = f"{path.name}: jobs.{name}"
        if "uses" in job:
            _check(where, job, _CALL, ())
            continue
        _check(where, job, _JOB, ("runs-on", "steps", "timeout-minutes"))
        _steps(where, job["steps"])
    return found


def read_action(folder: Path) -> Mapping:
    """A composite action."""
    found = read_yaml(folder / "action.yml")
    _check(str(folder), found, _ACTION, ("runs",))
    if set(found["runs"]) != {"using", "steps"} or found["runs"]["using"] != "composite":
        raise WorkflowError(f"{folder}: no composite action")
    _steps(str(folder), found["runs"]["steps"])
    for step in found["runs"]["steps"]:
        if "run" in step and "shell" not in step:
            raise WorkflowError(f"{folder}: a composite action's run needs a shell")
    return found


def _steps(where: str, steps: Iterable[Mapping]) -> None:
    seen: set[str] = set()
    for number, step in enumerate(steps):
        told = f"{where}.steps[{number}]"
        _check(told, step, _STEP, ())
        if ("run" in step) == ("uses" in step) or ("with" in step and "uses" not in step):
            raise WorkflowError(f"{told}: a step either runs or uses something")
        if step.get("id") in seen:
            raise WorkflowError(f"{told}: the id {step['id']} stands twice")
        seen |= {step["id"]} if "id" in step else set()


def _check(where: str, found: Mapping, known: set[str], needed: Iterable[str]) -> None:
    for key in found:
        if key not in known:
            raise WorkflowError(f"{where}: {key} is not understood")
    for key in needed:
        if key not in found:
            raise WorkflowError(f"{where}: {key} is missing")
