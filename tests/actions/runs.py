"""A workflow run: an event, the caller's workflow, the reusable one that it calls, and their jobs in order."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.actions.definition import read_workflow
from tests.actions.errors import WorkflowError
from tests.actions.expressions import Known, Scope
from tests.actions.jobs import Call, Job, JobRun
from tests.actions.shell import Interruption
from tests.actions.town import Town

TOOL: Final = "ferramenta/reconciler"
PIN: Final = "1f0e3dad99908345f7439f8ffabdffc4bca5a1b2"
"""The repository of the program, and the commit that callers pin."""

_CALLED: Final = re.compile(rf"{TOOL}/(?P<path>\.github/workflows/[a-z]+\.yml)@(?P<pin>[0-9a-f]{{40}})")


@dataclass(slots=True)
class Run:
    """One run of a workflow: its jobs, in the order in which they ended."""

    id: str
    attempt: int
    jobs: list[JobRun] = field(default_factory=list)

    @property
    def conclusion(self) -> str:
        """success, or failure if any job failed."""
        return "failure" if any(job.result == "failure" for job in self.jobs) else "success"

    def job(self, name: str) -> JobRun:
        """The job that is shown by this name."""
        found = [job for job in self.jobs if job.name == name]
        if not found:
            raise WorkflowError(f"no job {name} has run; there are {[job.name for job in self.jobs]}")
        return found[-1]


@dataclass(slots=True)
class Runner:
    """Runs workflows. `tool` is the program's repository at the commit that callers pin; `scratch` for machines.

    `machines` are the variables of the machine that an account's job gets: where its simulated API is.
    """

    town: Town
    tool: Path
    scratch: Path
    machines: dict[str, dict[str, str]] = field(default_factory=dict)
    interruption: Interruption | None = None
    pin: str = PIN
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(7001))
    _folders: Iterator[int] = field(default_factory=itertools.count)

    def run(self, workflow: Path, event: Mapping[str, Any], inputs: Mapping[str, str] | None = None) -> Run:
        """What happens when GitHub sees this event: the caller's `workflow` with every job of it."""
        run = Run(str(next(self._ids)), 1)
        self._all(run, workflow, event, inputs or {})
        return run

    def rerun(self, run: Run, workflow: Path, event: Mapping[str, Any], inputs: Mapping[str, str] | None = None) -> Run:
        """What "Re-run all jobs" does: the same event, commit and files."""
        again = Run(run.id, run.attempt + 1)
        self._all(again, workflow, event, inputs or {})
        return again

    def _all(self, run: Run, workflow: Path, event: Mapping[str, Any], inputs: Mapping[str, str]) -> None:
        caller = read_workflow(workflow)
        github = self._github(run, caller, event)
        self.town.heads[run.id] = event.get("pull_request", {}).get("head", {}).get("sha", github["sha"])
        if github["event_name"] not in caller["on"]:
            raise WorkflowError(f"{workflow.name} does not run on {github['event_name']}")
        declared = (caller["on"].get("workflow_dispatch") or {}).get("inputs", {})
        dispatched = github["event_name"] == "workflow_dispatch"
        given = _inputs(workflow.name, declared, inputs) if dispatched else Known(dict.fromkeys(declared, ""))
        for key, job in caller["jobs"].items():
            scope = Scope({"github": Known(github), "inputs": given, "needs": Known(), "vars": Known()})
            if not scope.holds(job.get("if")):
                run.jobs.append(JobRun(key, key, "skipped"))
                continue
            called = _CALLED.fullmatch(job.get("uses", ""))
            if called is None or called["pin"] != self.pin:
                raise WorkflowError(f"{workflow.name}: jobs.{key} calls no workflow of {TOOL} at {self.pin}")
            definition = read_workflow(self.tool / called["path"])
            self._called(run, definition, self._call(key, job, caller, definition, scope), github)

    def _call(
        self, key: str, job: Mapping[str, Any], caller: Mapping[str, Any], called: Mapping[str, Any], scope: Scope
    ) -> Call:
        """What the called workflow gets. Raises WorkflowError for inputs and secrets that it does not declare."""
        declared = called["on"]["workflow_call"]
        filled = {name: scope.text(value) for name, value in job.get("with", {}).items()}
        inputs = _inputs(f"jobs.{key}", declared.get("inputs", {}), filled)
        handed = job.get("secrets", {})
        if not isinstance(handed, dict) or not set(handed) <= set(declared.get("secrets", {})):
            raise WorkflowError(f"jobs.{key} hands on secrets that are not declared: {handed}")
        own = Scope({**scope.contexts, "secrets": {**self.town.secrets}})
        trusted = _trusted(scope.contexts["github"])
        secrets = {
            name: own.text(handed[name]) if name in handed and trusted else "" for name in declared.get("secrets", {})
        }
        permissions = job.get("permissions", caller.get("permissions", {}))
        return Call(inputs, secrets, frozenset(handed), permissions, self.tool)

    def _called(self, run: Run, workflow: Mapping[str, Any], call: Call, github: Mapping[str, Any]) -> None:
        results: dict[str, Known] = {}
        for key, definition in _ordered(workflow["jobs"]):
            needs = Known({name: results[name] for name in _needed(definition)})
            status = _status(needs)
            job = Job(self.town, self.scratch, call, key, definition, github, needs, {}, _trusted(github))
            before = Scope({name: job.scope().contexts[name] for name in ("github", "inputs", "needs", "vars")}, status)
            if not before.holds(definition.get("if")):
                run.jobs.append(JobRun(key, key, "skipped"))
                results[key] = Known(result="skipped", outputs=Known(dict.fromkeys(definition.get("outputs", {}), "")))
                continue
            ran = [self._leg(job, matrix) for matrix in _legs(before, definition)]
            run.jobs += ran
            failed = any(each.result != "success" for each in ran)
            results[key] = Known(result="failure" if failed else "success", outputs=Known(ran[-1].outputs))

    def _leg(self, job: Job, matrix: Mapping[str, Any]) -> JobRun:
        folder = self.scratch / str(next(self._folders))
        leg = Job(job.town, folder, job.call, job.key, job.definition, job.github, job.needs, matrix, job.trusted)
        return leg.run(self.machines.get(str(matrix.get("account")), {}), self.interruption)

    def _github(self, run: Run, caller: Mapping[str, Any], event: Mapping[str, Any]) -> dict[str, Any]:
        """The github context of a run."""
        pull = event.get("pull_request")
        if pull is not None:
            number = pull["number"]
            sha, ref = self.town.merge_commit(self.town.repository.pulls[number]), f"refs/pull/{number}/merge"
        else:
            sha, ref = event.get("after") or str(self.town.ref("refs/heads/main")), "refs/heads/main"
        return {
            "event": event,
            "event_name": "pull_request" if pull else "push" if "after" in event else event["event_name"],
            "sha": sha,
            "ref": ref,
            "ref_name": ref.split("/", 2)[2],
            "head_ref": pull["head"]["ref"] if pull else "",
            "base_ref": pull["base"]["ref"] if pull else "",
            "repository": self.town.repository.name,
            "repository_id": str(self.town.repository.id),
            "repository_owner": self.town.repository.name.partition("/")[0],
            "api_url": self.town.github.url,
            "server_url": self.town.forge.url,
            "run_id": run.id,
            "run_attempt": str(run.attempt),
            "workflow": caller.get("name", "workflow"),
            "actor": "maria-exemplo",
        }


