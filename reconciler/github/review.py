"""The way back from a merged commit to the plan that was reviewed: pull request, head, check run, artifact, saved plan.

Nothing on this way can be written by who may only comment, edit comments, or send pull requests from a fork: a check
run of the app `github-actions` is made by a workflow of the repository, whose token for a fork may only read. Each step
is held against the one before (commit, branch, head, repository, hash), and what does not fit counts as not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from reconciler.github.answers import at, rows, text, whole
from reconciler.github.archive import ArchiveError, only_file
from reconciler.github.checks import Record, latest, name_of, record_of, runs
from reconciler.github.client import Client
from reconciler.github.errors import GitHubError
from reconciler.report.words import shortened

_LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a saved plan, and of the zip that holds it: a hundred thousand changes of contacts are 4 MB."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What was merged: the commit of the branch, and the branch by name."""

    sha: str
    branch: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What was reviewed, as far as it is on record: with a plan it is found, else `reason` says why not."""

    pull_request: int | None = None
    digest: str = ""
    plan: bytes | None = None
    reason: str = ""


class _NotOnRecordError(Exception):
    """Something on the way is not there, or is not what it should be; the text says what."""


def reviewed(client: Client, merged: Merged, account: str) -> Reviewed:
    """The plan that was reviewed before `merged` came to be. Raises GitHubError if GitHub cannot be asked."""
    pull: Mapping[str, Any] = {}
    digest = ""
    try:
        pull = _pull_request(client, merged)
        record = _recorded(client, pull, account)
        digest = record.digest
        plan = _plan(client, record, text(pull, "head", "sha"))
    except _NotOnRecordError as missing:
        return Reviewed(whole(pull, "number"), digest, None, str(missing))
    return Reviewed(whole(pull, "number"), digest, plan)


def _pull_request(client: Client, merged: Merged) -> Mapping[str, Any]:
    """The pull request whose merging made the commit: by a merge commit, a squash, or (the last commit of) a rebase.

    In all three GitHub names the commit that the branch then stands at as `merge_commit_sha`. Pull requests whose
    commits came along with another's have the same one, and of them a merge commit names the head that was merged.
    """
    found = [
        each
        for each in client.rows(f"commits/{merged.sha}/pulls")
        if text(each, "merge_commit_sha") == merged.sha
        and text(each, "merged_at")
        and text(each, "base", "ref") == merged.branch
        and text(each, "base", "repo", "full_name").lower() == client.repository.lower()
        and text(each, "head", "sha")
        and whole(each, "number") is not None
    ]
    if len(found) > 1:
        parents = [text(each, "sha") for each in rows(client.get(f"commits/{merged.sha}"), "parents")]
        found = [each for each in found if text(each, "head", "sha") in parents[1:]]
    if len(found) != 1:
        told = "several pull requests were" if found else "no pull request was"
        raise _NotOnRecordError(f"{told} merged into {merged.branch} as {merged.sha[:10]}")
    return found[0]


def _recorded(client: Client, pull: Mapping[str, Any], account: str) -> Record:
    """What the newest check run of the account on the head that was merged keeps."""
    head, number = text(pull, "head", "sha"), whole(pull, "number")
    newest = latest(runs(client, head, account)).get(name_of(account))
    if newest is None:
        raise _NotOnRecordError(f"no plan for {account} is on record for the head of #{number} ({head[:10]})")
    record = record_of(newest)
    if record is None or text(newest, "status") != "completed":
        raise _NotOnRecordError(f"the check {name_of(account)} of #{number} keeps no plan")
    if not record.digest:
        conclusion = shortened(text(newest, "conclusion"), 20)
        raise _NotOnRecordError(f"the last plan for {account} in #{number} came to none: {conclusion}")
    return record


def _plan(client: Client, record: Record, head: str) -> bytes:
    """The saved plan whose hash the record keeps, out of the artifact of a run of that head in this repository."""
    if not (record.artifact and record.sha256):
        raise _NotOnRecordError("no saved plan was kept")
    try:
        found = client.get(f"actions/artifacts/{record.artifact}")
    except GitHubError as error:
        raise _gone(error) from None
    run = at(found, "workflow_run")
    if text(run, "head_sha") != head:
        raise _NotOnRecordError("the artifact is of another commit than the one that was reviewed")
    home = whole(run, "repository_id")
    if home is None or whole(run, "head_repository_id") != home:
        raise _NotOnRecordError("the artifact is of a fork")
    if at(found, "expired") is not False:
        raise _NotOnRecordError("the artifact with the saved plan has expired")
    try:
        content = client.download(f"actions/artifacts/{record.artifact}/zip", _LARGEST)
    except GitHubError as error:
        raise _gone(error) from None
    try:
        plan = only_file(content, _LARGEST)
    except ArchiveError as error:
        raise _NotOnRecordError(f"the artifact cannot be used: {error}") from None
    if hashlib.sha256(plan).hexdigest() != record.sha256:
        raise _NotOnRecordError("the saved plan in the artifact is not the one that was recorded")
    return plan


def _gone(error: GitHubError) -> Exception:
    """Why an artifact cannot be had: removed (404) and expired (410) are answers, everything else is an error."""
    return _NotOnRecordError("the artifact with the saved plan is gone") if error.status in (404, 410) else error
