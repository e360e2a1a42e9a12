"""What every fault comes to, for each way of repeating: reliability is this table."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from reconciler.transport import (
    Access,
    CircuitOpen,
    Failure,
    GaveUp,
    InvalidRequest,
    Limits,
    NotFound,
    OutcomeUnknown,
    Overloaded,
    Refused,
    Repeat,
    Throttled,
    Unauthorized,
    WriteForbidden,
)
from tests.transport.conftest import (
    CANARY,
    ENDPOINTS,
    ERROR,
    OK,
    PAGE,
    POST,
    PUT,
    READ,
    Behaviour,
    Caller,
    FakeClock,
    Scripted,
    answer,
    drop,
    failing,
    head,
    raw,
    reset,
    silence,
)

SHORT = head(200, {"Content-Type": "application/json", "Content-Length": "500"})
JSON = {"Content-Type": "application/json"}

UNKNOWN: dict[str, Behaviour] = {
    "dropped": drop,
    "reset": reset,
    "silent": silence,
    "no http": raw(b"220 smtp.exemplo.com.br ESMTP\r\n\r\n"),
    "body cut": raw(SHORT + b'{"data": {"id": "a1"'),
    "body cut, no length": raw(head(200, JSON) + b'{"data": {"id": "a1"'),
    "headers cut": raw(b"HTTP/1.1 200 OK\r\nContent-Ty"),
    "500 with the vendor's error": answer(500, {"error": {"code": "04-ERRO-INTERNO", "message": "Tente mais tarde."}}),
    "500 empty": answer(500, b""),
    "200 empty": answer(200, b""),
    "200 without an id": answer(200, {"data": {"OK": "OK"}}),
    "200 a list": answer(200, [OK]),
    "200 an error": answer(200, ERROR),
    "200 broken gzip": answer(200, b"\x1f\x8b\x08not", Content_Encoding="gzip"),
    "200 gzip cut": answer(200, gzip.compress(b'{"data": {"id": "a1"}}')[:-9], Content_Encoding="gzip"),
    "200 unasked compression": answer(200, b"{}", Content_Encoding="br"),
    "200 not UTF-8": answer(200, b'{"data": {"id": "\xe7"}}'),
    "200 nested without end": answer(200, b'{"data":' + b"[" * 200_000),
    "400 not the vendor's": answer(400, {"detail": "bad gateway"}),
}
OVERLOAD: dict[str, Behaviour] = {
    "200 a web page": answer(200, PAGE),
    "502 a web page": answer(502, PAGE),
    "503 a web page": answer(503, PAGE),
    "403 a web page": answer(403, PAGE),
}
LASTING: dict[str, Behaviour] = {
    "307": answer(307, b"", Location="http://127.0.0.1:9/v1/coisas/a1"),
    "302 to the key's thief": answer(302, PAGE, Location="https://ladrao.exemplo/"),
    "404 a web page": answer(404, PAGE),
}
REFUSALS: dict[str, tuple[Behaviour, type[Refused]]] = {
    "400": (answer(400, ERROR), Refused),
    "404": (answer(404, {"error": {"code": "01-NAO-ENCONTRADO", "message": "Registro não encontrado."}}), NotFound),
    "400 missing": (answer(400, {"error": {"code": "01-NAO-ENCONTRADO", "message": "Não encontrado."}}), NotFound),
    "401": (answer(401, {"error": {"code": "03-NAO-AUTORIZADO", "message": "Chave inválida."}}), Unauthorized),
}
IN_TIME = Limits(deadline=0.4, budget=20.0)


@pytest.mark.parametrize("fault", UNKNOWN | OVERLOAD | LASTING)
def test_once(fault: str, server: Scripted, calling: Callable[..., Caller]) -> None:
    """What must never be repeated reaches the server exactly once, and every unclear answer is unknown."""
    server.script((UNKNOWN | OVERLOAD | LASTING)[fault], answer(200, OK))
    caller = calling(server.url, limits=IN_TIME)
    with failing(OutcomeUnknown) as caught:
        caller.do(POST)
    assert caught[0].unknown
    assert "not known" in str(caught[0])
    assert len(server.received) == 1
    assert caller.session.count == {"POST /coisas/{id}": 1}


@pytest.mark.parametrize("repeat", [Repeat.FREELY, Repeat.SAFELY])
@pytest.mark.parametrize("fault", UNKNOWN | OVERLOAD)
def test_repeated(fault: str, repeat: Repeat, server: Scripted, calling: Callable[..., Caller]) -> None:
    """What may be repeated is, and one bad answer is then no failure at all."""
    server.script((UNKNOWN | OVERLOAD)[fault], answer(200, OK))
    caller = calling(server.url, limits=IN_TIME)
    assert caller.do(ENDPOINTS[repeat]) == "a1"
    assert len(server.received) == 2
    assert caller.session.repeats == {str(ENDPOINTS[repeat]): 1}


@pytest.mark.parametrize("endpoint", [READ, PUT], ids=str)
@pytest.mark.parametrize(
    ("fault", "kind"), [("dropped", GaveUp), ("500 empty", Overloaded), ("502 a web page", Overloaded)]
)
def test_patience_ends(
    fault: str, kind: type[Failure], endpoint: object, server: Scripted, calling: Callable[..., Caller]
) -> None:
    """Repeating ends with the budget; the last cause is kept, and only an effect makes it unknown."""
    server.script((UNKNOWN | OVERLOAD)[fault])
    with failing(kind) as caught:
        calling(server.url, limits=IN_TIME).do(endpoint)
    assert isinstance(caught[0], GaveUp)
    assert 2 < len(server.received) == caught[0].attempts <= 12
    assert caught[0].unknown is (endpoint is PUT)
    assert caught[0].later


@pytest.mark.parametrize("endpoint", [READ, PUT], ids=str)
@pytest.mark.parametrize("fault", LASTING)
def test_pointless(fault: str, endpoint: object, server: Scripted, calling: Callable[..., Caller]) -> None:
    """A redirection or a page of "not found" is not followed, not repeated, and no answer of the API."""
    server.script(LASTING[fault])
    with failing(GaveUp) as caught:
        calling(server.url).do(endpoint)
    assert len(server.received) == 1
    assert not caught[0].later
    assert caught[0].unknown is (endpoint is PUT)


@pytest.mark.parametrize("repeat", Repeat)
@pytest.mark.parametrize("case", REFUSALS)
def test_refused(case: str, repeat: Repeat, server: Scripted, calling: Callable[..., Caller]) -> None:
    """A 4xx with the vendor's own error is a definite no: its text is shown, it is never repeated."""
    behaviour, kind = REFUSALS[case]
    server.script(behaviour)
    with failing(kind) as caught:
        calling(server.url).do(ENDPOINTS[repeat])
    refused = caught[0]
    assert isinstance(refused, Refused)
    assert (refused.unknown, refused.later) == (False, False)
    assert refused.message in str(refused)
    assert len(server.received) == 1


