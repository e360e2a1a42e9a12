"""One request and its answer, as data: sent once, within its deadline, and nothing raised."""

from __future__ import annotations

import json
import re
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore
import httpx

from reconciler.transport.body import UnreadableError, document
from reconciler.transport.clock import Clock
from reconciler.transport.deadline import Deadline, within
from reconciler.transport.keyed import FRESH, QUERY


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one attempt sends: method, path with ids, encoded query without key, JSON body, and whether on its own."""

    method: str
    path: str
    query: bytes
    content: bytes | None
    fresh: bool


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


def send(client: httpx.Client, base: str, parcel: Parcel, within_seconds: float, clock: Clock) -> Answer | Broken:
    """Sends `parcel` below `base` once and reads the whole answer, in `within_seconds` altogether."""
    headers = {} if parcel.content is None else {"Content-Type": "application/json"}
    request = client.build_request(
        parcel.method,
        base + parcel.path,
        content=parcel.content,
        headers=headers,
        extensions={QUERY: parcel.query, FRESH: parcel.fresh, "timeout": {"pool": within_seconds}},
    )
    try:
        with within(Deadline.after(within_seconds, clock)):
            return _read(client.send(request, stream=True))
    # Certainly not sent: reliability is built on this list being short.
    except (
        httpcore.ConnectError,
        httpcore.ConnectTimeout,
        httpcore.PoolTimeout,
        httpcore.UnsupportedProtocol,
    ) as error:
        return Broken(_unreached(error, request.url), sent=False, lasting=_lasting(error))
    except httpcore.TimeoutException:
        return Broken(f"no whole answer within {within_seconds:g} s", sent=True)
    except (httpcore.NetworkError, httpcore.ProtocolError, httpx.HTTPError, httpx.StreamError, OSError):
        return Broken("the connection broke before the whole answer had come", sent=True)


def encoded(body: object) -> bytes:
    """`body` as JSON in UTF-8. Raises ValueError or TypeError for what JSON cannot hold."""
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _read(response: httpx.Response) -> Answer:
    try:
        content, flaw = document(response.iter_raw(), response.headers.get("Content-Encoding", "")), ""
    except UnreadableError as error:
        content, flaw = None, str(error)
    finally:
        response.close()
    return Answer(
        response.status_code,
        content,
        flaw,
        http_date(response.headers.get("Date")),
        response.headers.get("Retry-After"),
    )


def http_date(text: str | None) -> datetime | None:
    """The moment that an HTTP date names, aware, in UTC; None when it is none (RFC 9110 §5.6.7)."""
    if text is None or not re.search(r"\d:\d", text):
        return None
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, IndexError):
        return None


def _unreached(error: Exception, url: httpx.URL) -> str:
    if isinstance(error, httpcore.PoolTimeout):
        return "no connection became free in time"
    if isinstance(error, httpcore.ConnectTimeout):
        return f"{_server(url)} could not be reached in time"
    if isinstance(error, httpcore.UnsupportedProtocol):
        return "this address is not the API's, so nothing was sent"
    if _lasting(error):
        return "the server's certificate is not valid"
    return f"{_server(url)} could not be reached"


def _server(url: httpx.URL) -> str:
    """The server by its name and port: whoever has several, or a wrong address, sees which one it is."""
    return f"the server at {url.netloc.decode('ascii')}"


def _lasting(error: BaseException | None) -> bool:
    """Whether the cause is one that no waiting mends: a wrong certificate or address."""
    while error is not None:
        if isinstance(error, (ssl.SSLCertVerificationError, httpcore.UnsupportedProtocol)):
            return True
        error = error.__cause__ or error.__context__
    return False
