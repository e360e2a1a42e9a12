"""One request and its answer, as data: sent once, within its deadline, and nothing raised."""

from __future__ import annotations

import json
import re
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpcore

from reconciler.transport.body import UnreadableError, document
from reconciler.transport.clock import Clock
from reconciler.transport.deadline import Deadline, within
from reconciler.transport.keyed import KeyedPools
from reconciler.transport.parcel import Answer, Broken, Decode, Parcel


def send(pools: KeyedPools, server: str, parcel: Parcel, within_seconds: float, clock: Clock) -> Answer | Broken:
    """Sends `parcel` to `server` once and reads the whole answer, in `within_seconds` altogether."""
    try:
        with within(Deadline.after(within_seconds, clock)):
            return _read(pools.send(parcel, within_seconds), parcel.decode)
    # Certainly not sent: reliability is built on this list being short.
    except (
        httpcore.ConnectError,
        httpcore.ConnectTimeout,
        httpcore.PoolTimeout,
        httpcore.UnsupportedProtocol,
    ) as error:
        return Broken(_unreached(error, server), sent=False, lasting=_lasting(error))
    except httpcore.TimeoutException:
        return Broken(f"no whole answer within {within_seconds:g} s", sent=True)
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError):
        return Broken("the connection broke before the whole answer had come", sent=True)


def encoded(body: object) -> bytes:
    """`body` as JSON in UTF-8. Raises ValueError or TypeError for what JSON cannot hold."""
    return json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _read(response: httpcore.Response, decode: Decode | None) -> Answer:
    headers = {name.lower(): value.decode("latin-1") for name, value in response.headers}
    try:
        encoding = headers.get(b"content-encoding", "")
        content, flaw = document(response.iter_stream(), encoding, decode if response.status == 200 else None), ""
    except UnreadableError as error:
        content, flaw = None, str(error)
    finally:
        response.close()
    return Answer(response.status, content, flaw, http_date(headers.get(b"date")), headers.get(b"retry-after"))


def http_date(text: str | None) -> datetime | None:
    """The moment that an HTTP date names, aware, in UTC; None when it is none (RFC 9110 §5.6.7)."""
    if text is None or not re.search(r"\d:\d", text):
        return None
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, IndexError):
        return None


def _unreached(error: Exception, server: str) -> str:
    if isinstance(error, httpcore.PoolTimeout):
        return "no connection became free in time"
    if isinstance(error, httpcore.ConnectTimeout):
        return f"the server at {server} could not be reached in time"
    if isinstance(error, httpcore.UnsupportedProtocol):
        return "this address is not the API's, so nothing was sent"
    if _lasting(error):
        return "the server's certificate is not valid"
    return f"the server at {server} could not be reached"


def _lasting(error: BaseException | None) -> bool:
    """Whether the cause is one that no waiting mends: a wrong certificate or address."""
    while error is not None:
        if isinstance(error, (ssl.SSLCertVerificationError, httpcore.UnsupportedProtocol)):
            return True
        error = error.__cause__ or error.__context__
    return False