@pytest.mark.parametrize("endpoint", [PUT, READ], ids=str)
def test_refused_after_unknown(endpoint: object, server: Scripted, calling: Callable[..., Caller]) -> None:
    """A refusal of the repeat of a lost attempt may echo that attempt's success; for a read it is a refusal."""
    server.script(drop, answer(400, ERROR))
    with failing(OutcomeUnknown if endpoint is PUT else Refused) as caught:
        calling(server.url).do(endpoint)
    if isinstance(caught[0], OutcomeUnknown):
        assert isinstance(caught[0].refusal, Refused)
        assert "Argumentos inválidos." in str(caught[0])


@pytest.mark.parametrize("repeat", Repeat)
def test_throttled(repeat: Repeat, server: Scripted, calling: Callable[..., Caller], clock: FakeClock) -> None:
    """429: what may be repeated waits as asked; what must not is reported, to be looked up."""
    server.script(answer(429, PAGE, Retry_After="7"), answer(200, OK))
    caller = calling(server.url)
    if repeat is not Repeat.NEVER:
        assert caller.do(ENDPOINTS[repeat]) == "a1"
        assert clock.elapsed >= 1007.0
        return
    with failing(Throttled) as caught:
        caller.do(POST)
    assert isinstance(caught[0], Throttled)
    assert (caught[0].retry_after, caught[0].unknown, caught[0].later) == (7.0, True, True)
    assert len(server.received) == 1


@pytest.mark.parametrize("endpoint", [PUT, POST], ids=str)
def test_reading_client(endpoint: object, server: Scripted, calling: Callable[..., Caller]) -> None:
    """A client built for reading sends nothing that has an effect."""
    with failing(WriteForbidden) as caught:
        calling(server.url, access=Access.READ).do(endpoint)
    assert not caught[0].unknown
    assert not server.received


def test_circuit(server: Scripted, calling: Callable[..., Caller]) -> None:
    """After five calls in a row that failed nothing more is sent; any answer in between starts anew."""
    caller = calling(server.url)
    server.script(drop, drop, drop, drop, answer(400, ERROR), drop)
    for _ in range(10):
        with pytest.raises(Failure):
            caller.do(POST)
    assert len(server.received) == 10
    with failing(CircuitOpen) as caught:
        caller.do(READ)
    assert (caught[0].unknown, caught[0].later) == (False, True)
    assert len(server.received) == 10


@pytest.mark.parametrize("body", [{"a": {1, 2}}, {"a": float("nan")}, {"a": "\ud800"}], ids=["set", "nan", "surrogate"])
def test_impossible_body(body: object, server: Scripted, calling: Callable[..., Caller]) -> None:
    """A body that JSON cannot hold is refused before anything is sent."""
    caller = calling(server.url)
    with failing(InvalidRequest):
        caller.put(body)
    assert not server.received


def test_echoed_text(server: Scripted, calling: Callable[..., Caller]) -> None:
    """A refusal is shown on one bearable line, without control characters and without a key that it echoes."""
    told = f"Chave {CANARY} inválida.\r\n\x1b[31m" + "x" * 9000
    server.script(answer(401, {"error": {"code": "03-NAO-AUTORIZADO", "message": told}}))
    with failing(Unauthorized) as caught:
        calling(server.url).do(READ)
    assert str(caught[0]).startswith("GET /coisas/{id}: refused with 401: Chave *** inválida. [31mxxx")
    assert len(str(caught[0])) < 600
