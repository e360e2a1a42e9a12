"""A server on loopback that answers by script, down to single bytes, and a clock that need not be waited for."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from reconciler.transport import (
    Access,
    Account,
    Endpoint,
    Failure,
    InQuery,
    Key,
    Limits,
    Meaning,
    Message,
    Origin,
    Ports,
    Refusal,
    Repeat,
    Session,
    UnexpectedError,
)

CANARY = "Zm9v+YmFy/canary=="
CHAVE = InQuery("chave")
QUICK = Limits(deadline=5.0)

READ = Endpoint("GET", "/coisas/{id}", Repeat.FREELY, effect=False)
PUT = Endpoint("PUT", "/coisas/{id}", Repeat.SAFELY, effect=True)
POST = Endpoint("POST", "/coisas/{id}", Repeat.NEVER, effect=True)
ENDPOINTS = {Repeat.FREELY: READ, Repeat.SAFELY: PUT, Repeat.NEVER: POST}

Behaviour = Callable[[socket.socket], bool]
"""Answers one request on its connection; returns whether the connection is kept."""


@dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, list[str]]:
        """The decoded query."""
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)


class Scripted:
    """Takes requests and does to each what the script says; the last behaviour serves all further ones."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.received: list[Received] = []
        self.connections = 0
        self._greeting: Behaviour | None = None
        self._script: list[Behaviour] = [answer(200, OK)]
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        """The base address."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"

    def script(self, *behaviours: Behaviour) -> None:
        """What happens to the next requests, in order."""
        with self._lock:
            self._script = list(behaviours)

    def greet(self, behaviour: Behaviour) -> None:
        """From now on this happens to each connection at once, and nothing is read from it."""
        self._greeting = behaviour

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            if self._greeting is not None:
                self._greeting(connection)
                continue
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            while (request := _request(stream)) is not None:
                with self._lock:
                    self.received.append(request)
                    behaviour = self._script.pop(0) if len(self._script) > 1 else self._script[0]
                if not behaviour(connection):
                    return

    def close(self) -> None:
        """Ends everything."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for connection in self._open:
            with contextlib.suppress(OSError), connection:
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)


def _request(stream: Any) -> Received | None:
    start = stream.readline().decode("latin-1").split()
    if len(start) != 3 or not start[2].startswith("HTTP/"):
        return None
    method, target, _ = start
    headers = {}
    while (line := stream.readline().decode("latin-1").strip()) != "":
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Received(method, target, headers, stream.read(int(headers.get("content-length", 0))))


OK = {"data": {"id": "a1"}}
ERROR = {"error": {"code": "02-ARGUMENTOS-INVALIDOS", "http_code": 404, "message": "Argumentos inválidos."}}
PAGE = b"<html><body>Muitas requisi\xc3\xa7\xc3\xb5es</body></html>"


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """A status line and headers, with the empty line."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def answer(status: int, content: object, **headers: str) -> Behaviour:
    """A well-formed answer: JSON for data, bytes as they are. `retry_after="3"` stands for `Retry-After: 3`."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    kind = "text/html" if isinstance(content, bytes) else "application/json"
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def behave(connection: socket.socket) -> bool:
        connection.sendall(head(status, {"Content-Type": kind, "Content-Length": str(len(body)), **named}) + body)
        return True

    return behave


def raw(*parts: bytes, pause: float = 0.0) -> Behaviour:
    """These bytes, with a pause between the parts; then the connection ends."""

    def behave(connection: socket.socket) -> bool:
        for part in parts:
            connection.sendall(part)
            time.sleep(pause)
        return False

    return behave


def drop(connection: socket.socket) -> bool:
    """The connection ends without an answer."""
    connection.shutdown(socket.SHUT_RDWR)
    return False


def reset(connection: socket.socket) -> bool:
    """The connection is reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    socket.close(connection.detach())
    return False


def silence(connection: socket.socket) -> bool:
    """No answer, for as long as the client holds on."""
    connection.recv(1)
    return False


@dataclass
class FakeClock:
    """Time passes only by sleeping, at once, for all threads alike."""

    moment: datetime = datetime(2026, 11, 2, 11, 0, tzinfo=UTC)
    elapsed: float = 1000.0
    slept: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def monotonic(self) -> float:
        """Seconds that only grow."""
        with self.lock:
            return self.elapsed

    def now(self) -> datetime:
        """The wall clock."""
        with self.lock:
            return self.moment + timedelta(seconds=self.elapsed - 1000.0)

    def sleep(self, seconds: float) -> None:
        """Seconds pass, at once."""
        with self.lock:
            self.elapsed += seconds
            self.slept.append(seconds)


@pytest.fixture
def server() -> Iterator[Scripted]:
    """A scripted server."""
    scripted = Scripted()
    yield scripted
    scripted.close()


@pytest.fixture
def clock() -> FakeClock:
    """A clock that need not be waited for."""
    return FakeClock()


def value(document: dict[str, object]) -> str:
    """What the operations here answer with: the id of `data`."""
    data = document.get("data")
    if not isinstance(data, dict) or "id" not in data:
        raise UnexpectedError("without an id")
    return str(data["id"])


def refusal(document: dict[str, object]) -> Refusal | None:
    """A vendor's error in the answers here."""
    error = document.get("error")
    if not isinstance(error, dict):
        return None
    return Refusal(str(error["code"]), str(error["message"]), missing=str(error["code"]).startswith("01-"))


@dataclass
class Caller:
    """A session beside the operations that the tests do with it."""

    session: Session

    def do(self, endpoint: Endpoint, **query: str) -> str:
        """One call of `endpoint`, with the id a1."""
        return self.session.call(endpoint, Message(("a1",), query), Meaning(value, refusal))

    def put(self, body: object) -> str:
        """One call of PUT with `body`."""
        return self.session.call(PUT, Message(("a1",), {}, body), Meaning(value, refusal))


@pytest.fixture
def calling(clock: FakeClock) -> Iterator[Callable[..., Caller]]:
    """Builds callers: `calling(url, access=…, limits=…, ports=…, place=…)`."""
    with contextlib.ExitStack() as stack:

        def build(url: str, access: Access = Access.WRITE, limits: Limits = QUICK, **more: Any) -> Caller:
            account = Account(Origin.parse(url), Key(CANARY), more.get("place", CHAVE), access)
            session = Session(account, limits, more.get("ports") or Ports(clock, lambda: 0.5))
            return Caller(stack.enter_context(session))

        yield build


@contextlib.contextmanager
def failing(kind: type[Failure]) -> Iterator[list[Failure]]:
    """The failure that happens inside, which is exactly of `kind`."""
    caught: list[Failure] = []
    with pytest.raises(Failure) as found:
        yield caught
    assert type(found.value) is kind
    assert "\n" not in str(found.value)
    caught.append(found.value)
