"""A connection to one account of a vendor that is only ever read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self, TypeVar

from reconciler.transport import (
    Access,
    Account,
    Endpoint,
    Key,
    Limits,
    Meaning,
    Message,
    Origin,
    Place,
    Ports,
    Query,
    Refusal,
    Session,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Vendor:
    """What is particular to a vendor: where its key goes, how it says no, how often it may be called.

    `rate` is in calls a second.
    """

    place: Place
    refusal: Callable[[dict[str, object]], Refusal | None]
    rate: float


class Reader:
    """A connection that can read and nothing else, usable from several threads; close it, or use it as a context.

    `address` is the API's base address, `key` the account's key, both as text: `InvalidOriginError` and
    `InvalidKeyError` say what is wrong with them. Limits without a rate get the vendor's. Nothing is sent when it is
    built.
    """

    def __init__(
        self, vendor: Vendor, address: str, key: str, limits: Limits | None = None, ports: Ports | None = None
    ) -> None:
        limits = limits or Limits()
        self.origin = Origin.parse(address)
        self._refusal = vendor.refusal
        self._session = Session(
            Account(self.origin, Key(key), vendor.place, Access.READ),
            replace(limits, rate=limits.rate or vendor.rate),
            ports or Ports(),
        )

    def call(
        self, endpoint: Endpoint, *ids: str, read: Callable[[dict[str, object]], T], query: Query | None = None
    ) -> T:
        """Does `endpoint` for `ids` and returns what `read` makes of the answer's JSON.

        `read` raises UnexpectedError for JSON of another shape, which counts as a failed attempt. Raises
        `transport.Failure`.
        """
        return self._session.call(endpoint, Message(ids, query or {}), Meaning(read, self._refusal))

    def discreet(self, text: str) -> str:
        """What the server wrote, to be shown: on one line, and without the key."""
        return self._session.discreet(text)

    @property
    def count(self) -> Mapping[str, int]:
        """Requests sent so far per operation (`GET /bulk`), repeats included."""
        return self._session.count

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Reader({self._session!r})"
