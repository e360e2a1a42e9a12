"""One HTTP request to GitHub and its answer: by httpx, within a deadline of its own, bodies under a cap."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import certifi
import httpcore
import httpx

from reconciler import __version__
from reconciler.github.errors import GitHubError
from reconciler.transport import Clock, Origin
from reconciler.transport.deadline import Deadline, DeadlineBackend, within

JSON_CAP: Final = 32 * 1024 * 1024
"""Bytes of an answer: a hundred comments of 65,536 characters, four bytes each, are 26 MB."""
_SAID: Final = {
    "User-Agent": f"campaign-reconciler/{__version__}",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


class NotSentError(Exception):
    """The request certainly did not arrive; the text says why."""


class BrokenError(Exception):
    """The request may have arrived, and its answer did not, or not whole; the text says in what way."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Bounded(httpx.BaseTransport):
    """Connections that end by the deadline of the request that they serve.

    Those of httpx would take its time-outs for each read anew: a server that drips a byte now and then keeps them.
    """

    def __init__(self, origin: Origin) -> None:
        tls = ssl.create_default_context(cafile=certifi.where()) if origin.scheme == "https" else None
        backend = DeadlineBackend(local=origin.scheme == "http")
        self._pool = httpcore.ConnectionPool(ssl_context=tls, retries=0, network_backend=backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it once."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        sent = httpcore.Request(request.method, url, headers=request.headers.raw, content=request.read())
        answer = self._pool.handle_request(sent)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Stream(answer))

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class Wire:
    """Requests to one server, `origin`, each within `seconds`.

    An answer that is too large or compressed is refused as it begins: asking again would not make it another one.
    """

    def __init__(self, origin: Origin, clock: Clock, seconds: float) -> None:
        self._clock, self._seconds = clock, seconds
        self._client = httpx.Client(transport=_Bounded(origin), headers=_SAID, trust_env=False, follow_redirects=False)

    def send(self, request: httpx.Request, cap: int = JSON_CAP, seconds: float | None = None) -> Answer:
        """Send a request once. Raises NotSentError, BrokenError and GitHubError."""
        limit = min(self._seconds, seconds if seconds is not None else self._seconds)
        try:
            with within(Deadline.after(limit, self._clock)):
                answer = self._client.send(request, stream=True)
                try:
                    return _read(answer, cap)
                finally:
                    answer.close()
        except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout) as error:
            raise NotSentError(f"the server could not be reached ({error})") from None
        except httpcore.TimeoutException:
            raise BrokenError(f"no whole answer within {limit:.0f} s") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError, OSError):
            raise BrokenError("the connection broke before the whole answer had come") from None

    def request(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None = None) -> httpx.Request:
        """A request, to be sent."""
        return self._client.build_request(method, url, headers=dict(headers), content=content)

    def close(self) -> None:
        """Close every connection."""
        self._client.close()


def _read(answer: httpx.Response, cap: int) -> Answer:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise GitHubError("an answer that is compressed, which was not asked for, is not read")
    body = bytearray()
    for chunk in answer.iter_raw():
        body += chunk
        if len(body) > cap:
            raise GitHubError(f"an answer of more than {cap >> 20} MiB is not read")
    return Answer(answer.status_code, headers, bytes(body))
