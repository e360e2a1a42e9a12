"""What GitHub Actions says of the run that a command is a step of: its environment, as values."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

import click

from reconciler.cli.arguments import duration
from reconciler.cli.console import Console
from reconciler.github.answers import text, whole
from reconciler.github.outputs import encoded
from reconciler.github.report import Report, UnreadableReportError, absent, read

if TYPE_CHECKING:
    from reconciler.github.client import Client

_ADDRESS = "https://api.github.com"
_REPOSITORY = re.compile(r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}")
_TOKEN = re.compile(r"[\x21-\x7e]{1,1024}")
_LARGEST = 256 * 1024 * 1024
REPORT = click.argument("report", type=click.Path(path_type=Path, dir_okay=False), metavar="REPORT.json")
ACCOUNT = click.option("--account", metavar="NAME", help="Whose run it was, where the report does not say.")
MAX_TIME = click.option(
    "--max-time",
    callback=duration,
    default="5min",
    show_default=True,
    metavar="DURATION",
    help="Give up after this long, with 75: GitHub may be down, or hold us back.",
)
AUTHOR = click.option(
    "--author",
    metavar="LOGIN",
    default="github-actions[bot]",
    show_default=True,
    help="Whom the token acts as: only what this user wrote is edited.",
)
PULL_REQUEST = click.option(
    "--pull-request", type=click.IntRange(min=1), metavar="N", help="Which pull request; default: the event's own."
)
NAME = click.option("--account", metavar="NAME", required=True, help="Which account it is about.")
WORKSPACE = click.option(
    "-C",
    "--workspace",
    "root",
    type=click.Path(path_type=Path),
    default=".",
    show_default=True,
    help="The folder of reconciler.yaml, to which the report's places are relative.",
)


def variable(name: str) -> str:
    """A variable of the run. UsageError where it is not set."""
    value = os.environ.get(name, "").strip()
    if not value:
        raise click.UsageError(f"the variable {name} is not set: GitHub Actions sets it for the steps of a workflow")
    return value


@contextmanager
def opened(console: Console, patience: timedelta) -> Iterator[Client]:
    """GitHub, as this run may call it for at most so long. Raises UsageError and InvalidOriginError."""
    from reconciler.github.client import Client, Place  # noqa: PLC0415  (httpx)
    from reconciler.transport import Origin, SystemClock  # noqa: PLC0415

    token = variable("GITHUB_TOKEN")
    console.hide(token)
    if not _TOKEN.fullmatch(token):
        raise click.UsageError("GITHUB_TOKEN is no token: it has a character that none has")
    repository = variable("GITHUB_REPOSITORY")
    if not _REPOSITORY.fullmatch(repository) or {".", ".."} & set(repository.split("/")):
        raise click.UsageError("GITHUB_REPOSITORY is not of the form owner/name")
    api = Origin.parse(os.environ.get("GITHUB_API_URL", "").strip() or _ADDRESS)
    client = Client(Place(api, repository, token), SystemClock(), patience.total_seconds())
    try:
        yield client
    finally:
        client.close()


def repository_folder() -> Path | None:
    """Where the repository is checked out; None outside of GitHub Actions."""
    value = os.environ.get("GITHUB_WORKSPACE", "").strip()
    return Path(value) if value else None


def branch() -> str:
    """The branch that was pushed to. UsageError where the run is about none."""
    ref = variable("GITHUB_REF")
    if not ref.startswith("refs/heads/"):
        raise click.UsageError(f"this run is about no branch ({ref}): run it on a push to the main branch")
    return ref.removeprefix("refs/heads/")


def page_of_run() -> str:
    """The page of this run, of this attempt at it."""
    server = os.environ.get("GITHUB_SERVER_URL", "").strip() or "https://github.com"
    attempt = os.environ.get("GITHUB_RUN_ATTEMPT", "").strip()
    page = f"{server}/{variable('GITHUB_REPOSITORY')}/actions/runs/{variable('GITHUB_RUN_ID')}"
    return f"{page}/attempts/{attempt}" if attempt.isdecimal() else page


@dataclass(frozen=True, slots=True)
class Event:
    """What set the workflow off, as the file of GITHUB_EVENT_PATH says."""

    found: object

    @classmethod
    def read(cls) -> Event:
        """The event; an empty one where there is no such file. UsageError for one that cannot be read."""
        path = os.environ.get("GITHUB_EVENT_PATH", "").strip()
        if not path:
            return cls({})
        try:
            return cls(json.loads(Path(path).read_bytes()))
        except (OSError, ValueError, RecursionError) as error:
            raise click.UsageError(f"GITHUB_EVENT_PATH: {path} cannot be read: {type(error).__name__}") from None

    def pull_request(self, given: int | None) -> int:
        """The number of the pull request: `given`, or the event's own. UsageError where there is none."""
        number = given or whole(self.found, "pull_request", "number")
        if number is None or number < 1:
            told = "this run is about no pull request: say which with --pull-request, or run it on pull_request"
            raise click.UsageError(told)
        return number

    def head(self) -> str:
        """The commit at the head of the pull request. UsageError where there is none."""
        sha = text(self.found, "pull_request", "head", "sha")
        if not sha:
            raise click.UsageError("this run is about no pull request: checks are recorded on pull_request only")
        return sha


def report_at(path: Path, account: str | None) -> Report:
    """The report in a file; that of a run that wrote none where there is no file. UsageError for another file."""
    try:
        with path.open("rb") as file:
            found = read(file.read(_LARGEST))
    except FileNotFoundError:
        found = absent()
    except OSError as error:
        raise click.UsageError(f"{path}: the report cannot be read: {error.strerror or error}") from None
    except UnreadableReportError as error:
        raise click.UsageError(f"{path}: {error}") from None
    if account is not None and found.account not in ("", account):
        raise click.UsageError(f"{path}: this is the report of the account {found.account}, not of {account}")
    return found


def account_of(report: Report, account: str | None) -> str:
    """Whose run it was. UsageError if neither the report nor the option says."""
    name = report.account or account
    if not name:
        raise click.UsageError("the report does not say which account it is of: add --account NAME")
    return name


def put_out(console: Console, values: Mapping[str, str]) -> None:
    """Add outputs of the step to the file of GITHUB_OUTPUT, and show them. ClickException if that cannot be written."""
    path = os.environ.get("GITHUB_OUTPUT", "").strip()
    if path:
        try:
            with Path(path).open("a", encoding="utf-8", newline="") as file:
                file.write(console.clean(encoded(values, lambda: token_hex(16))))
        except OSError as error:
            raise click.ClickException(f"GITHUB_OUTPUT: {path}: {error.strerror or error}") from error
    console.data("\n".join(f"{name}={value}" for name, value in values.items()))


def body_of(path: Path) -> str:
    """The text of a file, for a comment or an issue. UsageError if it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise click.UsageError(f"{path}: the text cannot be read: {type(error).__name__}") from None
