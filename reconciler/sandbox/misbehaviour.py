"""Answering a request wrongly, as a fault orders it: what goes over the wire, and when the effect happens."""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from reconciler.sandbox import moments
from reconciler.sandbox.faults import Effect, Fault, FaultKind
from reconciler.sandbox.framing import Answer, Request, head
from reconciler.sandbox.service import Service
from reconciler.sandbox.vendors import vendor_of

_PAGE = (
    "<!DOCTYPE html><html><head><title>Serviço indisponível</title></head><body><h1>Estamos sobrecarregados</h1>"
    "<p>Tente novamente em alguns instantes.</p></body></html>"
)
_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Wire:
    """The way back to one client: `send` puts bytes on it at once; `now` is the account's; `closing` ends waits."""

    send: Callable[[bytes], None]
    now: Callable[[], int]
    closing: threading.Event

    def date(self) -> str:
        """The Date header by the account's clock."""
        return moments.http_date(self.now())


def reply(wire: Wire, answer: Answer, *, keep_alive: bool) -> bool:
    """A proper answer. True if the connection goes on."""
    wire.send(head(answer, wire.date(), keep_alive=keep_alive) + answer.body)
    return keep_alive


def misbehave(wire: Wire, service: Service, request: Request, fault: Fault) -> bool:
    """Do with the request what the fault orders. True if the connection goes on."""
    if fault.kind is FaultKind.SLOW:
        return _slow(wire, service, request, fault)
    effect = fault.takes_effect
    answer = Answer(200, json.dumps(vendor_of(request.path).hollow).encode())
    if effect is Effect.FIRST:
        answer = service.answer(request, fault)
    elif effect is Effect.LATER:
        service.postpone(request, fault)
    else:
        service.record(request, fault)
    if fault.kind is FaultKind.DROP:
        return False
    if fault.kind is FaultKind.TRUNCATE:
        half = answer.body[: len(answer.body) // 2]
        wire.send(head(answer, wire.date(), keep_alive=False) + half)
        return False
    if fault.kind is FaultKind.DRIP:
        return _drip(wire, answer, fault)
    return reply(wire, _instead(wire, service, request, fault), keep_alive=request.keep_alive)


def _slow(wire: Wire, service: Service, request: Request, fault: Fault) -> bool:
    """A late answer; the effect comes before the wait, after it (whether or not the client still waits), or never."""
    if fault.takes_effect is Effect.NEVER:
        service.record(request, fault)
        wire.closing.wait(fault.delay)
        return False
    if fault.takes_effect is Effect.FIRST:
        answer = service.answer(request, fault)
        wire.closing.wait(fault.delay)
    else:
        wire.closing.wait(fault.delay)
        answer = service.answer(request, fault)
    return reply(wire, answer, keep_alive=request.keep_alive)


def _drip(wire: Wire, answer: Answer, fault: Fault) -> bool:
    wire.send(head(answer, wire.date(), keep_alive=False))
    for byte in answer.body:
        if wire.closing.wait(fault.delay):
            break
        wire.send(bytes((byte,)))
    return False


def _instead(wire: Wire, service: Service, request: Request, fault: Fault) -> Answer:
    """Another answer than the one that the request would have had."""
    status = fault.given_status(200) or 200
    if fault.kind is FaultKind.BOMB:
        return Answer(status, b"".join(_bomb(fault.size)), headers=(("Content-Encoding", "gzip"),))
    if fault.kind is FaultKind.PAGE or fault.page:
        return Answer(status, _PAGE.encode(), _HTML, _retry_after(wire, fault))
    if fault.kind is FaultKind.REDIRECT:
        return Answer(status, _PAGE.encode(), _HTML, (("Location", fault.location),))
    refusal = service.refusal(request, 429 if fault.kind is FaultKind.THROTTLE else status)
    return replace(refusal, status=status, headers=_retry_after(wire, fault))


def _retry_after(wire: Wire, fault: Fault) -> tuple[tuple[str, str], ...]:
    wanted = fault.retry_after
    if wanted is None:
        return ()
    if wanted.startswith("date+"):
        wanted = moments.http_date(wire.now() + int(float(wanted.removeprefix("date+")) * moments.SECOND))
    return (("Retry-After", wanted),)


def _bomb(size: int) -> Iterator[bytes]:
    """A JSON text of `size` bytes, gzipped: a thousandth of that on the wire."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    yield squeeze.compress(b'{"data": "')
    block = b" " * 1_048_576
    for done in range(0, size, len(block)):
        yield squeeze.compress(block[: size - done])
    yield squeeze.compress(b'"}')
    yield squeeze.flush()
