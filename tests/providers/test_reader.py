"""Every way in which the vendors that are only read can say no, and what a connection to them may do."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.providers.mindo import client as mindo_client
from reconciler.providers.mindo.envios_em_massa import calls as envios_em_massa
from reconciler.providers.ogmma import client as ogmma_client
from reconciler.providers.ogmma.lotes import calls as lotes
from reconciler.transport import (
    CircuitOpen,
    Endpoint,
    Failure,
    GaveUp,
    InvalidKeyError,
    InvalidOriginError,
    Limits,
    NotFound,
    Overloaded,
    Ports,
    Refused,
    Repeat,
    Unauthorized,
    WriteForbidden,
)
from tests.providers.conftest import MINDO_KEY, OGMMA_KEY, Service
from tests.transport.conftest import PAGE, FakeClock, Scripted, answer, drop, failing

CLIENTS = {"ogmma": (ogmma_client, OGMMA_KEY), "mindo": (mindo_client, MINDO_KEY)}
OBSERVE = {"ogmma": lotes.observe, "mindo": envios_em_massa.observe}
EMPTY = {"data": [], "results": []}


@pytest.fixture(params=sorted(CLIENTS))
def service(request: pytest.FixtureRequest, ogmma: Service, mindo: Service) -> tuple[str, Service]:
    """Each vendor, with its name."""
    return request.param, {"ogmma": ogmma, "mindo": mindo}[request.param]


ANY_BODY: dict[str, Any] = {
    "Ogmma's": {"message": "Chave de API inválida ou expirada.", "code": "UNAUTHORIZED"},
    "Django's": {"detail": "As credenciais não foram fornecidas."},
    "a framework's": {"statusCode": 401, "message": ["a", "b"], "error": "Unauthorized"},
    "numbers": {"message": 5, "code": 7},
    "nothing known": {"x": 1},
    "nested": {"error": {"code": "x"}},
    "nested lists": {"message": [[[["x"]]]], "detail": [["x"]]},
    "nulls": {"message": None, "code": None, "detail": None},
    "empty": {},
    "a list": [],
    "a web page": PAGE,
    "nothing": b"",
}


@pytest.mark.parametrize("body", ANY_BODY)
def test_wrong_key(body: str, service: tuple[str, Service]) -> None:
    """401 is a wrong key under any body, told after one call."""
    name, vendor = service
    vendor.server.script(answer(401, ANY_BODY[body]))
    with failing(Unauthorized) as caught:
        list(OBSERVE[name](vendor.reader))
    assert "refused with 401: " in str(caught[0])
    assert not str(caught[0]).endswith(": ")
    assert len(vendor.calls) == 1


WORDED: list[tuple[str, dict[str, Any], str, str]] = [
    ("ogmma", {"message": "Parâmetro inválido.", "code": "BAD_REQUEST"}, "BAD_REQUEST", "Parâmetro inválido."),
    ("ogmma", {"message": ["a", "b", 3], "error": "Bad Request"}, "Bad Request", "a; b"),
    ("ogmma", {"error": "Proibido"}, "", "Proibido"),
    ("ogmma", {"code": "FORBIDDEN"}, "FORBIDDEN", "FORBIDDEN"),
    ("mindo", {"detail": "Não permitido."}, "", "Não permitido."),
    ("mindo", {"detail": "x", "code": "permission_denied"}, "permission_denied", "x"),
    ("mindo", {"message": "y"}, "", "y"),
    ("mindo", {"error": "z"}, "", "z"),
    ("mindo", {"status": ["Escolha inválida."], "page": ["a", "b"]}, "", "status: Escolha inválida.; page: a; b"),
]


@pytest.mark.parametrize("status", [400, 403, 404, 422])
@pytest.mark.parametrize(("name", "body", "code", "message"), WORDED)
def test_worded(
    *, name: str, body: dict[str, Any], code: str, message: str, status: int, ogmma: Service, mindo: Service
) -> None:
    """A no in the vendor's words is told in them, and the status says which no it is."""
    vendor = {"ogmma": ogmma, "mindo": mindo}[name]
    vendor.server.script(answer(status, body))
    with failing(NotFound if status == 404 else Refused) as caught:
        list(OBSERVE[name](vendor.reader))
    refused = caught[0]
    assert isinstance(refused, Refused)
    assert (refused.status, refused.code, refused.message) == (status, code, message)
    assert len(vendor.calls) == 1


