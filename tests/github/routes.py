"""Which call is whose, and what a token must be allowed to make it.

Permissions are those that the REST documentation names under "Fine-grained access tokens" of each endpoint; either of
several is enough. GitHub names them in `x-accepted-github-permissions` when it refuses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from tests.github import conversation, reviewing
from tests.github.conversation import SEES, TALKS
from tests.github.request import Answer, Request


class Route(NamedTuple):
    """An endpoint."""

    method: str
    path: re.Pattern[str]
    needs: tuple[str, ...]
    answer: Callable[[Request], Answer]


def _route(method: str, path: str, needs: tuple[str, ...], answer: Callable[[Request], Answer]) -> Route:
    pattern = path.replace("{n}", "(?P<number>[0-9]+)").replace("{sha}", "[^/]+").replace("{name}", "[^/]+")
    return Route(method, re.compile(pattern), needs, answer)


ROUTES = (
    _route("GET", "issues", ("issues=read",), conversation.issues),
    _route("POST", "issues", ("issues=write",), conversation.open_issue),
    _route("PATCH", "issues/{n}", TALKS, conversation.edit_issue),
    _route("GET", "issues/{n}/comments", SEES, conversation.comments),
    _route("POST", "issues/{n}/comments", TALKS, conversation.comment),
    _route("PATCH", "issues/comments/{n}", TALKS, conversation.edit_comment),
    _route("DELETE", "issues/comments/{n}", TALKS, conversation.delete_comment),
    _route("GET", "issues/{n}/labels", SEES, conversation.labels_on),
    _route("POST", "issues/{n}/labels", TALKS, conversation.add_labels),
    _route("DELETE", "issues/{n}/labels/{name}", TALKS, conversation.drop_label),
    _route("GET", "labels", SEES, conversation.labels),
    _route("POST", "labels", TALKS, conversation.make_label),
    _route("GET", "pulls/{n}", ("pull_requests=read",), reviewing.pull),
    _route("GET", "commits/{sha}/pulls", ("pull_requests=read",), reviewing.pulls_of),
    _route("GET", "commits/{sha}/check-runs", ("checks=read",), reviewing.checks),
    _route("GET", "commits/{sha}", ("contents=read",), reviewing.commit),
    _route("POST", "check-runs", ("checks=write",), reviewing.check),
    _route("PATCH", "check-runs/{n}", ("checks=write",), reviewing.edit_check),
    _route("GET", "actions/artifacts/{n}", ("actions=read",), reviewing.artifact),
    _route("GET", "actions/artifacts/{n}/zip", ("actions=read",), reviewing.download),
)


def route_of(method: str, path: str) -> tuple[Route, int] | None:
    """The endpoint that a path behind the repository means, and the number in it."""
    for each in ROUTES:
        found = each.path.fullmatch(path)
        if each.method == method and found is not None:
            return each, int(found.groupdict().get("number") or 0)
    return None
