"""Without a connection nothing was sent; and which connection a request takes."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpcore
import pytest

from reconciler.transport import GaveUp, Limits, NotSent, Repeat, SystemClock
from reconciler.transport.deadline import Deadline, DeadlineBackend, within
from tests.transport.conftest import (
    ENDPOINTS,
    OK,
    POST,
    READ,
    Caller,
    Scripted,
    answer,
    failing,
    head,
    raw,
    silence,
)


@contextmanager
def _full() -> Iterator[str]:
    """An address whose queue of connections is full, so that further ones are neither taken nor refused."""
    with socket.socket() as listening, socket.socket() as first, socket.socket() as second:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for client in (first, second):
            client.setblocking(False)  # noqa: FBT003 - the standard library's own signature
            client.connect_ex(listening.getsockname())
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"


@contextmanager
def _closed() -> Iterator[str]:
    """An address where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    yield f"http://127.0.0.1:{port}/v1"


@contextmanager
def _plain() -> Iterator[str]:
    """An https address where no TLS is spoken."""
    server = Scripted()
    server.script(raw(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    yield server.url.replace("http:", "https:")
    server.close()


@pytest.mark.parametrize("repeat", Repeat)
@pytest.mark.parametrize("where", [_closed, _full, _plain])
def test_not_sent(where: Callable[[], Iterator[str]], repeat: Repeat, calling: Callable[..., Caller]) -> None:
    """Without a connection nothing was sent: certainly no effect, whatever the operation."""
    with where() as url, failing(NotSent if repeat is Repeat.NEVER else GaveUp) as caught:  # type: ignore[attr-defined]
        calling(url, limits=Limits(deadline=0.3, budget=0.8)).do(ENDPOINTS[repeat])
    assert (caught[0].unknown, caught[0].later) == (False, True)
    assert "nothing was sent" in str(caught[0])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of localhost that no authority vouches for, with its private key in the same file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    made = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run([*made, *names, *files], cwd=folder, check=True, capture_output=True)
    whole = folder / "whole.pem"
    whole.write_text((folder / "cert.pem").read_text() + (folder / "key.pem").read_text())
    return whole


@pytest.fixture
def secured(certificate: Path) -> Iterator[Scripted]:
    """A scripted server that speaks TLS."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    server = Scripted(tls)
    yield server
    server.close()


def test_certificate(secured: Scripted, calling: Callable[..., Caller]) -> None:
    """A certificate that no authority vouches for: nothing is sent, and nothing is tried again."""
    with failing(GaveUp) as caught:
        calling(secured.url.replace("http://127.0.0.1", "https://localhost")).do(READ)
    assert "certificate" in str(caught[0])
    assert (caught[0].unknown, caught[0].later, secured.connections) == (False, False, 1)
    assert not secured.received


def _over_tls(server: Scripted, certificate: Path, seconds: float) -> httpcore.Response:
    """The answer to a large request, sent as the transport sends it, but trusting `certificate`."""
    url = server.url.replace("http://127.0.0.1", "https://localhost")
    tls = ssl.create_default_context(cafile=certificate)
    backend = DeadlineBackend(local=False)
    pool = httpcore.ConnectionPool(ssl_context=tls, network_backend=backend)
    with pool, within(Deadline.after(seconds, SystemClock())):
        return pool.request("POST", url, content=b"x" * 3_000_000)


def test_tls(certificate: Path, secured: Scripted) -> None:
    """Over TLS a request of any size goes out, and its answer comes in."""
    assert json.loads(_over_tls(secured, certificate, 5.0).content) == OK
    assert len(secured.received[0].body) == 3_000_000


def test_tls_in_time(certificate: Path, secured: Scripted) -> None:
    """Over TLS too a dripping server is left at the deadline."""
    secured.script(raw(head(200, {}), *[b" "] * 100, pause=0.1))
    started = time.monotonic()
    with pytest.raises(httpcore.ReadTimeout):
        _over_tls(secured, certificate, 0.6)
    assert 0.6 <= time.monotonic() - started < 5  # of the ten seconds that it would drip


def test_no_connection_free(calling: Callable[..., Caller]) -> None:
    """When the pool is taken until the deadline, nothing was sent."""
    server = Scripted()
    server.script(silence)
    caller = calling(server.url, limits=Limits(deadline=0.3, connections=0))
    with failing(NotSent) as caught:
        caller.do(POST)
    assert not server.received
    assert not caught[0].unknown
    server.close()


def test_fresh_connection(server: Scripted, calling: Callable[..., Caller]) -> None:
    """What must not be repeated never shares a kept connection, which may just be closing; what may, does."""
    caller = calling(server.url)
    for _ in range(3):
        caller.do(READ)
    assert server.connections == 1
    for _ in range(3):
        caller.do(POST)
    assert server.connections == 4


def test_kept_connection_closed(server: Scripted, calling: Callable[..., Caller]) -> None:
    """A kept connection that the server closes meanwhile costs a read nothing."""
    server.script(answer(200, OK, Connection="keep-alive"), answer(200, OK))
    caller = calling(server.url)
    caller.do(READ)
    server._open[0].shutdown(socket.SHUT_RDWR)
    time.sleep(0.05)
    assert caller.do(READ) == "a1"
