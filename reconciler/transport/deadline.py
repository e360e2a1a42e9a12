"""One deadline for a whole request: names, connection, handshake, every byte out and in.

The HTTP library's time-outs hold for each single read: a server that drips a byte now and then would keep it for ever.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import httpcore

from reconciler.transport.clock import Clock
from reconciler.transport.origin import is_loopback

SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on `clock`'s monotonic scale."""

    clock: Clock
    at: float

    @classmethod
    def after(cls, seconds: float, clock: Clock) -> Deadline:
        """The moment `seconds` from now."""
        return cls(clock, clock.monotonic() + seconds)

    def left(self) -> float:
        """Seconds left, never below 0."""
        return max(0.0, self.at - self.clock.monotonic())


_current: ContextVar[Deadline] = ContextVar("reconciler_deadline")


@contextmanager
def within(deadline: Deadline) -> Iterator[None]:
    """Everything that this thread reads from and writes to the network meanwhile ends by `deadline`."""
    token = _current.set(deadline)
    try:
        yield
    finally:
        _current.reset(token)


def _left(expired: type[httpcore.TimeoutException]) -> float:
    left = _current.get().left()
    if left <= 0:
        raise expired("the deadline has passed")
    return left


class DeadlineBackend(httpcore.NetworkBackend):
    """TCP and TLS under the deadline of the request that they serve. `local` lets it reach this machine only."""

    def __init__(self, *, local: bool) -> None:
        self._local = local
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline stands in its place
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        """Connects to the first of the host's addresses that answers; the time left is shared out among them."""
        addresses = self._resolved(host, port)
        for position, address in enumerate(addresses, start=1):
            share = _left(httpcore.ConnectTimeout) / (len(addresses) - position + 1)
            try:
                stream = self._plain.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if position == len(addresses):
                    raise
            else:
                return _DeadlineStream(stream)
        raise httpcore.ConnectError("the host has no address")

    def _resolved(self, host: str, port: int) -> list[str]:
        addresses = _look_up(host, port, _left(httpcore.ConnectTimeout))
        if self._local and not all(map(is_loopback, addresses)):
            raise httpcore.ConnectError("the host is not this machine, and only https may leave it")
        return addresses


class _DeadlineStream(httpcore.NetworkStream):
    """A connection whose every step ends by the deadline of the request that it serves at that time."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - as above
        return self._stream.read(max_bytes, _left(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - as above
        # Sent here piece by piece: the library's own loop gives each piece the whole time again.
        connection: socket.socket = self._stream.get_extra_info("socket")
        view = memoryview(buffer)
        try:
            while view:
                connection.settimeout(_left(httpcore.WriteTimeout))
                view = view[connection.send(view) :]
        except TimeoutError:
            raise httpcore.WriteTimeout("the deadline has passed") from None
        except OSError as error:
            raise httpcore.WriteError(str(error)) from None

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - as above
    ) -> httpcore.NetworkStream:
        left = _left(httpcore.ConnectTimeout)
        return _DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _look_up(host: str, port: int, seconds: float) -> list[str]:
    """The host's addresses, each once. The system's resolver takes no time-out, so it gets a thread of its own."""
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            answers.put(error)
        else:
            answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))

    threading.Thread(target=ask, name="name look-up", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise httpcore.ConnectTimeout("the host's name was not resolved in time") from None
    if isinstance(answer, Exception):
        raise httpcore.ConnectError("the host's name has no address") from answer
    return answer
