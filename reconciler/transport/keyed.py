"""The lowest layer: adds the key where no log line, exception or repr can see it, and sends it to one place only."""

from __future__ import annotations

import re
import ssl
from typing import Final

import certifi
import httpcore

from reconciler import __version__
from reconciler.transport.body import ENCODINGS
from reconciler.transport.deadline import DeadlineBackend
from reconciler.transport.origin import Origin
from reconciler.transport.parcel import Parcel
from reconciler.transport.place import Place
from reconciler.transport.secret import Key

_PATH: Final = re.compile(r"(?:/[A-Za-z0-9_-]+)+/?")
_SAID: Final = (
    (b"User-Agent", f"campaign-reconciler/{__version__}".encode("ascii")),
    (b"Accept", b"application/json"),
    (b"Accept-Encoding", ENCODINGS.encode("ascii")),
)
_JSON: Final = (b"Content-Type", b"application/json")


class KeyedPools:
    """Sends to one origin only, with the key in its `place`. Never redirects, and knows neither proxies nor cookies.

    Straight on the HTTP library's core: of its client we use nothing else, and that takes twice as long for a page.
    """

    def __init__(self, origin: Origin, key: Key, place: Place, connections: int) -> None:
        self._origin = origin
        self._host = origin.host.strip("[]").encode("ascii")
        self._in_query, self._in_headers = place.query(key), place.headers(key)
        # Reading the certificate authorities takes a quarter of a second: once, and only where TLS is spoken.
        tls = ssl.create_default_context(cafile=certifi.where()) if origin.scheme == "https" else None
        self._kept = _pool(origin, tls, connections, keep=connections)
        self._fresh = _pool(origin, tls, connections, keep=0)

    def send(self, parcel: Parcel, seconds: float) -> httpcore.Response:
        """Send `parcel` with the key; its answer, whose body is still to come, and which is to be closed.

        `seconds` is how long to wait for a free connection. Raises httpcore's errors.
        """
        if not _PATH.fullmatch(parcel.path):
            raise httpcore.UnsupportedProtocol("this address is not the API's: nothing was sent")
        query = b"&".join(filter(None, [parcel.query, self._in_query]))
        target = f"{self._origin.prefix}{parcel.path}".encode("ascii")
        pool = self._fresh if parcel.fresh else self._kept
        return pool.handle_request(
            httpcore.Request(
                method=parcel.method,
                url=httpcore.URL(
                    scheme=self._origin.scheme.encode("ascii"),
                    host=self._host,
                    port=self._origin.port,
                    target=target + (b"?" + query if query else b""),
                ),
                headers=[(b"Host", self._origin.netloc.encode("ascii")), *_SAID, *_about(parcel), *self._in_headers],
                content=parcel.content,
                extensions={"timeout": {"pool": seconds}},
            )
        )

    def close(self) -> None:
        """Closes every connection."""
        self._kept.close()
        self._fresh.close()


def _about(parcel: Parcel) -> list[tuple[bytes, bytes]]:
    """The headers that tell of a body; a method that may have one says so when it has none (RFC 9110 §8.6)."""
    if parcel.content is None:
        return [(b"Content-Length", b"0")] if parcel.method in ("POST", "PUT") else []
    return [_JSON, (b"Content-Length", str(len(parcel.content)).encode("ascii"))]


def _pool(origin: Origin, tls: ssl.SSLContext | None, connections: int, *, keep: int) -> httpcore.ConnectionPool:
    return httpcore.ConnectionPool(
        ssl_context=tls,
        max_connections=connections,
        max_keepalive_connections=keep,
        # Shorter than the idle time-outs of common servers (nginx 75 s, Apache and Node.js 5 s).
        keepalive_expiry=4.0,
        retries=0,
        network_backend=DeadlineBackend(local=origin.scheme == "http"),
    )
