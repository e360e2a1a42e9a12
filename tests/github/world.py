"""What GitHub knows of a repository, as far as the program touches it: plain, changeable data.

Shapes and rules are those of https://docs.github.com/rest (version 2022-11-28); what is not documented there says so.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TIME = "2026-11-22T12:00:00Z"
ACTIONS_APP = "github-actions"


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who writes: a person, or the bot that a workflow's own token acts as."""

    login: str
    id: int
    type: str = "User"

    @property
    def json(self) -> dict[str, Any]:
        """As it stands in answers."""
        return {"login": self.login, "id": self.id, "type": self.type, "site_admin": False}


BOT = User("github-actions[bot]", 41898282, "Bot")
PERSON = User("maria-exemplo", 1001)


@dataclass(slots=True)
class Token:
    """Who a token acts as, and what it may do: `{"issues": "write", "checks": "read"}`. `app` made its check runs."""

    text: str
    permissions: Mapping[str, str]
    user: User = BOT
    app: str = ACTIONS_APP

    def may(self, permission: str, level: str) -> bool:
        """Whether it has a permission: write includes read."""
        return self.permissions.get(permission) in (("write",) if level == "write" else ("read", "write"))


@dataclass(slots=True)
class Comment:
    """A comment on an issue or pull request."""

    id: int
    body: str
    user: User
    app: str | None = None
    updated_at: str = TIME


@dataclass(slots=True)
class Issue:
    """An issue, or the side of a pull request that is one."""

    number: int
    title: str
    body: str
    user: User
    state: str = "open"
    labels: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    state_reason: str | None = None


@dataclass(slots=True)
class Pull:
    """A pull request. `head_repository` is another id than the repository's where it comes from a fork."""

    number: int
    head_sha: str
    head_ref: str
    head_repository: int
    base_ref: str = "main"
    merged_at: str | None = None
    merge_commit_sha: str | None = None


@dataclass(slots=True)
class Label:
    """A label of the repository."""

    name: str
    color: str = "ededed"
    description: str = ""


@dataclass(slots=True)
class CheckRun:
    """A check run, as its app reported it."""

    id: int
    app: str
    head_sha: str
    given: dict[str, Any]
    annotations: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Artifact:
    """What a workflow run left behind: `content` is the zip that GitHub hands out."""

    id: int
    name: str
    content: bytes
    head_sha: str
    head_repository: int
    expired: bool = False


@dataclass(slots=True)
class Repository:
    """A repository's state, and what happens to it that is no call of the program's."""

    name: str
    id: int
    commits: dict[str, tuple[str, ...]] = field(default_factory=dict)
    pulls: dict[int, Pull] = field(default_factory=dict)
    issues: dict[int, Issue] = field(default_factory=dict)
    labels: dict[str, Label] = field(default_factory=dict)
    checks: list[CheckRun] = field(default_factory=list)
    artifacts: dict[int, Artifact] = field(default_factory=dict)
    _last: int = 100

    def next_id(self) -> int:
        """A number that nothing else has."""
        self._last += 1
        return self._last

    def commit(self, sha: str, *parents: str) -> str:
        """A commit that GitHub knows."""
        self.commits[sha] = parents
        return sha

    def open_pull(self, head_sha: str, *, fork: bool = False, title: str = "Natal") -> Pull:
        """Somebody opens a pull request against main."""
        number = max(self.issues, default=0) + 1
        self.commits.setdefault(head_sha, ())
        self.issues[number] = Issue(number, title, "", PERSON)
        pull = Pull(number, head_sha, f"ramo-{number}", self.id + 1 if fork else self.id)
        self.pulls[number] = pull
        return pull

    def push(self, pull: Pull, head_sha: str) -> None:
        """Somebody pushes to the pull request's branch."""
        self.commit(head_sha, pull.head_sha)
        pull.head_sha = head_sha

    def merge(self, pull: Pull, sha: str, *, parents: tuple[str, ...] | None = None) -> str:
        """The pull request is merged; `sha` is what main then stands at (parents: those of a merge commit)."""
        self.commit(sha, *(("0" * 40, pull.head_sha) if parents is None else parents))
        pull.merged_at, pull.merge_commit_sha = TIME, sha
        self.issues[pull.number].state = "closed"
        return sha

    def upload(self, name: str, files: Mapping[str, bytes], head_sha: str, *, fork: bool = False) -> int:
        """A run of `head_sha` uploads an artifact, as actions/upload-artifact does; its id."""
        return self.store(name, zipped(files), head_sha, fork=fork)

    def store(self, name: str, content: bytes, head_sha: str, *, fork: bool = False) -> int:
        """The same with whatever bytes."""
        found = Artifact(self.next_id(), name, content, head_sha, self.id + 1 if fork else self.id)
        self.artifacts[found.id] = found
        return found.id

    def comments(self, number: int) -> list[str]:
        """The texts of the comments on an issue or pull request."""
        return [comment.body for comment in self.issues[number].comments]

    def event(self, pull: Pull, action: str = "synchronize") -> dict[str, Any]:
        """What stands in the file of GITHUB_EVENT_PATH for a pull_request event."""
        return {
            "action": action,
            "number": pull.number,
            "pull_request": {
                "number": pull.number,
                "head": {"sha": pull.head_sha, "ref": pull.head_ref, "repo": {"id": pull.head_repository}},
                "base": {"ref": pull.base_ref, "sha": "0" * 40, "repo": {"id": self.id, "full_name": self.name}},
            },
            "repository": {"id": self.id, "full_name": self.name, "default_branch": "main"},
        }


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Files as one zip."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return into.getvalue()


def sha(text: str) -> str:
    """Some commit's id."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
