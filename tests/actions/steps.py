"""Steps, of a job or of a composite action, one after another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.actions.commands import Annotation, Log
from tests.actions.definition import read_action
from tests.actions.errors import WorkflowError
from tests.actions.expressions import Known, Scope, as_text
from tests.actions.javascript import ACTIONS, PINNED, StepFailed
from tests.actions.machine import Machine
from tests.actions.shell import Script

_SELF: Final = "$/"
_ONCE: Final = {"Install the libraries", "Install reconciler"}
"""Steps of our action whose effect is there already. The libraries are those of the test's own environment, since tests
reach no registry; reconciler itself is installed once a session, by the action's own words (`Town.installed`)."""


@dataclass(slots=True)
class StepRun:
    """How a step ended: success, failure, cancelled or skipped."""

    name: str
    outcome: str
    outputs: dict[str, str]
    log: Log
    inner: list[StepRun] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """Its log, and that of the steps within."""
        return [*self.log.lines, *(line for each in self.inner for line in each.lines)]

    @property
    def hidden(self) -> int:
        """In how many lines a secret would have been seen."""
        return self.log.hidden + sum(each.hidden for each in self.inner)

    @property
    def annotations(self) -> list[Annotation]:
        """The same of annotations."""
        return [*self.log.annotations, *(each for step in self.inner for each in step.annotations)]


@dataclass(slots=True)
class Steps:
    """Steps to be run on a machine. `contexts` are what they may name, beside `steps`, `env` and how it went so far."""

    machine: Machine
    contexts: Mapping[str, Any]
    environment: Mapping[str, str]
    done: list[StepRun] = field(default_factory=list)
    results: Known = field(default_factory=Known)
    status: str = "success"

    def run(self, steps: Iterable[Mapping[str, Any]]) -> str:
        """Run them; how that went."""
        for step in steps:
            if self.machine.lost:
                break
            ran = self._step(step) if self.scope().holds(step.get("if")) else _skipped(step)
            self.done.append(ran)
            allowed = ran.outcome == "failure" and step.get("continue-on-error") is True
            if "id" in step:
                conclusion = "success" if allowed else ran.outcome
                self.results[step["id"]] = Known(outputs=dict(ran.outputs), outcome=ran.outcome, conclusion=conclusion)
            if ran.outcome in ("failure", "cancelled") and not allowed and self.status == "success":
                self.status = ran.outcome
        return self.status

    def scope(self, variables: Mapping[str, str] | None = None) -> Scope:
        """What an expression of the next step may name."""
        seen = Known({**self.environment, **self.machine.environment, **(variables or {})})
        runner = Known(temp=str(self.machine.temp), os="Linux", arch="X64")
        return Scope({**self.contexts, "env": seen, "steps": self.results, "runner": runner}, self.status)

    def _step(self, step: Mapping[str, Any]) -> StepRun:
        variables = {name: self.scope().text(value) for name, value in step.get("env", {}).items()}
        scope, log = self.scope(variables), Log(self.machine.masks)
        name = scope.text(step.get("name", step.get("uses", "run")))
        ran = StepRun(name, "success", {}, log)
        around = {**self.environment, **variables}
        if "run" in step:
            self._script(step, ran, around)
            return ran
        inputs = {key: scope.text(value) for key, value in step.get("with", {}).items()}
        try:
            if step["uses"].startswith(_SELF):
                self._composite(step["uses"].removeprefix(_SELF), inputs, around, ran)
            else:
                if step["uses"] not in PINNED:
                    raise WorkflowError(f"{step['uses']}: not pinned to a commit that is known")
                ran.outputs = ACTIONS[step["uses"].partition("@")[0]](self.machine, inputs)
        except StepFailed as failed:
            log.take(f"::error::{failed}")
            ran.outcome = "failure"
        return ran

    def _script(self, step: Mapping[str, Any], ran: StepRun, variables: Mapping[str, str]) -> None:
        if ran.name in _ONCE:
            self.machine.town.installed(step["run"], self.contexts["github"]["action_path"])
            return
        if "${{" in step["run"]:
            raise WorkflowError(f"{ran.name}: an expression stands in a script")
        machine, files = self.machine, self.machine.files()
        folder = machine.workspace / step.get("working-directory", "")
        script = Script(
            step["run"],
            step.get("shell"),
            folder,
            {**machine.variables(), **_action_path(self.contexts), **variables, **files.variables},
            machine.temp / f"{machine.next_number()}.sh",
        )
        wanted = machine.interruption
        code = script.run(ran.log, wanted if wanted is not None and wanted.step == ran.name else None)
        if code < 0:
            machine.lost, ran.outcome = True, "failure"
            return
        ran.outputs = machine.take(files)
        if code:
            ran.log.take(f"##[error]Process completed with exit code {code}.")
            ran.outcome = "failure"

    def _composite(self, path: str, inputs: Mapping[str, str], variables: Mapping[str, str], ran: StepRun) -> None:
        folder = self.machine.tool / path
        action = read_action(folder)
        declared = action.get("inputs", {})
        for name in inputs:
            if name not in declared:
                raise WorkflowError(f"{path} has no input {name}")
        for name, described in declared.items():
            if described.get("required") and name not in inputs:
                raise WorkflowError(f"{path} needs the input {name}")
        scope = Scope({"github": self.contexts["github"]})
        given = Known({name: scope.text(each.get("default", "")) for name, each in declared.items()} | dict(inputs))
        known = {name: self.contexts[name] for name in ("job", "strategy", "matrix")}
        github = Known({**self.contexts["github"], "action_path": str(folder)})
        inner = Steps(self.machine, {**known, "github": github, "inputs": given}, variables)
        ran.outcome = inner.run(action["runs"]["steps"])
        ran.inner = inner.done
        ran.outputs = {
            name: as_text(inner.scope().fill(each["value"])) for name, each in action.get("outputs", {}).items()
        }


def _action_path(contexts: Mapping[str, Any]) -> dict[str, str]:
    path = contexts["github"].get("action_path")
    return {} if path is None else {"GITHUB_ACTION_PATH": path}


def _skipped(step: Mapping[str, Any]) -> StepRun:
    return StepRun(str(step.get("name", step.get("uses", "run"))), "skipped", {}, Log([]))
