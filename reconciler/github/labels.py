"""Labels of a pull request, by what the checks of all accounts at its head say.

Accounts are planned side by side, each by a job of its own. Each job records its check first and then labels by all
checks that are there, until it finds nothing to change: the last that changes anything has seen every check since.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from reconciler.github.answers import text
from reconciler.github.checks import latest, record_of, runs
from reconciler.github.client import Client
from reconciler.github.errors import GitHubError
from reconciler.github.report import Standing

_PASSES: Final = 10


@dataclass(frozen=True, slots=True)
class Label:
    """A label as it is made where the repository does not have it; later, its looks are the repository's to choose."""

    name: str
    color: str
    description: str


SENDS: Final = Label("reconciler: sends", "b60205", "Merging this sends e-mail")
CHANGES: Final = Label("reconciler: changes", "fbca04", "Merging this changes an account, and sends nothing")
SAME: Final = Label("reconciler: no changes", "c2e0c6", "Merging this changes no account")
BLOCKED: Final = Label("reconciler: blocked", "d93f0b", "A guard refuses something, or a person must decide")
INVALID: Final = Label("reconciler: invalid", "5319e7", "The files are wrong, or a plan could not be made")
DRIFT: Final = Label("reconciler: drift", "fbca04", "The account is not as it is declared")
OURS: Final = (SENDS, CHANGES, SAME, BLOCKED, INVALID)
"""Those of a pull request. No other label is ever touched."""


def wanted(standings: Collection[Standing]) -> frozenset[Label]:
    """The labels that belong to what all accounts' checks say together: what they do, and what holds them up."""
    found = set()
    if Standing.SENDS in standings:
        found.add(SENDS)
    elif Standing.CHANGES in standings:
        found.add(CHANGES)
    elif set(standings) == {Standing.SAME}:
        found.add(SAME)
    if Standing.BLOCKED in standings:
        found.add(BLOCKED)
    if {Standing.INVALID, Standing.FAILED} & set(standings):
        found.add(INVALID)
    return frozenset(found)


def label(client: Client, pull_request: int, head: str) -> frozenset[Label]:
    """Make the pull request's labels those that its checks say; which they are. Raises GitHubError."""
    for _ in range(_PASSES):
        kept = (record_of(run) for run in latest(runs(client, head)).values())
        said = {standing for record in kept for standing in (record.standings if record else {Standing.FAILED})}
        meant = wanted(said)
        if not _made_so(client, pull_request, meant):
            return meant
    raise GitHubError("the checks and labels of the pull request keep changing: other jobs are at it", later=True)


def _made_so(client: Client, pull_request: int, meant: frozenset[Label]) -> bool:
    """Whether something had to be changed for that: label by label, since other jobs may be at it, too."""
    there = {text(each, "name").lower() for each in client.rows(f"issues/{pull_request}/labels")}
    missing = [each for each in OURS if each in meant and each.name.lower() not in there]
    surplus = [each for each in OURS if each not in meant and each.name.lower() in there]
    for each in missing:
        ensure(client, each)
        client.change("POST", f"issues/{pull_request}/labels", {"labels": [each.name]})
    for each in surplus:
        _drop(client, pull_request, each)
    return bool(missing or surplus)


def ensure(client: Client, wanted_label: Label) -> None:
    """Make the label, if the repository does not have it. Raises GitHubError."""
    names = (text(each, "name").lower() for each in client.rows("labels"))
    if wanted_label.name.lower() in names:
        return
    body = {"name": wanted_label.name, "color": wanted_label.color, "description": wanted_label.description}
    try:
        client.change("POST", "labels", body)
    except GitHubError as error:
        if error.status != 422:  # somebody made it meanwhile: another job, or the first of two tries
            raise


def _drop(client: Client, pull_request: int, surplus: Label) -> None:
    try:
        client.change("DELETE", f"issues/{pull_request}/labels/{surplus.name}")
    except GitHubError as error:
        if error.status != 404:  # gone already
            raise
