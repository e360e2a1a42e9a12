"""Where in its requests an API expects the key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from reconciler.transport.secret import Key


@dataclass(frozen=True, slots=True)
class InQuery:
    """The key is the query parameter `name`."""

    name: str

    def query(self, key: Key) -> bytes:
        """What the query gets, percent-encoded."""
        return key.query(self.name)

    def headers(self, _key: Key) -> tuple[tuple[bytes, bytes], ...]:
        """What the headers get: nothing."""
        return ()


@dataclass(frozen=True, slots=True)
class InHeader:
    """The key is the header `name`, behind the word `scheme` if there is one (`Bearer`)."""

    name: str
    scheme: str = ""

    def query(self, _key: Key) -> bytes:
        """What the query gets: nothing."""
        return b""

    def headers(self, key: Key) -> tuple[tuple[bytes, bytes], ...]:
        """What the headers get."""
        return ((self.name.encode("ascii"), key.header(self.scheme)),)


Place: TypeAlias = InQuery | InHeader
