"""Misbehaviour as a client meets it: what comes over the wire, and whether the request had its effect."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import time
from datetime import timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest

from reconciler.sandbox import Effect, Fault, FaultError, FaultKind
from tests.sandbox.conftest import KEY, Api

NEW = {"nome": "Nova"}


def _lists(api: Api) -> int:
    return api.sandbox.counts()["listas"]


def _fault(api: Api, kind: FaultKind, **more: object) -> None:
    api.sandbox.faults.add(Fault(kind=kind, **more))  # type: ignore[arg-type]


@pytest.mark.parametrize("effect", [None, Effect.FIRST])
@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (FaultKind.THROTTLE, 429),
        (FaultKind.PAGE, 503),
        (FaultKind.ERROR, 500),
        (FaultKind.REDIRECT, 307),
    ],
)
def test_other_answers(kind: FaultKind, status: int, effect: Effect | None, api: Api) -> None:
    """Another answer comes instead, the effect stays out unless it is ordered, and the next call goes well."""
    _fault(api, kind, effect=effect)
    assert api.post("/grupos", NEW).status == status
    assert _lists(api) == (5 if effect else 4)
    last = api.sandbox.history.requests()[-1]
    assert (last.status, last.fault, last.effect) == (status, kind, bool(effect))
    assert api.post("/grupos", NEW).status == 200


@pytest.mark.parametrize(("status", "kind"), [(200, "html"), (502, "html")])
def test_pages_of_html(status: int, kind: str, api: Api) -> None:
    """Overload may look like success: an HTML page, even with status 200."""
    _fault(api, FaultKind.PAGE, status=status)
    answer = api.get("/campos")
    assert answer.status == status
    assert kind in answer.headers["content-type"]
    assert answer.body.startswith(b"<!DOCTYPE html>")


def test_retry_after(api: Api) -> None:
    """Retry-After comes as seconds, as a date by the account's clock, or not at all; the body is JSON or HTML."""
    _fault(api, FaultKind.THROTTLE, retry_after="7")
    _fault(api, FaultKind.THROTTLE, retry_after="date+60", page=True)
    _fault(api, FaultKind.THROTTLE)
    assert api.get("/campos").headers["retry-after"] == "7"
    dated = api.get("/campos")
    wait = parsedate_to_datetime(dated.headers["retry-after"]) - parsedate_to_datetime(dated.headers["date"])
    assert wait == timedelta(seconds=60)
    assert dated.body.startswith(b"<!DOCTYPE html>")
    bare = api.get("/campos")
    assert "retry-after" not in bare.headers
    assert bare.json["error"]["http_code"] == 429


@pytest.mark.parametrize(("effect", "lists"), [(Effect.NEVER, 4), (Effect.FIRST, 5)])
def test_dropped_connections(effect: Effect, lists: int, api: Api) -> None:
    """The connection breaks before or after the effect; the client cannot tell which."""
    _fault(api, FaultKind.DROP, effect=effect)
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        api.post("/grupos", NEW)
    api.close()
    assert _lists(api) == lists
    last = api.sandbox.history.requests()[-1]
    assert (last.status, last.effect) == (None, effect is Effect.FIRST)


def test_applied_after_the_client_gave_up(api: Api) -> None:
    """A request that was dropped arrives when the account's clock has moved on, and is then done as of that time."""
    _fault(api, FaultKind.DROP, effect=Effect.LATER, delay=90)
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        api.post("/envios", {"mensagem": "-q", "listas": "L1", "data_de_inicio": "02/11/2026 09:00"})
    api.close()
    assert len(api.get("/envios").data) == 4
    api.sandbox.clock.advance(timedelta(seconds=89))
    assert len(api.get("/envios").data) == 4
    api.sandbox.clock.advance(timedelta(seconds=1))
    assert api.get("/envios").data[-1]["data_de_criacao"].startswith("2026-11-02 08:01:3")
    late = next(item for item in api.sandbox.history.requests() if item.fault)
    assert (late.effect, late.result) == (True, api.get("/envios").data[-1]["id"])


def test_a_late_request_with_a_wrong_key_never_arrives(api: Api) -> None:
    """What would have been refused is not done later either."""
    _fault(api, FaultKind.DROP, effect=Effect.LATER)
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        api.call("POST", "/grupos", NEW, key="outra")
    assert _lists(api) == 4


def test_truncated_answers(api: Api) -> None:
    """Half a body comes, and the effect is there."""
    _fault(api, FaultKind.TRUNCATE)
    with pytest.raises(http.client.IncompleteRead):
        api.post("/grupos", NEW)
    api.close()
    assert _lists(api) == 5


@pytest.mark.parametrize(("effect", "lists"), [(Effect.FIRST, 5), (Effect.LATER, 4)])
def test_slow_answers(effect: Effect, lists: int, api: Api) -> None:
    """The answer takes its time; the effect comes before the wait or after it, and also if nobody waits any more."""
    _fault(api, FaultKind.SLOW, effect=effect, delay=0.3)
    netloc = urlsplit(api.sandbox.url)
    assert netloc.port
    with socket.create_connection(("127.0.0.1", netloc.port)) as raw:
        raw.sendall(
            b'POST /v1/grupos?chave=canario%2Bde/teste%3D%3D HTTP/1.1\r\nContent-Length: 15\r\n\r\n{"nome":"Nova"}'
        )
        time.sleep(0.1)
        assert _lists(api) == lists
    deadline = time.monotonic() + 5
    while _lists(api) < 5 and time.monotonic() < deadline:
        time.sleep(0.02)
    assert _lists(api) == 5


