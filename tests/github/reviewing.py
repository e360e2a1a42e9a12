"""Pull requests, commits, check runs and artifacts, as GitHub's REST API has them."""

from __future__ import annotations

from typing import Any

from tests.github.refusal import Refusal, invalid, missing, text
from tests.github.request import Answer, Request, row, rows
from tests.github.world import TIME, CheckRun, Pull, Repository

_CONCLUSIONS = (
    "action_required",
    "cancelled",
    "failure",
    "neutral",
    "success",
    "skipped",
    "stale",
    "timed_out",
)


def pull(request: Request) -> Answer:
    """GET /repos/{}/pulls/{n}."""
    found = request.repository.pulls.get(request.number)
    if found is None:
        raise missing()
    return row(_pull(request.repository, found))


def pulls_of(request: Request) -> Answer:
    """GET /repos/{}/commits/{sha}/pulls: those that brought the commit in, and those open ones that contain it."""
    wanted = _commit(request, request.words[-2])
    found = [
        each
        for each in request.repository.pulls.values()
        if wanted in (each.merge_commit_sha, each.head_sha) or _contains(request.repository, each, wanted)
    ]
    return rows([_pull(request.repository, each) for each in found])


def commit(request: Request) -> Answer:
    """GET /repos/{}/commits/{sha}."""
    wanted = _commit(request, request.words[-1])
    return row({"sha": wanted, "parents": [{"sha": each} for each in request.repository.commits[wanted]]})


def check(request: Request) -> Answer:
    """POST /repos/{}/check-runs."""
    given = request.body
    head = text(given, "head_sha", "CheckRun", most=64)
    if head not in request.repository.commits:
        raise Refusal(422, f"No commit found for SHA: {head}")
    text(given, "name", "CheckRun", most=255, least=1)
    made = CheckRun(request.repository.next_id(), request.token.app, head, {})
    _report(made, given)
    request.repository.checks.append(made)
    return row(_check(made), 201)


def edit_check(request: Request) -> Answer:
    """PATCH /repos/{}/check-runs/{id}: only by the app that made it."""
    found = next((each for each in request.repository.checks if each.id == request.number), None)
    if found is None:
        raise missing()
    if found.app != request.token.app:
        raise Refusal(403, "Invalid app_id, check run can only be modified by the GitHub App that created it.")
    _report(found, request.body)
    return row(_check(found))


def checks(request: Request) -> Answer:
    """GET /repos/{}/commits/{sha}/check-runs: the newest first; `filter=latest` (default) one of each name and app."""
    wanted = _commit(request, request.words[-2])
    name, every = request.query.get("check_name"), request.query.get("filter", "latest") == "all"
    found: dict[object, CheckRun] = {}
    for each in reversed(request.repository.checks):
        if each.head_sha == wanted and name in (None, each.given["name"]):
            found.setdefault(each.id if every else (each.given["name"], each.app), each)
    return rows([_check(each) for each in found.values()], "check_runs")


def artifact(request: Request) -> Answer:
    """GET /repos/{}/actions/artifacts/{id}."""
    found = request.repository.artifacts.get(request.number)
    if found is None:
        raise missing()
    run = {
        "id": 9,
        "repository_id": request.repository.id,
        "head_repository_id": found.head_repository,
        "head_branch": "ramo",
        "head_sha": found.head_sha,
    }
    shown = {"id": found.id, "name": found.name, "size_in_bytes": len(found.content), "expired": found.expired}
    return row(shown | {"workflow_run": run})


def download(request: Request) -> Answer:
    """GET /repos/{}/actions/artifacts/{id}/zip: 302 to storage elsewhere, for a minute; 410 once it has expired."""
    found = request.repository.artifacts.get(request.number)
    if found is None:
        raise missing()
    if found.expired:
        raise Refusal(410, "Artifact has expired")
    address = f"{request.storage}/{request.repository.id}/{found.id}?sig=abc%3D"
    return Answer(302, None, {"Location": address})


def _report(made: CheckRun, given: dict[str, Any]) -> None:
    status, conclusion = given.get("status", "queued"), given.get("conclusion")
    if conclusion is not None and (conclusion not in _CONCLUSIONS or status not in ("completed", "queued")):
        raise invalid("CheckRun", "conclusion")
    if status not in ("queued", "in_progress", "completed") or (status == "completed") != (conclusion is not None):
        raise invalid("CheckRun", "status")
    output = given.get("output")
    if output is not None:
        text(output, "title", "CheckRun", most=255, least=1)
        text(output, "summary", "CheckRun", most=65_535)
        found = output.get("annotations", [])
        if not isinstance(found, list) or len(found) > 50:
            raise invalid("CheckRun", "annotations", "custom", "No more than 50 annotations per request")
        for each in found:
            _annotation(each)
        made.annotations += found
    made.given |= {name: value for name, value in given.items() if name != "head_sha"}


def _annotation(given: dict[str, Any]) -> None:
    text(given, "path", "Annotation", most=1024, least=1)
    text(given, "message", "Annotation", most=65_536, least=1)
    if given.get("annotation_level") not in ("notice", "warning", "failure"):
        raise invalid("Annotation", "annotation_level")
    lines = [given.get(name) for name in ("start_line", "end_line")]
    if not all(isinstance(line, int) and line > 0 for line in lines):
        raise invalid("Annotation", "start_line")
    if "start_column" in given and lines[0] != lines[1]:
        raise invalid("Annotation", "start_column")
    if given["path"].startswith(("/", "../")):
        raise invalid("Annotation", "path")


def _check(made: CheckRun) -> dict[str, Any]:
    given, output = made.given, made.given.get("output") or {}
    return {
        "id": made.id,
        "head_sha": made.head_sha,
        "name": given.get("name"),
        "external_id": given.get("external_id", ""),
        "details_url": given.get("details_url"),
        "status": given.get("status", "queued"),
        "conclusion": given.get("conclusion"),
        "started_at": TIME,
        "completed_at": TIME if given.get("status") == "completed" else None,
        "app": {"id": 15368, "slug": made.app},
        "output": {
            "title": output.get("title"),
            "summary": output.get("summary"),
            "annotations_count": len(made.annotations),
        },
    }


def _pull(repository: Repository, each: Pull) -> dict[str, Any]:
    issue = repository.issues[each.number]
    fork = {
        "id": each.head_repository,
        "full_name": repository.name if each.head_repository == repository.id else "x/y",
    }
    return {
        "number": each.number,
        "state": issue.state,
        "title": issue.title,
        "merged_at": each.merged_at,
        "merge_commit_sha": each.merge_commit_sha,
        "head": {"sha": each.head_sha, "ref": each.head_ref, "repo": fork},
        "base": {"ref": each.base_ref, "repo": {"id": repository.id, "full_name": repository.name}},
    }


def _commit(request: Request, sha: str) -> str:
    if sha not in request.repository.commits:
        raise Refusal(422, f"No commit found for SHA: {sha}")
    return sha


def _contains(repository: Repository, each: Pull, wanted: str) -> bool:
    """Whether the commit is one of the pull request's own, by way of its first parents."""
    seen, at = 0, each.head_sha
    while at in repository.commits and repository.commits[at] and seen < 100:
        if at == wanted:
            return True
        at, seen = repository.commits[at][0], seen + 1
    return False
