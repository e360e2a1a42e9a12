"""Issues, comments and labels, as GitHub's REST API has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from tests.github.refusal import Refusal, invalid, missing, text
from tests.github.request import Answer, Request, row, rows
from tests.github.world import Comment, Issue, Label, Repository, Token, User

LONGEST = 65_536
TALKS = ("issues=write", "pull_requests=write")
SEES = ("issues=read", "pull_requests=read")


def comments(request: Request) -> Answer:
    """GET /repos/{}/issues/{n}/comments."""
    return rows([_comment(request, each) for each in _issue(request).comments])


def comment(request: Request) -> Answer:
    """POST /repos/{}/issues/{n}/comments."""
    issue, repository = _issue(request), request.repository
    body = text(request.body, "body", "IssueComment", most=LONGEST, least=1)
    made = Comment(repository.next_id(), body, request.token.user, _app(request.token))
    issue.comments.append(made)
    return row(_comment(request, made), 201)


def edit_comment(request: Request) -> Answer:
    """PATCH /repos/{}/issues/comments/{id}. The bot may edit any comment: GitHub does not ask who wrote it."""
    found = _found_comment(request.repository, request.number)[1]
    found.body = text(request.body, "body", "IssueComment", most=LONGEST, least=1)
    return row(_comment(request, found))


def delete_comment(request: Request) -> Answer:
    """DELETE /repos/{}/issues/comments/{id}."""
    issue, found = _found_comment(request.repository, request.number)
    issue.comments.remove(found)
    return Answer(204, None)


def issues(request: Request) -> Answer:
    """GET /repos/{}/issues. Pull requests are issues here too."""
    state, wanted = request.query.get("state", "open"), request.query.get("labels", "")
    labels = {label.lower() for label in wanted.split(",") if label}
    found = [
        issue
        for issue in sorted(request.repository.issues.values(), key=lambda each: -each.number)
        if state in ("all", issue.state) and labels <= {label.lower() for label in issue.labels}
    ]
    return rows([_shown(request.repository, issue) for issue in found])


def open_issue(request: Request) -> Answer:
    """POST /repos/{}/issues. Labels that do not exist yet are made by this call (as GitHub does, undocumented)."""
    repository = request.repository
    title = text(request.body, "title", "Issue", most=256, least=1)
    body = text({"body": ""} | dict(request.body), "body", "Issue", most=LONGEST)
    number = max(repository.issues, default=0) + 1
    issue = Issue(number, title, body, request.token.user, labels=_names(request, "labels"))
    for name in issue.labels:
        repository.labels.setdefault(name.lower(), Label(name))
    repository.issues[number] = issue
    return row(_shown(repository, issue), 201)


def edit_issue(request: Request) -> Answer:
    """PATCH /repos/{}/issues/{n}."""
    issue, given = _issue(request), request.body
    if "title" in given:
        issue.title = text(given, "title", "Issue", most=256, least=1)
    if "body" in given:
        issue.body = text(given, "body", "Issue", most=LONGEST)
    if "state" in given:
        if given["state"] not in ("open", "closed"):
            raise invalid("Issue", "state")
        issue.state = given["state"]
        issue.state_reason = given.get("state_reason")
    return row(_shown(request.repository, issue))


def labels(request: Request) -> Answer:
    """GET /repos/{}/labels."""
    return rows([vars_of(label) for label in request.repository.labels.values()])


def make_label(request: Request) -> Answer:
    """POST /repos/{}/labels."""
    name = text(request.body, "name", "Label", most=50, least=1)
    color = text(request.body, "color", "Label", most=6, least=6)
    described = text({"description": ""} | dict(request.body), "description", "Label", most=100)
    if name.lower() in request.repository.labels:
        raise invalid("Label", "name", "already_exists")
    if any(sign not in "0123456789abcdefABCDEF" for sign in color):
        raise invalid("Label", "color")
    made = Label(name, color, described)
    request.repository.labels[name.lower()] = made
    return row(vars_of(made), 201)


def labels_on(request: Request) -> Answer:
    """GET /repos/{}/issues/{n}/labels."""
    return rows(_labels_of(request.repository, _issue(request)))


def add_labels(request: Request) -> Answer:
    """POST /repos/{}/issues/{n}/labels: beside those that are there."""
    issue = _issue(request)
    for name in _names(request, "labels"):
        request.repository.labels.setdefault(name.lower(), Label(name))
        if name.lower() not in [label.lower() for label in issue.labels]:
            issue.labels.append(name)
    return row(_labels_of(request.repository, issue))


def drop_label(request: Request) -> Answer:
    """DELETE /repos/{}/issues/{n}/labels/{name}."""
    issue, name = _issue(request), unquote(request.words[-1]).lower()
    kept = [label for label in issue.labels if label.lower() != name]
    if len(kept) == len(issue.labels):
        raise Refusal(404, "Label does not exist")
    issue.labels[:] = kept
    return row(_labels_of(request.repository, issue))


def vars_of(label: Label) -> dict[str, Any]:
    """A label as it stands in answers."""
    return {"name": label.name, "color": label.color, "description": label.description, "default": False}


def _labels_of(repository: Repository, issue: Issue) -> list[dict[str, Any]]:
    return [vars_of(repository.labels.get(name.lower(), Label(name))) for name in issue.labels]


def _names(request: Request, field: str) -> list[str]:
    given = request.body.get(field, [])
    if not isinstance(given, list) or not all(isinstance(name, str) and 0 < len(name) <= 50 for name in given):
        raise invalid("Label", field)
    return list(given)


def _issue(request: Request) -> Issue:
    found = request.repository.issues.get(request.number)
    if found is None:
        raise missing()
    return found


def _found_comment(repository: Repository, wanted: int) -> tuple[Issue, Comment]:
    for issue in repository.issues.values():
        for each in issue.comments:
            if each.id == wanted:
                return issue, each
    raise missing()


def _app(token: Token) -> str | None:
    return token.app if token.user.type == "Bot" else None


def _comment(request: Request, each: Comment) -> dict[str, Any]:
    where = f"{request.base}/repos/{request.repository.name}"
    return {
        "id": each.id,
        "url": f"{where}/issues/comments/{each.id}",
        "html_url": f"https://github.example/{request.repository.name}/issues#issuecomment-{each.id}",
        "body": each.body,
        "user": _user(each.user),
        "created_at": each.updated_at,
        "updated_at": each.updated_at,
        "performed_via_github_app": None if each.app is None else {"slug": each.app},
    }


def _user(user: User) -> Mapping[str, Any]:
    return user.json


def _shown(repository: Repository, issue: Issue) -> dict[str, Any]:
    shown = {
        "id": repository.id * 1000 + issue.number,
        "number": issue.number,
        "title": issue.title,
        "body": issue.body,
        "state": issue.state,
        "state_reason": issue.state_reason,
        "user": _user(issue.user),
        "labels": _labels_of(repository, issue),
        "html_url": f"https://github.example/{repository.name}/issues/{issue.number}",
    }
    return shown | ({"pull_request": {"url": ""}} if issue.number in repository.pulls else {})
