"""A request on its way through the stand-in, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.github.world import Repository, Token


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: `words` are the parts of the path behind the repository, `number` is its own, or 0."""

    repository: Repository
    token: Token
    words: tuple[str, ...]
    number: int
    query: Mapping[str, str]
    body: dict[str, Any]
    base: str
    storage: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered. `paged` names the list that is handed out page by page: empty where the body is that list."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    paged: str | None = None


def row(found: Any, status: int = 200) -> Answer:
    """One object."""
    return Answer(status, found)


def rows(found: list[dict[str, Any]], name: str = "") -> Answer:
    """A list, to be paged."""
    return Answer(200, found, paged=name)
