"""The lowest layer: adds the key where no log line, exception or repr of the HTTP library can see it."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterable, Iterator

import httpcore
import httpx

from reconciler.transport.deadline import DeadlineBackend
from reconciler.transport.origin import Origin
from reconciler.transport.place import Place
from reconciler.transport.secret import Key

QUERY = "reconciler.query"
"""Request extension: the encoded query, without the key. It stays out of the URL, for it holds people's addresses."""

FRESH = "reconciler.fresh"
"""Request extension: whether the request needs a connection of its own.

A kept connection may be closed by the server at the very moment of sending; for a request that must not be repeated
that would be an unknown outcome without need.
"""

_PATH = re.compile(rb"(?:/[A-Za-z0-9_-]+)+/?")


class KeyedTransport(httpx.BaseTransport):
    """Sends to one origin only, with the key in its `place`. Never redirects, never uses a proxy."""

    def __init__(self, origin: Origin, key: Key, place: Place, connections: int) -> None:
        self._origin = origin
        self._prefix = origin.prefix.encode("ascii")
        self._in_query, self._in_headers = place.query(key), place.headers(key)
        # Reading the certificate authorities takes a quarter of a second: once, and only where TLS is spoken.
        tls = httpx.create_ssl_context(trust_env=False) if origin.scheme == "https" else None
        self._kept = _pool(origin, tls, connections, keep=connections)
        self._fresh = _pool(origin, tls, connections, keep=0)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends `request` with the key. Raises httpcore's own errors, for `exchange` to translate."""
        self._check(request.url)
        query = b"&".join(filter(None, [request.extensions[QUERY], self._in_query]))
        pool = self._fresh if request.extensions[FRESH] else self._kept
        answer = pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path + (b"?" + query if query else b""),
                ),
                headers=[*request.headers.raw, *self._in_headers],
                content=request.stream,
                extensions={"timeout": request.extensions["timeout"]},
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Stream(answer))

    def close(self) -> None:
        """Closes every connection."""
        self._kept.close()
        self._fresh.close()

    def _check(self, url: httpx.URL) -> None:
        """The allow-list: whatever built the request, the key goes to one place only."""
        port = url.port or {"https": 443, "http": 80}.get(url.scheme)
        place = (url.scheme, url.host, port)
        path = url.raw_path
        allowed = (
            place == (self._origin.scheme, self._origin.host.strip("[]"), self._origin.port)
            and not url.userinfo
            and path.startswith(self._prefix)
            and _PATH.fullmatch(path.removeprefix(self._prefix))
        )
        if not allowed:
            raise httpcore.UnsupportedProtocol("this address is not the API's: nothing was sent")


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


class _Stream(httpx.SyncByteStream):
    """An answer's body, as it comes."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        parts = self._answer.stream
        if not isinstance(parts, Iterable):
            raise TypeError("a synchronous pool answers with a synchronous stream")
        yield from parts

    def close(self) -> None:
        self._answer.close()
