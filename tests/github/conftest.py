"""A stand-in for GitHub for every test here, and the command line as a step of a workflow runs it."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from reconciler.cli.main import cli
from tests.e2e.canary import CANARY, assert_clean
from tests.github.standin import GitHub
from tests.github.world import Pull, Repository, sha

ALL = {"issues": "write", "pull_requests": "write", "checks": "write", "actions": "read", "contents": "read"}
"""All that any command needs."""


@pytest.fixture
def github() -> Iterator[GitHub]:
    """GitHub, with nothing in it."""
    with GitHub() as standing:
        yield standing


@dataclass(frozen=True, slots=True)
class Ran:
    """One step: exit code, and what it wrote."""

    code: int
    out: str
    err: str


@dataclass(slots=True)
class Job:
    """A job of a workflow in a repository: its token, its event, its variables, and a folder of its own."""

    github: GitHub
    repository: Repository
    folder: Path
    environment: pytest.MonkeyPatch

    def variables(self, **given: str) -> None:
        """Set variables for the steps that follow."""
        for name, value in given.items():
            self.environment.setenv(name, value)

    def about(self, pull: Pull) -> Pull:
        """The event of the steps that follow is this pull request's."""
        (self.folder / "event.json").write_text(json.dumps(self.repository.event(pull)), encoding="utf-8")
        self.variables(GITHUB_EVENT_PATH=str(self.folder / "event.json"))
        return pull

    def pull(self, name: str = "natal", *, fork: bool = False) -> Pull:
        """A new pull request, which the event is about."""
        return self.about(self.repository.open_pull(sha(name), fork=fork))

    def write(self, name: str, content: object) -> str:
        """A file of the job: text, or a JSON document; its path."""
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    def run(self, *words: str) -> Ran:
        """`reconciler …`, as a step: no output ever has the token in it, or a traceback."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            try:
                code = cli.main(list(words), prog_name="reconciler", standalone_mode=False)
            except click.UsageError as error:
                error.show()
                code = 64
            except click.ClickException as error:
                error.show()
                code = 1
        ran = Ran(int(code or 0), out.getvalue(), err.getvalue())
        for text in (ran.out, ran.err):
            assert_clean("the output", text.encode())
            assert "Traceback" not in text
        return ran

    def step(self, command: str, *words: str) -> Ran:
        """`reconciler github …`."""
        return self.run("github", command, *words)

    def outputs(self) -> dict[str, str]:
        """The outputs of the steps so far, read as the runner reads them."""
        path = self.folder / "output"
        found: dict[str, str] = {}
        lines = iter(path.read_text(encoding="utf-8").split("\n") if path.exists() else ())
        for line in lines:
            name, _, delimiter = line.partition("<<")
            if delimiter:
                found[name] = "\n".join(iter(lambda end=delimiter: next(lines, end), delimiter))
        return found


@pytest.fixture
def job(github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job of the repository loja/campanhas, whose token may do everything."""
    loja = github.repository("loja/campanhas")
    token = github.token(text=CANARY, **ALL)
    made = Job(github, loja, tmp_path, monkeypatch)
    made.variables(**github.environment(loja, token), GITHUB_OUTPUT=str(tmp_path / "output"))
    monkeypatch.setenv("GITHUB_ACTIONS", "false")  # pytest's own streams are read here
    monkeypatch.chdir(tmp_path)
    return made
