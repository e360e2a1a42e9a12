"""The way to one account: a parcel goes out once, and what comes back is an answer, or word of what broke.

Everything above (key, pace, repetition, meaning) is the same whatever carries the parcels.
"""

from __future__ import annotations

import http.cookiejar
from collections.abc import Callable
from typing import Protocol, TypeAlias

import httpx

from reconciler import __version__
from reconciler.transport.body import ENCODINGS
from reconciler.transport.clock import Clock
from reconciler.transport.exchange import Answer, Broken, Parcel, send
from reconciler.transport.keyed import KeyedTransport
from reconciler.transport.origin import Origin
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
    """The Line over HTTP: never a redirect, a proxy or a cookie, and the key below all that the library logs."""

    def __init__(self, origin: Origin, key: Key, place: Place, connections: int) -> None:
        self._base = str(origin)
        self._http = httpx.Client(
            transport=KeyedTransport(origin, key, place, connections),
            headers={
                "User-Agent": f"campaign-reconciler/{__version__}",
                "Accept": "application/json",
                "Accept-Encoding": ENCODINGS,
            },
            cookies=http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            trust_env=False,
        )

    def send(self, parcel: Parcel, within_seconds: float, clock: Clock) -> Answer | Broken:
        """Send `parcel` below the base address."""
        return send(self._http, self._base, parcel, within_seconds, clock)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
