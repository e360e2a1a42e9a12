"""The token: to GITHUB_API_URL, and into nothing that anybody reads, whatever GitHub answers."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.canary import CANARY, assert_clean
from tests.github import reports
from tests.github.conftest import Job
from tests.github.fault import Fault, answered
from tests.github.world import Pull, sha

COMMANDS = ["comment", "check", "labels", "issue", "reviewed"]


def words_of(job: Job, command: str) -> list[str]:
    """A call of each command that talks to GitHub."""
    plan, text = job.write("r.json", reports.plan()), job.write("r.md", "texto\n")
    return {
        "comment": ["comment", text, "--account", "acme"],
        "check": ["check", plan],
        "labels": ["labels"],
        "issue": ["issue", plan, text],
        "reviewed": ["reviewed", "--account", "acme", "--plan", str(job.folder / "x.plan")],
    }[command]


@pytest.fixture
def pull(job: Job) -> Pull:
    """A pull request, merged, so that every command has something to do."""
    made = job.pull()
    job.variables(GITHUB_SHA=job.repository.merge(made, sha("merge")), GITHUB_REF="refs/heads/main")
    return made


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("status", [200, 201, 302, 401, 403, 404, 410, 422, 429, 500])
def test_an_answer_that_says_the_token_does_not_make_us_say_it(job: Job, pull: Pull, command: str, status: int) -> None:
    """Whatever is answered, in whatever place: no output, log or file of the job has the token in it."""
    assert pull
    told = f"no: Bearer {CANARY}"
    body = {"message": told, "errors": [{"field": told, "message": told}], "html_url": told, "id": 1, "number": told}
    headers = {"Location": f"https://exemplo.org/?t={CANARY}", "Retry-After": "0", "Link": f'<{told}>; rel="next"'}
    headers["x-accepted-github-permissions"] = told
    for method in ("GET", "POST", "PATCH"):
        job.github.faults.append(answered(method, ".", json.dumps(body).encode(), status, **headers))
    ran = job.step(*words_of(job, command))
    assert "fault of the program" not in ran.err
    for path in (job.folder / "output", job.folder / "x.plan"):
        assert_clean(path.name, path.read_bytes() if path.exists() else b"")


@pytest.mark.parametrize(
    "address",
    [
        "http://api.exemplo.org",
        "https://api.github.com@exemplo.org",
        "ftp://127.0.0.1",
        "https://exemplo.org/?x=",
        "https://xn--gthub-cta.com",
    ],
)
def test_an_address_that_could_be_another_is_not_called(job: Job, pull: Pull, address: str) -> None:
    """https, or this machine; nothing that two programs could read differently."""
    job.variables(GITHUB_API_URL=address)
    assert pull
    assert job.step(*words_of(job, "labels")).code == 64


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GITHUB_TOKEN", ""),
        ("GITHUB_TOKEN", "ghs_a b"),
        ("GITHUB_REPOSITORY", "loja"),
        ("GITHUB_REPOSITORY", "../campanhas"),
        ("GITHUB_REPOSITORY", "loja/campanhas/../x"),
        ("GITHUB_REPOSITORY", "loja/camp?x=1"),
        ("GITHUB_EVENT_PATH", "none.json"),
    ],
)
def test_what_the_run_says_is_checked(job: Job, pull: Pull, name: str, value: str) -> None:
    """A variable that is missing, or is not what it should be, is named, and nothing is called."""
    job.variables(**{name: value})
    assert pull
    ran = job.step(*words_of(job, "labels"))
    assert (ran.code, name in ran.err) == (64, True)
    assert not job.github.calls


def test_a_server_that_does_not_answer_is_not_waited_for_long(job: Job, pull: Pull) -> None:
    """All calls together end within --max-time; what took effect meanwhile is found by the next run."""
    job.github.faults.append(Fault("POST", "comments", effect=True, hold=3.0))
    words = words_of(job, "comment")
    began = time.monotonic()
    ran = job.step(*words, "--max-time", "1s")
    assert time.monotonic() - began < 30
    assert ran.code == 75
    assert "no whole answer within 1 s" in ran.err
    assert job.step(*words).code == 0
    assert len(job.repository.comments(pull.number)) == 1


def test_a_server_that_is_not_there(job: Job, pull: Pull) -> None:
    """Not reached is told as that, with 75: it may be later."""
    job.variables(GITHUB_API_URL="http://127.0.0.1:9")
    assert pull
    ran = job.step(*words_of(job, "labels"), "--max-time", "2s")
    assert ran.code == 75
    assert "could not be reached" in ran.err


@pytest.mark.parametrize("command", [*COMMANDS, "annotate", "outputs"])
def test_a_process_of_its_own_says_it_nowhere(job: Job, pull: Pull, command: str, tmp_path: Path) -> None:
    """The whole program, with every library's log: neither streams nor files have the token."""
    assert pull
    report = job.write("r.json", reports.invalid())
    words = [command, report] if command in ("annotate", "outputs") else words_of(job, command)
    job.variables(GITHUB_ACTIONS="true", HTTPX_LOG_LEVEL="trace")
    program = [sys.executable, "-m", "reconciler", "github", *words]
    ran = subprocess.run(program, capture_output=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(b"::error ") == (command == "annotate")
    assert_clean("stdout", ran.stdout)
    assert_clean("stderr", ran.stderr)
    for path in tmp_path.iterdir():
        assert_clean(path.name, path.read_bytes())
