"""For the vendors that are only read: a scripted server on loopback, and connections that wait without waiting."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from reconciler.providers.mindo import client as mindo_client
from reconciler.providers.ogmma import client as ogmma_client
from reconciler.providers.reader import Reader
from reconciler.transport import Limits, Ports
from tests.transport.conftest import Behaviour, FakeClock, Received, Scripted, answer

OGMMA_KEY = "oapi_sk_test_0123456789abcdef"
MINDO_KEY = "mindo_0123456789abcdefghijklmn"
QUICK = Limits(deadline=5.0, rate=1000.0)


def query_of(request: Received) -> dict[str, str]:
    """The query of a request, each name once."""
    pairs = parse_qsl(urlsplit(request.target).query, keep_blank_values=True, strict_parsing="?" in request.target)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


@dataclass
class Service:
    """A scripted server as one vendor's API, and the connection to it."""

    server: Scripted
    prefix: str
    reader: Reader

    @property
    def url(self) -> str:
        """The base address."""
        return str(self.reader.origin)

    def answers(self, *contents: Any) -> None:
        """Answers each request with the next of these documents (status 200), the last for ever."""
        self.server.script(*(answer(200, content) for content in contents))

    def serves(self, reply: Callable[[Mapping[str, str]], Any]) -> None:
        """Answers each request with what `reply` makes of its query: a document, or another behaviour."""

        def behave(connection: socket.socket) -> bool:
            made = reply(query_of(self.server.received[-1]))
            behaviour: Behaviour = made if callable(made) else answer(200, made)
            return behaviour(connection)

        self.server.script(behave)

    @property
    def calls(self) -> list[tuple[str, str, dict[str, str]]]:
        """Method, path below the base address, and query of every request."""
        return [
            (each.method, urlsplit(each.target).path.removeprefix(self.prefix), query_of(each))
            for each in self.server.received
        ]

    @property
    def queries(self) -> list[dict[str, str]]:
        """The queries alone."""
        return [query for _, _, query in self.calls]


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


@pytest.fixture
def ogmma(server: Scripted, clock: FakeClock) -> Iterator[Service]:
    """Ogmma's API."""
    with ogmma_client.connect(server.url, OGMMA_KEY, QUICK, Ports(clock, lambda: 0.5)) as reader:
        yield Service(server, "/v1", reader)


@pytest.fixture
def mindo(server: Scripted, clock: FakeClock) -> Iterator[Service]:
    """Mindo's API, below a path of its own."""
    url = server.url.removesuffix("/v1") + "/mindo"
    with mindo_client.connect(url, MINDO_KEY, QUICK, Ports(clock, lambda: 0.5)) as reader:
        yield Service(server, "/mindo", reader)
