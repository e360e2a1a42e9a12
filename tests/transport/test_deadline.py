"""The deadline holds for the whole request, and no body fills the memory."""

from __future__ import annotations

import gzip
import json
import socket
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.transport import GaveUp, Limits, OutcomeUnknown, Ports
from reconciler.transport.body import BODY_CAP, UnreadableError, document
from reconciler.transport.deadline import Deadline, DeadlineBackend, within
from tests.transport.conftest import (
    POST,
    READ,
    Behaviour,
    Caller,
    FakeClock,
    Scripted,
    answer,
    head,
    raw,
    reset,
    silence,
)

DEADLINE = 0.4
SLACK = 4.0
"""What a busy machine may add; every server here would take longer than that if it were let."""
SLOW: dict[str, Behaviour] = {
    "silence": silence,
    "dripping status line": raw(*(bytes([byte]) for byte in head(200, {})), pause=0.1),
    "dripping headers": raw(b"HTTP/1.1 200 OK\r\n", *[b"X-A: b\r\n"] * 100, pause=0.1),
    "dripping body": raw(head(200, {"Content-Length": "1000"}), *[b" "] * 1000, pause=0.1),
    "dripping chunks": raw(head(200, {"Transfer-Encoding": "chunked"}), *[b"1\r\n \r\n"] * 1000, pause=0.1),
    "endless interim answers": raw(*[head(102, {})] * 100, pause=0.1),
}


@pytest.mark.parametrize("endpoint", [POST, READ], ids=str)
@pytest.mark.parametrize("way", SLOW)
def test_kept(way: str, endpoint: object, server: Scripted, calling: Callable[..., Caller]) -> None:
    """However slowly a server answers, each attempt ends with the deadline."""
    server.script(SLOW[way])
    limits = Limits(deadline=DEADLINE, budget=0.0)
    started = time.monotonic()
    with pytest.raises(OutcomeUnknown if endpoint is POST else GaveUp):
        calling(server.url, limits=limits, ports=Ports()).do(endpoint)
    assert DEADLINE <= time.monotonic() - started < DEADLINE + SLACK


def test_kept_while_sending(server: Scripted, calling: Callable[..., Caller]) -> None:
    """A server that does not take the request's body does not hold it either."""
    server.script(silence)
    caller = calling(server.url, limits=Limits(deadline=DEADLINE, budget=0.0), ports=Ports())
    server.greet(lambda _: True)
    started = time.monotonic()
    with pytest.raises(GaveUp) as caught:
        caller.put({"html": "x" * 30_000_000})
    assert caught.value.unknown
    assert DEADLINE <= time.monotonic() - started < DEADLINE + SLACK


def test_reset_while_sending(server: Scripted, calling: Callable[..., Caller]) -> None:
    """A connection that breaks while the request is on its way leaves the outcome open."""

    def soon(connection: socket.socket) -> bool:
        time.sleep(0.1)
        return reset(connection)

    server.greet(soon)
    with pytest.raises(GaveUp) as caught:
        calling(server.url, limits=Limits(deadline=5.0, budget=0.0)).put({"html": "x" * 30_000_000})
    assert caught.value.unknown


def test_to_this_machine_only(clock: FakeClock) -> None:
    """Over http no other machine is reached, whatever a name stands for."""
    with within(Deadline.after(5, clock)), pytest.raises(httpcore.ConnectError, match="not this machine"):
        DeadlineBackend(local=True).connect_tcp("192.0.2.1", 9)


def test_no_such_name(clock: FakeClock) -> None:
    """A name without an address is no connection."""
    with within(Deadline.after(5, clock)), pytest.raises(httpcore.ConnectError, match="no address"):
        DeadlineBackend(local=False).connect_tcp("a..b", 9)


def test_passed(server: Scripted, clock: FakeClock) -> None:
    """Once the deadline has passed nothing is begun."""
    with within(Deadline.after(0, clock)), pytest.raises(httpcore.ConnectTimeout):
        DeadlineBackend(local=True).connect_tcp("127.0.0.1", 9)
    assert server.connections == 0


def test_bomb_over_the_wire(server: Scripted, calling: Callable[..., Caller]) -> None:
    """A compressed body that unfolds beyond the cap is given up without being held."""
    server.script(answer(200, _bomb(2 * BODY_CAP), Content_Encoding="gzip"))
    with pytest.raises(OutcomeUnknown, match="32 MiB"):
        calling(server.url, limits=Limits(deadline=20)).do(POST)


def test_bomb_in_memory() -> None:
    """A bomb many times the cap costs no more memory than the cap allows."""
    bomb = _bomb(8 * BODY_CAP)
    chunks = [bomb[start : start + 65536] for start in range(0, len(bomb), 65536)]
    tracemalloc.start()
    with pytest.raises(UnreadableError, match="32 MiB"):
        document(chunks, "gzip")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * BODY_CAP


def test_endless() -> None:
    """A body without end is left at the cap."""

    def endless() -> Iterator[bytes]:
        while True:
            yield b" " * 65536

    with pytest.raises(UnreadableError, match="32 MiB"):
        document(endless(), "")


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP", "deflate", "bare deflate", "", "identity"])
@pytest.mark.parametrize("size", [1, 7, 65536])
def test_decoding(encoding: str, size: int) -> None:
    """What we say that we accept is read, in chunks of any size, bare deflate too."""
    content = {"data": [{"id": str(number), "nome": "São Paulo"} for number in range(50)]}
    plain = json.dumps(content).encode()
    bare = zlib.compressobj(wbits=-15)
    encoded = {
        "gzip": gzip.compress(plain),
        "deflate": zlib.compress(plain),
        "bare deflate": bare.compress(plain) + bare.flush(),
    }.get(encoding.lower().removeprefix("x-"), plain)
    chunks = [encoded[start : start + size] for start in range(0, len(encoded), size)]
    assert document(chunks, encoding.removeprefix("bare ")) == content


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


@given(content=st.dictionaries(st.text(), _VALUES, max_size=5), ascii_only=st.booleans())
def test_json_is_read_as_the_standard_library_reads_it(content: dict[str, object], ascii_only: bool) -> None:
    """Whatever JSON says, in UTF-8 or in escapes, is what we read."""
    text = json.dumps(content, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    assert document([text], "") == json.loads(text)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_json_of_an_odd_server_is_read(encoding: str) -> None:
    """A byte order mark, or wide characters, are no reason to take an answer for unreadable."""
    content = {"nome": "São Paulo"}
    assert document([json.dumps(content, ensure_ascii=False).encode(encoding)], "") == content


def test_half_a_surrogate_is_read() -> None:
    """What somebody cut in the middle of an emoji is text all the same."""
    assert document([b'{"nome": "\\ud83d"}'], "") == {"nome": "\ud83d"}


@pytest.mark.parametrize("text", [b"[" * 200_000, b'{"a":' * 200_000, b"<html>", b"{", b"tudo bem"])
def test_what_is_no_json_is_told(text: bytes) -> None:
    """Neither depth nor nonsense ends in anything but an answer that cannot be read."""
    with pytest.raises(UnreadableError, match="instead of JSON"):
        document([text], "")


def _bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    block = b" " * (1 << 20)
    return b"".join([*(packer.compress(block) for _ in range(size >> 20)), packer.flush()])
