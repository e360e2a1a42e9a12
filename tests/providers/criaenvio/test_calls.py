"""Each function makes the one request that the vendor documents, and reads its answer in every form it may have."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable

import pytest

from reconciler.providers import criaenvio
from reconciler.providers.criaenvio.campos import calls as campos
from reconciler.providers.criaenvio.client import Client
from reconciler.providers.criaenvio.contatos import calls as contatos
from reconciler.providers.criaenvio.envios import calls as envios
from reconciler.providers.criaenvio.listas import calls as listas
from reconciler.providers.criaenvio.mensagens import calls as mensagens
from reconciler.transport import (
    Access,
    InvalidRequest,
    Limits,
    NotFound,
    OutcomeUnknown,
    Ports,
    Refused,
    Repeat,
    WriteForbidden,
)
from tests.providers.criaenvio.conftest import KEY, OK, Vendor
from tests.providers.criaenvio.documented import CASES, ENDPOINTS, KINDS, MEMBERS, SEND, fits


@pytest.mark.parametrize("case", CASES)
def test_request(case: str, client: Client, vendor: Vendor) -> None:
    """Exactly the documented request is made, once, and counted under its template."""
    call, request, reply = CASES[case]
    vendor.answers((200, reply))
    call(client)
    assert vendor.requests == [request]
    assert client.total == 1
    template = next(iter(client.count))
    method, path = template.split()
    assert method == request.method
    assert len(path.split("/")) == len(request.path.split("/"))


def test_every_kind() -> None:
    """Every kind that has calls is among those tested here, and every endpoint is reached by a function."""
    found = {info.name for info in pkgutil.iter_modules(criaenvio.__path__) if info.ispkg}
    assert found == {module.__name__.split(".")[-2] for module in KINDS}
    reached = {(request.method, request.path) for _, request, _ in CASES.values()}
    for endpoint in ENDPOINTS.values():
        assert any(method == endpoint.method and fits(path, endpoint.path) for method, path in reached), (
            f"no function makes {endpoint}"
        )
    assert len({str(endpoint) for endpoint in ENDPOINTS.values()}) == len(ENDPOINTS) == 33


def test_once_only() -> None:
    """These are never repeated: what creates, sends, re-schedules, or may make another message."""
    never = {name for name, endpoint in ENDPOINTS.items() if endpoint.repeat is Repeat.NEVER}
    assert never == {
        "campos.CREATE",
        "listas.CREATE",
        "contatos.CREATE",
        "mensagens.CREATE",
        "mensagens.UPDATE",
        "mensagens.SEND_TEST",
        "envios.CREATE",
        "envios.RESUME",
    }


def test_gets_with_effects() -> None:
    """These GETs are no reads."""
    found = {name for name, endpoint in ENDPOINTS.items() if endpoint.method == "GET" and endpoint.effect}
    assert found == {"mensagens.SEND_TEST", "envios.PAUSE", "envios.CANCEL"}


@pytest.mark.parametrize("case", CASES)
def test_read_only(case: str, vendor: Vendor) -> None:
    """A client that plans makes every read and refuses every operation with an effect before anything is sent."""
    call, request, reply = CASES[case]
    vendor.answers((200, reply))
    endpoint = next(
        each for each in ENDPOINTS.values() if each.method == request.method and fits(request.path, each.path)
    )
    with Client(vendor.url, KEY, Access.READ, Limits(), Ports()) as reading:
        if endpoint.effect:
            with pytest.raises(WriteForbidden):
                call(reading)
            assert not vendor.requests
        else:
            call(reading)
            assert len(vendor.requests) == 1


@pytest.mark.parametrize(
    "name", ["campos.create", "listas.create", "contatos.create", "mensagens.create", "envios.create"]
)
@pytest.mark.parametrize("reply", [OK, {"data": []}, {"data": {"id": ""}}, {"data": {"id": None}}, {}, {"data": "a1"}])
def test_created_without_id(name: str, reply: object, client: Client, vendor: Vendor) -> None:
    """A 200 that does not show what was created leaves the outcome open: sent once, unknown."""
    vendor.answers((200, reply))
    with pytest.raises(OutcomeUnknown) as caught:
        CASES[name][0](client)
    assert caught.value.unknown
    assert len(vendor.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [
        {"data": {"id": "a1", "codigo": "7"}},
        {"data": [{"id": "a1", "codigo": "7"}]},
        {"data": {"OK": "OK", "registro": {"id": "a1", "codigo": "7"}}},
    ],
)
def test_created(reply: object, client: Client, vendor: Vendor) -> None:
    """What was created is found wherever an answer may show it."""
    vendor.answers((201, reply))
    assert envios.create(client, SEND) == {"id": "a1", "codigo": "7"}


@pytest.mark.parametrize(
    ("reply", "known"),
    [
        ({"data": {"OK": "OK", "registro": {"id": "-X"}}}, {"id": "-X"}),
        ({"data": {"id": "-X"}}, {"id": "-X"}),
        ({"data": {"OK": "OK"}}, None),
        ({"data": {"OK": "OK", "registro": None}}, None),
        ({"data": {"OK": "OK", "registro": {"id": ""}}}, None),
        ({"data": []}, None),
    ],
)
def test_updated_message(reply: object, known: object, client: Client, vendor: Vendor) -> None:
    """The message as it now is, with an id that may be new, or None where the answer does not show it."""
    vendor.answers((200, reply))
    assert mensagens.update(client, "-q", {"assunto": "x"}) == known


NOT_FOUND = (404, {"error": {"code": "01-NAO-ENCONTRADO", "http_code": 404, "message": "Registro não encontrado."}})
BY_STATUS = (400, {"error": {"code": "02-ARGUMENTOS-INVALIDOS", "message": "… devido ao seu status atual."}})


@pytest.mark.parametrize("delete", [campos.delete, mensagens.delete])
def test_delete(delete: Callable[[Client, str], None], client: Client, vendor: Vendor) -> None:
    """That nothing is found is an error at first, and the proof of success after an attempt whose answer was lost."""
    vendor.answers(NOT_FOUND)
    with pytest.raises(NotFound):
        delete(client, "a1")
    vendor.answers((0, None), NOT_FOUND)
    delete(client, "a1")
    vendor.answers((0, None), BY_STATUS)
    with pytest.raises(OutcomeUnknown):
        delete(client, "a1")


@pytest.mark.parametrize("stop", [envios.pause, envios.cancel])
def test_stop(stop: Callable[[Client, str], None], client: Client, vendor: Vendor) -> None:
    """A refusal by status is one at first, and leaves the outcome open after an attempt whose answer was lost."""
    vendor.answers(BY_STATUS)
    with pytest.raises(Refused):
        stop(client, "a1")
    vendor.answers((0, None), BY_STATUS)
    with pytest.raises(OutcomeUnknown) as caught:
        stop(client, "a1")
    assert caught.value.refusal is not None
    vendor.answers((0, None), (200, OK))
    stop(client, "a1")


@pytest.mark.parametrize("ids", [[], ["a", ""], ["a,b"], ["a b"], ["ç"]])
def test_nothing_named(ids: list[str], client: Client, vendor: Vendor) -> None:
    """Operations on several things name at least one, and only ids; else nothing is sent."""
    for call in (
        lambda: listas.activate(client, ids),
        lambda: listas.deactivate(client, ids),
        lambda: contatos.subscribe(client, "a", ids),
        lambda: contatos.unsubscribe(client, "a", ids),
        lambda: contatos.set_fields(client, "a", dict.fromkeys(ids, "x")),
    ):
        with pytest.raises(InvalidRequest):
            call()
    assert not vendor.requests


@pytest.mark.parametrize(
    ("lista", "total"),
    [
        (MEMBERS["data"], 1),
        ({"id": "l1", "contatos": []}, 0),
        ({"id": "l1", "contatos_ativos": "0"}, 0),
        ({"id": "l1", "contatos_ativos": 0, "contatos": None}, 0),
    ],
)
def test_members(lista: object, total: int, client: Client, vendor: Vendor) -> None:
    """Members are read also where an empty list shows none."""
    vendor.answers((200, {"data": lista}))
    assert listas.members(client, "l1").total == total


def test_members_missing(client: Client, vendor: Vendor) -> None:
    """A list that hides its members is no empty list."""
    vendor.answers((200, {"data": {"id": "l1", "contatos_ativos": "3"}}), (200, MEMBERS))
    assert listas.members(client, "l1").total == 1
    assert len(vendor.requests) == 2


def test_hidden(client: Client) -> None:
    """No repr shows the key."""
    assert KEY not in repr(client)
    assert KEY not in repr(vars(client))