@pytest.mark.parametrize("after", [{}, {"Retry_After": "7"}])
def test_throttled(after: Mapping[str, str], service: tuple[str, Service], clock: FakeClock) -> None:
    """429 is waited out, as long as it asks for or with growing waits of our own (none is promised), and repeated."""
    name, vendor = service
    limit = answer(429, {"message": "Limite de requisições excedido.", "code": "RATE_LIMIT_EXCEEDED"}, **after)
    vendor.server.script(limit, limit, answer(200, EMPTY))
    assert list(OBSERVE[name](vendor.reader)) == []
    assert len(vendor.calls) == 3
    assert sum(clock.slept) >= (14 if after else 0.5)


def test_throttled_for_ever(service: tuple[str, Service]) -> None:
    """A vendor that only says 429 is given up after a bounded number of calls, as one that may be tried later."""
    name, vendor = service
    vendor.server.script(answer(429, {"detail": "x"}))
    with failing(Overloaded) as caught:
        list(OBSERVE[name](vendor.reader))
    assert caught[0].later
    assert len(vendor.calls) <= 12


@pytest.mark.parametrize(
    ("status", "body", "kind"), [(500, EMPTY, GaveUp), (200, PAGE, Overloaded), (503, b"", Overloaded)]
)
def test_broken(status: int, body: Any, kind: type[Failure], service: tuple[str, Service]) -> None:
    """A fault of the server, and a page instead of data, are repeated and then told; nothing is taken for an answer."""
    name, vendor = service
    vendor.server.script(answer(status, body))
    with failing(kind):
        list(OBSERVE[name](vendor.reader))
    assert 1 < len(vendor.calls) <= 12


def test_circuit(service: tuple[str, Service]) -> None:
    """After five failures in a row nothing more is sent."""
    name, vendor = service
    vendor.server.script(drop)
    for _ in range(5):
        with failing(GaveUp):
            list(OBSERVE[name](vendor.reader))
    before = len(vendor.calls)
    with failing(CircuitOpen):
        list(OBSERVE[name](vendor.reader))
    assert len(vendor.calls) == before


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "GET"])
def test_nothing_is_written(method: str, service: tuple[str, Service]) -> None:
    """These connections refuse every operation with an effect, whatever its method."""
    _, vendor = service
    for repeat in (Repeat.SAFELY, Repeat.NEVER):
        with failing(WriteForbidden):
            vendor.reader.call(Endpoint(method, "/bulk/send", repeat, effect=True), read=lambda document: document)
    assert not vendor.calls


def test_the_key_is_in_its_header(service: tuple[str, Service], caplog: pytest.LogCaptureFixture) -> None:
    """Ogmma's key is a bearer's, Mindo's has a header of its own; no address, log line or repr holds it."""
    name, vendor = service
    vendor.answers(EMPTY)
    with caplog.at_level(logging.DEBUG):
        list(OBSERVE[name](vendor.reader))
    headers = vendor.server.received[0].headers
    sent = {"ogmma": ("authorization", f"Bearer {OGMMA_KEY}"), "mindo": ("x-api-key", MINDO_KEY)}
    key = CLIENTS[name][1]
    assert [each for each in headers.items() if key in each[1]] == [sent[name]]
    assert key not in vendor.server.received[0].target + repr(vendor.reader) + caplog.text
    assert caplog.text


@pytest.mark.parametrize("name", CLIENTS)
@pytest.mark.parametrize(("limits", "rate"), [(None, 1.0), (Limits(deadline=5.0), 1.0), (Limits(rate=7.0), 7.0)])
def test_pace(name: str, limits: Limits | None, rate: float, server: Scripted, clock: FakeClock) -> None:
    """Without a pace of its own a connection makes 60 calls a minute and no more."""
    client, key = CLIENTS[name]
    server.script(answer(200, EMPTY))
    with client.connect(server.url, key, limits, Ports(clock, lambda: 0.5)) as reader:
        for _ in range(4):
            list(OBSERVE[name](reader))
        assert sum(reader.count.values()) == 4
    assert sum(clock.slept) == pytest.approx(3 / rate)


@pytest.mark.parametrize("name", CLIENTS)
def test_impossible(name: str) -> None:
    """An address that is not plain, or http to another machine, and a key that is none are refused at once."""
    client, key = CLIENTS[name]
    with pytest.raises(InvalidOriginError):
        client.connect("http://api.exemplo.com.br", key)
    with pytest.raises(InvalidKeyError):
        client.connect(client.ADDRESS, " ")
