"""One request, and what came of it, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

Decode: TypeAlias = Callable[[bytes], dict[str, object] | None]
"""Reads as much of an answer's JSON as is needed; None where that is not written as expected, to be read in full."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one attempt sends: method, path with ids, encoded query without key, JSON body, and whether on its own.

    A request of its own gets a fresh connection: a kept one may be closed by the server at the very moment of sending,
    and for a request that must not be repeated that would be an unknown outcome without need. `decode` reads the body
    of an answer of 200.
    """

    method: str
    path: str
    query: bytes
    content: bytes | None
    fresh: bool
    decode: Decode | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `document` is None when the body is not one JSON object; then `flaw` says what it is."""

    status: int
    document: dict[str, object] | None
    flaw: str
    date: datetime | None
    retry_after: str | None


@dataclass(frozen=True, slots=True)
class Broken:
    """No answer. `sent` tells whether anything may have reached the server, `lasting` whether waiting cannot help."""

    reason: str
    sent: bool
    lasting: bool = False
