"""The way to one account: a parcel goes out once, and what comes back is an answer, or word of what broke.

Everything above (key, pace, repetition, meaning) is the same whatever carries the parcels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from reconciler.transport.clock import Clock
from reconciler.transport.exchange import send
from reconciler.transport.keyed import KeyedPools
from reconciler.transport.origin import Origin
from reconciler.transport.parcel import Answer, Broken, Parcel
from reconciler.transport.place import Place
from reconciler.transport.secret import Key


class Line(Protocol):
    """Carries requests to one account and their answers back; usable from several threads."""

    def send(self, parcel: Parcel, within_seconds: float, clock: Clock) -> Answer | Broken:
        """Send `parcel` once and wait for the whole answer, in `within_seconds` altogether. Raises nothing."""

    def close(self) -> None:
        """Let go of whatever is kept open."""


Dial: TypeAlias = Callable[[Origin, Key, Place, int], Line]
"""Opens a line: base address, key, where the key goes, most connections at once. Sends nothing."""


class HttpLine:
    """The Line over HTTP: never a redirect, a proxy or a cookie, and the key below all that is logged."""

    def __init__(self, origin: Origin, key: Key, place: Place, connections: int) -> None:
        self._server = origin.netloc
        self._pools = KeyedPools(origin, key, place, connections)

    def send(self, parcel: Parcel, within_seconds: float, clock: Clock) -> Answer | Broken:
        """Send `parcel` below the base address."""
        return send(self._pools, self._server, parcel, within_seconds, clock)

    def close(self) -> None:
        """Close the connections."""
        self._pools.close()
