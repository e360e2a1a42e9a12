"""The three actions of GitHub's that our workflows use, in Python: what they do, and no input that we do not know.

actions/checkout fetches from the forge over HTTP with the job's token, and leaves that in .git/config unless it is told
not to; actions/setup-python puts the session's interpreter on the path; actions/upload-artifact stores what it gets.
"""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable, Mapping
from typing import Final

from tests.actions.errors import WorkflowError
from tests.actions.machine import Machine, Upload
from tests.github.world import zipped

Inputs = Mapping[str, str]
Outputs = dict[str, str]

PINNED: Final = {
    "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683": "v4.2.2",
    "actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065": "v5.6.0",
    "actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a": "v7.0.1",
}
"""The commits that we know the releases of."""


def checkout(machine: Machine, inputs: Inputs) -> Outputs:
    """The caller's repository at the event's commit, in the workspace."""
    given = _inputs(inputs, {"fetch-depth": "1", "persist-credentials": "true"})
    work, address = machine.workspace, f"{machine.github['server_url']}/{machine.github['repository']}"
    secret = base64.b64encode(f"x-access-token:{machine.github['token']}".encode()).decode()
    header = f"http.{machine.github['server_url']}/.extraheader"
    sha = machine.github["sha"]

    def git(*words: str) -> None:
        call = ["git", "-C", str(work), "-c", f"{header}=AUTHORIZATION: basic {secret}", *words]
        ran = subprocess.run(call, capture_output=True, text=True, env=machine.variables(), check=False)
        if ran.returncode:
            raise StepFailed(f"git {words[0]}: {ran.stderr}")

    git("init", "--quiet", "--initial-branch=main")
    git("remote", "add", "origin", address)
    if given["fetch-depth"] == "0":
        git("fetch", "--quiet", "--no-tags", "origin", "+refs/heads/*:refs/remotes/origin/*", sha)
    else:
        git("fetch", "--quiet", "--no-tags", f"--depth={given['fetch-depth']}", "origin", sha)
    git("checkout", "--quiet", "--detach", sha)
    if given["persist-credentials"] == "true":
        git("config", header, f"AUTHORIZATION: basic {secret}")
    return {"commit": sha, "ref": ""}


def setup_python(machine: Machine, inputs: Inputs) -> Outputs:
    """The session's interpreter, whatever version is asked for."""
    given = _inputs(inputs, {"python-version": ""})
    machine.path.insert(0, str(machine.town.python / "bin"))
    return {"python-version": given["python-version"]}


def upload_artifact(machine: Machine, inputs: Inputs) -> Outputs:
    """One file as an artifact: zipped under a name, or as it is, and then its name is the artifact's."""
    defaults = {"name": "artifact", "path": "", "retention-days": "90", "if-no-files-found": "warn"}
    given = _inputs(inputs, {**defaults, "overwrite": "false", "archive": "true"})
    path = machine.workspace / given["path"]
    if not path.is_file():
        raise StepFailed(f"No files were found with the provided path: {path}")
    archived = given["archive"] == "true"
    name, content = (
        (given["name"], zipped({path.name: path.read_bytes()})) if archived else (path.name, path.read_bytes())
    )
    run, attempt = machine.github["run_id"], machine.github["run_attempt"]
    artifact = machine.town.store(name, content, run, attempt, overwrite=given["overwrite"] == "true")
    machine.uploads.append(Upload(name, artifact, int(given["retention-days"]), archived, path))
    address = f"{machine.github['server_url']}/{machine.github['repository']}/actions/runs/{run}/artifacts/{artifact}"
    return {"artifact-id": str(artifact), "artifact-url": address, "artifact-digest": ""}


class StepFailed(Exception):  # noqa: N818 - a step that ends red, no fault of the runner's
    """An action that did not do what it was asked."""


def _inputs(inputs: Inputs, defaults: Mapping[str, str]) -> dict[str, str]:
    for name in inputs:
        if name not in defaults:
            raise WorkflowError(f"the input {name} is not understood")
    return {**defaults, **inputs}


ACTIONS: Final[dict[str, Callable[[Machine, Inputs], Outputs]]] = {
    "actions/checkout": checkout,
    "actions/setup-python": setup_python,
    "actions/upload-artifact": upload_artifact,
}
