"""The line to the simulated account without sockets: what a client is told of each request, and what that did."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from reconciler.sandbox.clock import place
from reconciler.sandbox.control import Control
from reconciler.sandbox.criaenvio.call import BASE
from reconciler.sandbox.faults import Effect, Fault, FaultKind
from reconciler.sandbox.framing import Answer as Given
from reconciler.sandbox.framing import Request
from reconciler.sandbox.misbehaviour import Wire, misbehave
from reconciler.sandbox.moments import instant
from reconciler.transport import Clock
from reconciler.transport.body import UnreadableError, document
from reconciler.transport.parcel import Answer, Broken, Parcel
from tests.simulation.power import Power, Time

_PAGE = "number"

ADMITTED = {"chave": "simulation"}
"""What opens the account."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that befalls one request: the one after `skip` others that `method` and `path` fit.

    `*` is any method, any path, or any id in a path.

    `fault` is what the server does to it; None: it is never reached. `by_hand` happens in the vendor's screens right
    before the request is served; a trouble may be that alone.
    """

    name: str
    method: str
    path: str
    skip: int = 0
    fault: Fault | None = None
    unreached: bool = False
    by_hand: str = ""
    query: tuple[str, str] | None = None

    def fits(self, request: Request) -> bool:
        """Whether it may befall this request."""
        path = request.path.removeprefix(BASE)
        return (
            self.method in ("*", request.method)
            and (self.path == "*" or _alike(self.path.split("/"), path.split("/")))
            and (self.query is None or request.query.get(self.query[0]) == self.query[1])
        )

    def __str__(self) -> str:
        where = f"{self.method} {self.path}" + (f" ?{'='.join(self.query)}" if self.query else "")
        late = f", {self.fault.delay:.0f} s late" if self.fault and self.fault.delay else ""
        effect = f", effect {self.fault.takes_effect}{late}" if self.fault else ""
        return f"{self.name} at number {self.skip + 1} of {where}{effect}"


def _alike(pattern: Sequence[str], path: Sequence[str]) -> bool:
    """Whether a path is one of those that the pattern stands for."""
    return len(pattern) == len(path) and all(one in ("*", other) for one, other in zip(pattern, path, strict=True))


@dataclass
class Server:
    """The account at the other end. `seen` hears each request before it is served, `hand` does what is done by hand."""

    control: Control
    time: Time
    page: int = 100
    troubles: list[Trouble] = field(default_factory=list)
    seen: Callable[[Request], None] = lambda _request: None
    hand: Callable[[str, Request], None] = lambda _deed, _request: None
    befell: list[str] = field(default_factory=list)
    _skipped: dict[int, int] = field(default_factory=dict)
    _at: float = -1.0

    def wind(self) -> None:
        """The account's clock shows the world's time."""
        if self._at != self.time.passed:
            self._at = self.time.passed
            with self.control.store.transaction() as db:
                place(db, instant(self.time.now()))

    def upcoming(self, request: Request) -> Trouble | None:
        """What befalls this request; each trouble comes once."""
        for trouble in self.troubles:
            if trouble.fits(request):
                passed = self._skipped.get(id(trouble), 0)
                if passed < trouble.skip:
                    self._skipped[id(trouble)] = passed + 1
                    continue
                self.troubles.remove(trouble)
                self.befell.append(trouble.name)
                return trouble
        return None


class SimulatedLine:
    """A transport Line to `server`, for the process that `power` feeds."""

    def __init__(self, server: Server, power: Power) -> None:
        self._server = server
        self._power = power

    def send(self, parcel: Parcel, within_seconds: float, clock: Clock) -> Answer | Broken:
        """Serve the request, with whatever befalls it."""
        self._power.tick(parcel.path)
        request = self._request(parcel)
        server = self._server
        trouble = server.upcoming(request)
        if trouble is not None and trouble.unreached:
            heard: Answer | Broken = Broken("the server could not be reached", sent=False)
        else:
            server.wind()
            server.seen(request)
            if trouble is not None and trouble.by_hand:
                server.hand(trouble.by_hand, request)
            heard = self._served(request, trouble.fault if trouble else None, within_seconds, clock)
        self._power.tell(lambda: self._told(parcel, heard, trouble))
        self._power.tick(parcel.path)
        return heard

    def _told(self, parcel: Parcel, heard: Answer | Broken, trouble: Trouble | None) -> str:
        """One request and its answer, for people."""
        body = "" if parcel.content is None else f" {parcel.content.decode()}"
        outcome = heard.status if isinstance(heard, Answer) else heard.reason
        query = f"?{parcel.query.decode()}" if parcel.query else ""
        befell = f"  [{trouble}]" if trouble else ""
        return f"{self._server.time.passed:8.1f} {parcel.method} {parcel.path}{query}{body} -> {outcome}{befell}"

    def close(self) -> None:
        """Nothing is kept open."""

    def _request(self, parcel: Parcel) -> Request:
        query = dict(parse_qsl(parcel.query.decode("ascii"), keep_blank_values=True))
        if _PAGE in query and self._server.page < int(query[_PAGE]):
            query[_PAGE] = str(self._server.page)  # a server that gives fewer rows than it is asked for
        kind = "" if parcel.content is None else "application/json"
        return Request(parcel.method, BASE + parcel.path, query, kind, parcel.content or b"", credentials=ADMITTED)

    def _served(self, request: Request, fault: Fault | None, patience: float, clock: Clock) -> Answer | Broken:
        service = self._server.control.service
        if fault is None:
            return self._heard(service.answer(request))
        if fault.kind is FaultKind.SLOW:
            return self._slow(request, fault, patience)
        sent: list[bytes] = []
        wire = Wire(sent.append, lambda: instant(clock.now()), threading.Event())
        misbehave(wire, service, request, fault)
        if fault.kind in {FaultKind.DROP, FaultKind.TRUNCATE}:
            return Broken("the connection broke before the whole answer had come", sent=True)
        head, _, body = b"".join(sent).partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
        extra = tuple((name, value) for name, value in headers.items() if name == "retry-after")
        return self._heard(Given(int(lines[0].split()[1]), body, headers=extra))

    def _slow(self, request: Request, fault: Fault, patience: float) -> Answer | Broken:
        """The client gives up after `patience`; the effect comes first, never, or `delay` seconds after that."""
        service = self._server.control.service
        if fault.takes_effect is Effect.FIRST:
            service.answer(request, fault)
        elif fault.takes_effect is Effect.LATER:
            service.postpone(request, Fault(kind=FaultKind.DROP, effect=Effect.LATER, delay=patience + fault.delay))
        else:
            service.record(request, fault)
        self._server.time.advance(patience)
        return Broken(f"no whole answer within {patience:g} s", sent=True)

    def _heard(self, given: Given) -> Answer:
        """The answer as the client's side of HTTP reads it; the Date header knows whole seconds."""
        try:
            content, flaw = document([given.body], ""), ""
        except UnreadableError as error:
            content, flaw = None, str(error)
        headers = dict(given.headers)
        date = self._server.time.now().replace(microsecond=0)
        return Answer(given.status, content, flaw, date, headers.get("retry-after"))


def body_of(request: Request) -> dict[str, object]:
    """The JSON that a request carries."""
    return dict(json.loads(request.body or b"{}"))
