"""The machine that one job runs on: fresh folders, few variables, a token with the job's own permissions."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.actions.commands import Files
from tests.actions.shell import Interruption
from tests.actions.town import Town


@dataclass(frozen=True, slots=True)
class Upload:
    """An artifact that a job left behind."""

    name: str
    id: int
    retention_days: int
    archived: bool
    file: Path


@dataclass(slots=True)
class Machine:
    """Where a job runs. `github` is that context, `environment` grows by GITHUB_ENV, `path` by GITHUB_PATH.

    `tool` is the repository of the workflow's own file at its commit, which `$/` leads to. `masks` are hidden in logs.
    """

    town: Town
    folder: Path
    tool: Path
    github: Mapping[str, Any]
    environment: dict[str, str]
    path: list[str]
    masks: list[str]
    interruption: Interruption | None = None
    uploads: list[Upload] = field(default_factory=list)
    summary: str = ""
    lost: bool = False
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        for each in (self.workspace, self.temp, self.folder / "home"):
            each.mkdir(parents=True)
        self.event_file.write_text(json.dumps(self.github["event"]), encoding="utf-8")

    @property
    def workspace(self) -> Path:
        """GITHUB_WORKSPACE."""
        return self.folder / "work"

    @property
    def temp(self) -> Path:
        """RUNNER_TEMP."""
        return self.folder / "temp"

    @property
    def event_file(self) -> Path:
        """GITHUB_EVENT_PATH."""
        return self.folder / "event.json"

    def next_number(self) -> int:
        """A number of its own for each script and step."""
        return next(self._numbers)

    def files(self) -> Files:
        """New files for a step to talk to the runner."""
        return Files.made(self.folder / "files" / str(self.next_number()))

    def take(self, files: Files) -> dict[str, str]:
        """What a step has written there; its outputs."""
        self.environment |= files.pairs("env")
        self.path[:0] = reversed(files.text("path").splitlines())
        self.summary += files.text("step_summary")
        return files.pairs("output")

    def variables(self) -> dict[str, str]:
        """What every script here finds, beside its own."""
        given = self.github
        described = {
            f"GITHUB_{name.upper()}": str(given[name])
            for name in (
                "actor",
                "api_url",
                "base_ref",
                "event_name",
                "head_ref",
                "job",
                "ref",
                "ref_name",
                "repository",
                "repository_id",
                "run_attempt",
                "run_id",
                "server_url",
                "sha",
                "workflow",
            )
        }
        return {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_PATH": str(self.event_file),
            "GITHUB_WORKSPACE": str(self.workspace),
            "HOME": str(self.folder / "home"),
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(self.temp),
            **described,
            **self.environment,
            "PATH": ":".join(self.path),
        }
