"""One issue an account, while it is not as it is declared: opened, edited, and closed when it is again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.github.answers import text, whole
from reconciler.github.client import Client
from reconciler.github.errors import GitHubError
from reconciler.github.labels import DRIFT, ensure
from reconciler.github.marks import mark, marked, ours, same

_LONGEST = 65_536


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the issue (opened, edited, unchanged, closed, or none), and its address."""

    became: str
    url: str = ""


def drifted(client: Client, account: str, body: str, author: str) -> Told:
    """There is drift: the account's issue is open, and says `body`. Raises GitHubError."""
    whole_text = marked(mark(account), body)
    if len(whole_text) > _LONGEST:
        raise GitHubError(f"an issue holds {_LONGEST} characters, and this one has {len(whole_text)}: cut the report")
    found = _open(client, account, author)
    if not found:
        ensure(client, DRIFT)
        made = client.create(
            "issues",
            {"title": f"Drift: {account}", "body": whole_text, "labels": [DRIFT.name]},
            lambda: next(iter(_open(client, account, author)), None),
        )
        return Told("opened", text(made, "html_url"))
    oldest, *others = found
    for each in others:
        client.change("PATCH", _path(each), {"state": "closed", "state_reason": "not_planned"})
    if same(text(oldest, "body"), whole_text):
        return Told("unchanged", text(oldest, "html_url"))
    client.change("PATCH", _path(oldest), {"body": whole_text})
    return Told("edited", text(oldest, "html_url"))


def settled(client: Client, account: str, last_word: str, author: str) -> Told:
    """There is none: the account's issues are closed, with a last comment. Raises GitHubError."""
    found = _open(client, account, author)
    for each in found:
        path = f"{_path(each)}/comments"
        said = marked(mark(account), last_word)

        def existing(path: str = path, said: str = said) -> Mapping[str, Any] | None:
            comments = ours(client.rows(path), mark(account), author, "id")
            return next((each for each in reversed(comments) if same(text(each, "body"), said)), None)

        client.change("PATCH", _path(each), {"state": "closed", "state_reason": "completed"})
        client.create(path, {"body": said}, existing)
    return Told("closed", text(found[0], "html_url")) if found else Told("none")


def _open(client: Client, account: str, author: str) -> list[Mapping[str, Any]]:
    """The account's open issues, the oldest first. Without the label one is no longer ours: somebody has taken it."""
    listed = client.rows("issues", state="open", labels=DRIFT.name)
    return ours((each for each in listed if "pull_request" not in each), mark(account), author, "number")


def _path(issue: Mapping[str, Any]) -> str:
    return f"issues/{whole(issue, 'number')}"
