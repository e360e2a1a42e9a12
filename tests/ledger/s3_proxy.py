"""A server between the library and the object store: it hands everything on, but what a test wants to go wrong."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from urllib.parse import urlsplit


def _nothing(_request: bytes) -> int:
    return 0


def _never(_request: bytes) -> bool:
    return False


@contextmanager
def proxy(
    address: str, *, refuses: Callable[[bytes], int] = _nothing, loses: Callable[[bytes], bool] = _never
) -> Iterator[str]:
    """Its address. `refuses` gives the status of an answer of its own to a request (0: none), which goes no further;
    of a request that it `loses` the answer is kept from the sender.
    """  # noqa: D205
    far = urlsplit(address)

    def serve(near: socket.socket) -> None:
        with near, socket.create_connection((far.hostname or "", far.port or 0)) as there:
            request = _whole(near)
            if status := refuses(request):
                near.sendall(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
                return
            there.sendall(request)
            answer = b"".join(iter(lambda: there.recv(1 << 20), b""))  # the server closes after each answer
            if not loses(request):
                near.sendall(answer)

    def accept() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            Thread(target=serve, args=(near,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=accept, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def _whole(near: socket.socket) -> bytes:
    """A request with all of its body."""
    request = near.recv(1 << 20)
    head, _, body = request.partition(b"\r\n\r\n")
    sizes = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while sizes and len(body) < int(sizes[0].split(b":")[1]):
        more = near.recv(1 << 20)
        body, request = body + more, request + more
    return request
