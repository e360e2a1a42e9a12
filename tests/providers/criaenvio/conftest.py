"""A recorder on loopback that answers like the vendor, as one function of the request."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from reconciler.providers.criaenvio.client import Client
from reconciler.transport import Access, Limits, Ports

KEY = "chave+de/teste=="
OK = {"data": {"OK": "OK"}}


@dataclass(frozen=True)
class Request:
    """One request as the vendor sees it: path below the base address, query without the key, decoded body."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any


@dataclass
class Vendor:
    """Every request that came, and what answers the next: a function of the request to (status, JSON)."""

    reply: Callable[[Request], tuple[int, Any]] = lambda _: (200, OK)
    requests: list[Request] = field(default_factory=list)
    url: str = ""

    def answers(self, *replies: tuple[int, Any]) -> None:
        """These answers in order, the last for ever. A status of 0 drops the connection."""
        left = list(replies)
        self.reply = lambda _: left.pop(0) if len(left) > 1 else left[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    vendor: Vendor

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        assert query.pop("chave") == KEY
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if raw:
            assert self.headers["Content-Type"] == "application/json"
        request = Request(self.command, parts.path.removeprefix("/v1"), query, json.loads(raw) if raw else None)
        self.vendor.requests.append(request)
        status, content = self.vendor.reply(request)
        if status == 0:
            self.close_connection = True
            return
        encoded = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(encoded)))
        self.end_headers()
        self.wfile.write(encoded)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 - the standard library's own names

    def log_message(self, *_: object) -> None:
        """Nothing."""


class _Clock:
    """Waits cost nothing."""

    def __init__(self) -> None:
        self._now = 0.0

    def monotonic(self) -> float:
        """Seconds that only grow."""
        return self._now

    def now(self) -> datetime:
        """Some wall clock."""
        return datetime(2026, 11, 2, tzinfo=UTC)

    def sleep(self, seconds: float) -> None:
        """Seconds pass, at once."""
        self._now += seconds


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    """A vendor that answers every request with OK until it is told otherwise."""
    told = Vendor()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"vendor": told}))
    told.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def client(vendor: Vendor) -> Iterator[Client]:
    """A client of the vendor that may write, and that waits without waiting."""
    with Client(vendor.url, KEY, Access.WRITE, Limits(deadline=5.0), Ports(_Clock(), lambda: 0.5)) as built:
        yield built
