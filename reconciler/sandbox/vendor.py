"""What the simulator needs to know of an API that it imitates: where it stands, and how it admits, answers, refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.sandbox.account import Account
from reconciler.sandbox.assumptions import Assumptions
from reconciler.sandbox.framing import Request
from reconciler.sandbox.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Limit:
    """How many requests a minute one key may make (0: any number), and whether a refusal names the seconds to wait."""

    per_minute: int = 0
    tells: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one request: status, body, headers; whether it did something, and the id of what it made."""

    status: int
    body: Mapping[str, Any]
    headers: tuple[tuple[str, str], ...] = ()
    effect: bool = False
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Vendor:
    """One simulated API.

    `base` is where it begins on the server, as in the vendor's base URL. `key` finds the key in a request, where this
    vendor wants it. `limit` is what is assumed of its rate limit. `answer` does what an admitted request asks for, and
    raises Refusal. `refuse` is what any request may be refused with: by status, 401 (no key or a wrong one), 429 (too
    many), else a failure inside. `hollow` is an answer that tells nothing, for faults that need a body.
    """

    name: str
    base: str
    key: Callable[[Request], str | None]
    answer: Callable[[Account, Request], Done]
    refuse: Callable[[Assumptions, Request, int], Refusal]
    hollow: Mapping[str, Any]
    limit: Callable[[Assumptions], Limit] = lambda _assumptions: Limit()

    def below(self, path: str) -> str:
        """`path` without the base."""
        return path.removeprefix(self.base)
