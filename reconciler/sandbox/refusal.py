"""A request that an API answers with an error, in whatever words its vendor has for that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):  # noqa: N818 - the vendor refuses, nothing is in error
    """The answer to a request that is not done: HTTP status, body as JSON, headers of its own."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = headers