def test_no_answer_at_all(api: Api) -> None:
    """A server that hangs and hangs up, without an effect."""
    _fault(api, FaultKind.SLOW, effect=Effect.NEVER, delay=0.05)
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        api.post("/grupos", NEW)
    api.close()
    assert _lists(api) == 4


def test_dripping_answers(api: Api) -> None:
    """The body comes byte by byte: every single read is quick, the whole is not."""
    _fault(api, FaultKind.DRIP, delay=0.002)
    began = time.monotonic()
    assert len(api.get("/campos").data) == 3
    assert time.monotonic() - began > 0.1


def test_bombs(api: Api) -> None:
    """A small answer that grows a thousandfold when it is unpacked."""
    _fault(api, FaultKind.BOMB, size=8_000_000)
    answer = api.get("/campos")
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.body) < 40_000
    assert len(gzip.decompress(answer.body)) > 8_000_000


def test_redirects(api: Api) -> None:
    """307 invites the client to send the same elsewhere."""
    _fault(api, FaultKind.REDIRECT, location="http://127.0.0.1:9/longe")
    answer = api.post("/grupos", NEW)
    assert (answer.status, answer.headers["location"]) == (307, "http://127.0.0.1:9/longe")


@pytest.mark.parametrize(
    ("method", "path", "text"),
    [
        ("PUT", "/mensagens/-q", "Falha ao calcular o tamanho da mensagem. Tente mais tarde."),
        ("GET", "/mensagens/-q/lista_teste", "Falha realizar o envio para a Lista Teste. Tente mais tarde."),
        ("GET", "/contatos/ana", "Internal Error"),
    ],
)
def test_documented_failures(method: str, path: str, text: str, api: Api) -> None:
    """A 500 has the text that the reference gives for the call."""
    _fault(api, FaultKind.ERROR)
    assert api.call(method, path, {} if method == "PUT" else None).message == text


def test_orders_choose_their_requests(api: Api) -> None:
    """A fault befalls the requests that it names, after those that it lets pass, as often as it says."""
    _fault(api, FaultKind.ERROR, method="POST", path="/grupos*", skip=1, count=2)
    assert [api.post("/grupos", NEW).status for _ in range(4)] == [200, 500, 500, 200]
    assert api.get("/grupos").status == 200


def test_probability_is_reproducible(api: Api) -> None:
    """The same seed strikes the same requests, until the queue is cleared."""
    runs = []
    for _ in range(2):
        _fault(api, FaultKind.ERROR, count=None, probability=0.5, seed=4)
        runs.append([api.get("/campos").status for _ in range(20)])
        api.sandbox.faults.clear()
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 500}
    assert api.get("/campos").status == 200


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"kind": "nada"},
        {"kind": "drop", "nada": 1},
        {"kind": "page", "effect": "later"},
        {"kind": "drop", "count": 0},
        {"kind": "drop", "delay": "x"},
        {"kind": "drop", "probability": 2},
    ],
)
def test_impossible_orders(order: dict[str, object], api: Api) -> None:
    """An order that cannot be is refused, here and over HTTP."""
    with pytest.raises(FaultError):
        Fault.from_json(order)
    answer = api.call("POST", "/_sandbox/faults", order)
    assert answer.status == 400
    assert answer.json["error"]


def test_orders_over_http(api: Api) -> None:
    """Faults can be ordered, seen and cleared from another process."""
    assert api.call("POST", "/_sandbox/faults", {"kind": "drop", "count": 3}).json["faults"][0]["befallen"] == 0
    assert len(api.call("GET", "/_sandbox/faults").json["faults"]) == 1
    assert api.call("DELETE", "/_sandbox/faults").json == {"faults": []}
    assert KEY not in json.dumps(api.call("GET", "/_sandbox/history").json)


def test_only_so_many_a_second(api: Api) -> None:
    """With a rate only what comes on top of it is refused, by the account's clock; a burst may come at once."""
    api.sandbox.clock.stop()
    _fault(api, FaultKind.THROTTLE, count=None, rate=2.0, burst=3)
    statuses = [api.post("/grupos", {"nome": f"L{n}"}).status for n in range(4)]
    api.sandbox.clock.advance(timedelta(seconds=1))
    statuses += [api.post("/grupos", {"nome": f"M{n}"}).status for n in range(3)]
    assert statuses == [200, 200, 200, 429, 200, 200, 429]


@pytest.mark.parametrize("wrong", [{"rate": 0.0}, {"rate": 1.0, "burst": 0}])
def test_a_rate_that_cannot_be(wrong: dict[str, float]) -> None:
    """A rate at which nothing is ever answered is refused."""
    with pytest.raises(FaultError, match="rate is above 0"):
        Fault.from_json({"kind": "throttle", **wrong})
