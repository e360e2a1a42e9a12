"""A job: what it may name, its permissions, its key, and its steps on a machine of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.actions.commands import Annotation
from tests.actions.errors import WorkflowError
from tests.actions.expressions import Known, Scope
from tests.actions.machine import Machine, Upload
from tests.actions.shell import Interruption
from tests.actions.steps import StepRun, Steps
from tests.actions.town import Town

_LEVELS: Final = {"none": 0, "read": 1, "write": 2}


@dataclass(slots=True)
class JobRun:
    """How a job went. `permissions` are those of its token, `environment` is None where it has none."""

    name: str
    key: str
    result: str
    matrix: Mapping[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    steps: list[StepRun] = field(default_factory=list)
    summary: str = ""
    uploads: list[Upload] = field(default_factory=list)
    permissions: Mapping[str, str] = field(default_factory=dict)
    environment: str | None = None
    concurrency: Mapping[str, Any] = field(default_factory=dict)
    temp: Path | None = None

    def folder_of(self, name: str) -> Path:
        """The file of this name that the job has left in RUNNER_TEMP; the last of several."""
        assert self.temp is not None
        return max(self.temp.rglob(name), key=lambda path: path.stat().st_mtime_ns)

    @property
    def log(self) -> str:
        """Everything that its steps have said."""
        return "\n".join(line for step in self.steps for line in step.lines)

    @property
    def annotations(self) -> list[Annotation]:
        """Every mark that its steps have made."""
        return [each for step in self.steps for each in step.annotations]

    def step(self, name: str) -> StepRun:
        """The step of this name, also within an action."""
        flat = [each for step in self.steps for each in (step, *step.inner)]
        return next(each for each in flat if each.name == name)


@dataclass(frozen=True, slots=True)
class Call:
    """What a called workflow's job gets from its caller: inputs, secrets that are handed on, the most it may do."""

    inputs: Known
    secrets: Mapping[str, str]
    handed: frozenset[str]
    permissions: Mapping[str, str]
    tool: Path


@dataclass(frozen=True, slots=True)
class Job:
    """One job, or one leg of its matrix, about to run."""

    town: Town
    folder: Path
    call: Call
    key: str
    definition: Mapping[str, Any]
    github: Mapping[str, Any]
    needs: Known
    matrix: Mapping[str, Any]
    trusted: bool

    def scope(self, status: str = "success") -> Scope:
        """What the keys of a job itself may name."""
        return Scope(self._contexts(), status)

    def _contexts(self) -> dict[str, Any]:
        return {
            "github": Known(self.github),
            "inputs": self.call.inputs,
            "needs": self.needs,
            "matrix": Known(self.matrix),
            "strategy": Known({"fail-fast": False}),
            "vars": Known(),
        }

    def permissions(self) -> dict[str, str]:
        """Those of its token. Raises WorkflowError if it asks for more than its caller grants, as GitHub does."""
        asked = self.definition.get("permissions", {})
        for name, level in asked.items():
            if _LEVELS[level] > _LEVELS[self.call.permissions.get(name, "none")]:
                raise WorkflowError(f"the job {self.key} asks for {name}: {level}, which its caller does not grant")
        if not self.trusted:  # a fork's token reads, whatever is asked
            return {name: "read" for name, level in asked.items() if level != "none"}
        return dict(asked)

    def run(self, variables: Mapping[str, str], interruption: Interruption | None = None) -> JobRun:
        """Run it on a machine with these variables."""
        definition, scope = self.definition, self.scope()
        environment = definition.get("environment")
        where = (
            None
            if environment is None
            else scope.text(environment["name"] if isinstance(environment, dict) else environment)
        )
        permissions = self.permissions()
        words = {name.replace("-", "_"): level for name, level in permissions.items()}
        token = self.town.github.token(text="", **words)
        secrets = self._secrets(where)
        github = Known({**self.github, "token": token, "job": self.key})
        machine = Machine(
            self.town,
            self.folder,
            self.call.tool,
            github,
            dict(variables),
            ["/usr/local/bin", "/usr/bin", "/bin"],
            [token, *(value for value in secrets.values() if value)],
            interruption,
        )
        contexts = {**self._contexts(), "github": github, "secrets": secrets, "job": Known(status="success")}
        around = {name: scope.text(value) for name, value in definition.get("env", {}).items()}
        steps = Steps(machine, contexts, around)
        result = steps.run(definition["steps"])
        named = scope.text(definition.get("name", self.key))
        outputs = {
            name: "" if machine.lost else steps.scope().text(value)
            for name, value in definition.get("outputs", {}).items()
        }
        shown = {key: scope.fill(value) for key, value in definition.get("concurrency", {}).items()}
        if result != "success":
            result = "failure"
        return JobRun(
            named,
            self.key,
            result,
            self.matrix,
            outputs,
            steps.done,
            machine.summary,
            machine.uploads,
            permissions,
            where,
            shown,
            machine.temp,
        )

    def _secrets(self, environment: str | None) -> Known:
        """Those that the caller hands on, with the environment's own in their place; none for a fork.

        https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows: "If you include environment in the
        reusable workflow at the job level, the environment secret will be used, and not the secret passed".
        """
        if not self.trusted:
            return Known(dict.fromkeys(self.call.secrets, ""))
        own = self.town.environments.get(environment or "", {})
        found = {
            name: own.get(name, value) if name in self.call.handed else "" for name, value in self.call.secrets.items()
        }
        return Known(found)
