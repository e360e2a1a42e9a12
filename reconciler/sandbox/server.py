"""The loopback server: one thread per connection, keep-alive, no delays of its own."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import socketserver
import struct
import threading
from typing import BinaryIO, cast

from reconciler.sandbox.clock import instant
from reconciler.sandbox.control import CONTROL, Control
from reconciler.sandbox.criaenvio.answers import INVALID, missing, refusal
from reconciler.sandbox.faults import FaultKind
from reconciler.sandbox.framing import Answer, FramingError, Request, read_request
from reconciler.sandbox.misbehaviour import Wire, misbehave, reply
from reconciler.sandbox.refusal import Refusal
from reconciler.sandbox.vendors import serves, shown

HOST = "127.0.0.1"
_LOG = logging.getLogger("reconciler.sandbox")


class Server(socketserver.ThreadingTCPServer):
    """Listens on loopback from the moment that it is made; serves once `control` is set and `start` was called.

    `screens`: whether the simulator's own calls are answered.
    """

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        super().__init__((HOST, port), _Connection)
        self.screens = True
        self.control: Control
        self.closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), name="sandbox", daemon=True)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])

    @property
    def address(self) -> str:
        """Where it is: `http://127.0.0.1:PORT`."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Begin to serve, on a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, break what connections are left, and wait until every request in hand is finished."""
        self.closing.set()
        self.shutdown()
        self._thread.join()
        self.server_close()
        with self._idle:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._idle.wait_for(lambda: not self._open, timeout=10)

    def opened(self, connection: socket.socket) -> None:
        """Remember a connection."""
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._idle:
            self._open.discard(connection)
            self._idle.notify_all()

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close at once: the usual shutdown before it would turn a reset into a proper end."""
        self.close_request(request)

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the library's signature
        """A failure of our own goes to the log; the client sees the connection close."""
        _LOG.exception("the sandbox failed on a request")


class _Connection(socketserver.StreamRequestHandler):
    """One client's connection, request after request."""

    disable_nagle_algorithm = True  # an answer goes out at once, without waiting for the client's acknowledgement
    rbufsize = 64 * 1024
    server: Server

    def setup(self) -> None:
        self.server.opened(self.request)
        super().setup()

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            while not self.server.closing.is_set() and self._exchange():
                pass

    def finish(self) -> None:
        try:
            with contextlib.suppress(OSError):
                super().finish()
        finally:
            self.server.closed(self.request)

    def _exchange(self) -> bool:
        """One request and its answer. True if another may follow."""
        wire = Wire(self._send, self._now, self.server.closing)
        try:
            request = read_request(cast("BinaryIO", self.rfile), self.wfile)
        except FramingError as error:
            return reply(wire, _refused(refusal(error.status, INVALID, str(error))), keep_alive=False)
        return request is not None and self._serve(wire, request)

    def _serve(self, wire: Wire, request: Request) -> bool:
        control = self.server.control
        if request.path.startswith(CONTROL) and self.server.screens:
            return reply(wire, control.answer(request), keep_alive=request.keep_alive)
        if not serves(request.path):
            return reply(wire, _refused(missing()), keep_alive=request.keep_alive)
        fault = control.faults.take(request.method, shown(request.path))
        if fault is None:
            return reply(wire, control.service.answer(request), keep_alive=request.keep_alive)
        if fault.kind is FaultKind.DROP:
            self._break()
        return misbehave(wire, control.service, request, fault)

    def _break(self) -> None:
        """Let the connection end with a reset, which nobody can take for a proper end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _send(self, data: bytes) -> None:
        self.connection.sendall(data)

    def _now(self) -> int:
        with self.server.control.store.transaction() as db:
            return instant(db)


def _refused(refused: Refusal) -> Answer:
    """What goes past every API is answered in the first one's words."""
    return Answer(refused.status, json.dumps(refused.body).encode())