def _trusted(github: Mapping[str, Any]) -> bool:
    """Whether secrets and a token that writes are given: not to pull requests from forks."""
    pull = github["event"].get("pull_request")
    return pull is None or (pull["head"]["repo"] or {}).get("full_name") == github["repository"]


def _status(needs: Mapping[str, Known]) -> str:
    results = {each["result"] for each in needs.values()}
    return "failure" if "failure" in results else "skipped" if "skipped" in results else "success"


def _legs(scope: Scope, definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    strategy = definition.get("strategy")
    if strategy is None:
        return [{}]
    matrix = scope.fill(strategy["matrix"])
    if set(strategy) - {"matrix", "fail-fast"} or not isinstance(matrix, dict) or set(matrix) != {"include"}:
        raise WorkflowError(f"the strategy {strategy} is not understood")
    if not 0 < len(matrix["include"]) <= 256:
        raise WorkflowError(f"a matrix has 1 to 256 legs, this one is {matrix!r}")
    return list(matrix["include"])


def _ordered(jobs: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each job after those that it needs."""
    left, done = dict(jobs), set[str]()
    while left:
        ready = [key for key, job in left.items() if set(_needed(job)) <= done]
        if not ready:
            raise WorkflowError(f"these jobs need what there is not: {sorted(left)}")
        yield ready[0], left.pop(ready[0])
        done.add(ready[0])


def _needed(job: Mapping[str, Any]) -> list[str]:
    needs = job.get("needs", [])
    return [needs] if isinstance(needs, str) else needs


def _inputs(where: str, declared: Mapping[str, Any], given: Mapping[str, str]) -> Known:
    for name in given:
        if name not in declared:
            raise WorkflowError(f"{where}: there is no input {name}")
    for name, each in declared.items():
        if each.get("required") and name not in given:
            raise WorkflowError(f"{where}: the input {name} is missing")
    return Known({name: given.get(name, each.get("default", "")) for name, each in declared.items()})
