"""HTTP/1.1 on a stream: requests read and answers written byte by byte, so that they can be got wrong on purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import BinaryIO, Protocol
from urllib.parse import parse_qsl

_LONGEST_LINE = 64 * 1024
_MOST_HEADERS = 100
_LARGEST_BODY = 32 * 1024 * 1024
_PARAMETER_WITH_KEY = "chave"
_HEADERS_WITH_KEY = ("authorization", "x-api-key")


class FramingError(Exception):
    """What came is no HTTP request that can be read. Holds the status to answer."""

    def __init__(self, status: int) -> None:
        super().__init__(HTTPStatus(status).phrase)
        self.status = status


class Writable(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> object: ...  # noqa: D102 - as any stream


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `path` is as sent (still percent-encoded).

    `credentials` are never shown: `chave`, which is taken out of `query`, and the headers `authorization` and
    `x-api-key`.
    """

    method: str
    path: str
    query: Mapping[str, str]
    content_type: str = ""
    body: bytes = b""
    keep_alive: bool = True
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: status, body, and headers besides those that every answer has."""

    status: int
    body: bytes
    content_type: str = "application/json; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


def read_request(stream: BinaryIO, reply: Writable) -> Request | None:
    """The next request; None where the client has closed. `reply` gets the `100 Continue` that a client may wait for.

    Raises:
        FramingError: for what cannot be understood.
    """
    first = stream.readline(_LONGEST_LINE + 1)
    if first in {b"\r\n", b"\n"}:
        first = stream.readline(_LONGEST_LINE + 1)
    if not first:
        return None
    words = first.decode("latin-1").split()
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise FramingError(400)
    method, target, version = words
    headers = _headers(stream)
    if headers.get("expect", "").lower() == "100-continue":
        reply.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    body = _body(stream, headers)
    path, _, query = target.partition("?")
    pairs = dict(parse_qsl(query, keep_blank_values=True))
    credentials = {name: headers[name] for name in _HEADERS_WITH_KEY if name in headers}
    if _PARAMETER_WITH_KEY in pairs:
        credentials[_PARAMETER_WITH_KEY] = pairs.pop(_PARAMETER_WITH_KEY)
    wish = headers.get("connection", "").lower()
    stays = (wish == "keep-alive" if version == "HTTP/1.0" else wish != "close") and method != "HEAD"
    return Request(method, path, pairs, headers.get("content-type", ""), body, stays, credentials)


def head(answer: Answer, date: str, *, keep_alive: bool, length: int | None = None) -> bytes:
    """Status line and headers. `length` is what Content-Length claims, if not the truth."""
    lines = [
        f"HTTP/1.1 {answer.status} {_phrase(answer.status)}",
        f"Date: {date}",
        "Server: sandbox",
        f"Content-Type: {answer.content_type}",
        f"Content-Length: {len(answer.body) if length is None else length}",
        f"Connection: {'keep-alive' if keep_alive else 'close'}",
        *(f"{name}: {value}" for name, value in answer.headers),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def _headers(stream: BinaryIO) -> dict[str, str]:
    headers: dict[str, str] = {}
    for _ in range(_MOST_HEADERS + 1):
        line = stream.readline(_LONGEST_LINE + 1)
        if len(line) > _LONGEST_LINE or not line:
            raise FramingError(431 if line else 400)
        if line in {b"\r\n", b"\n"}:
            return headers
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise FramingError(400)
        headers[name.strip().lower()] = value.strip()
    raise FramingError(431)


def _body(stream: BinaryIO, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return _chunks(stream)
    length = headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit():
        raise FramingError(400)
    return _exactly(stream, int(length))


def _chunks(stream: BinaryIO) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        line = stream.readline(_LONGEST_LINE).split(b";")[0].strip()
        try:
            length = int(line, 16)
        except ValueError:
            raise FramingError(400) from None
        size += length
        if size > _LARGEST_BODY:
            raise FramingError(413)
        part = _exactly(stream, length)
        if not length:
            _headers(stream)  # trailers, which nobody reads
            return b"".join(parts)
        parts.append(part)
        stream.readline(_LONGEST_LINE)


def _exactly(stream: BinaryIO, length: int) -> bytes:
    if length < 0 or length > _LARGEST_BODY:
        raise FramingError(413)
    body = stream.read(length)
    if len(body) < length:
        raise FramingError(400)
    return body
