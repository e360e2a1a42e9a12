"""What can go wrong between us and GitHub, ordered in advance: which calls, how often, and in what way."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Fault:
    """What befalls the next `times` calls of `method` whose path behind the API's address fits `path`, a regular one.

    With `effect` the call takes effect before it goes wrong. `status` None ends the connection without an answer, and
    `cut` in the middle of one; `hold` is for how many seconds there is none. `body` stands in the answer's place.
    """

    method: str
    path: str
    times: int = 1
    effect: bool = False
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut: bool = False
    hold: float = 0.0

    def takes(self, method: str, path: str) -> bool:
        """Whether it befalls this call; it is then used up by one."""
        if self.times < 1 or method != self.method or not re.search(self.path, path):
            return False
        self.times -= 1
        return True


def unavailable(method: str, path: str, times: int = 1, status: int = 502) -> Fault:
    """A web page of an error, and no effect."""
    return Fault(method, path, times, status=status, body=b"<html>Unicorn!</html>")


def lost(method: str, path: str, times: int = 1) -> Fault:
    """It takes effect, and nobody hears of it."""
    return Fault(method, path, times, effect=True)


def secondary_limit(method: str, path: str, times: int = 1, wait: str = "1") -> Fault:
    """The secondary rate limit, with the header that says how long to wait."""
    body = b'{"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}'
    return Fault(method, path, times, status=403, headers={"Retry-After": wait}, body=body)


def primary_limit(method: str, path: str, reset: int, times: int = 1) -> Fault:
    """The hourly limit: used up until `reset`, in seconds since 1970."""
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
    body = b'{"message": "API rate limit exceeded for installation."}'
    return Fault(method, path, times, status=403, headers=headers, body=body)


def truncated(method: str, path: str, times: int = 1) -> Fault:
    """It takes effect, and the answer ends in its middle."""
    return Fault(method, path, times, effect=True, cut=True)


def answered(method: str, path: str, body: bytes, status: int = 200, **headers: str) -> Fault:
    """Whatever somebody else would like GitHub to answer."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(method, path, status=status, body=body, headers=given)
