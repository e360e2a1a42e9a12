"""What is asked of the vendors that are only read is as described, and their answers are understood."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple
from datetime import date, datetime
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

from reconciler.engine.channels import Observation
from reconciler.providers.mindo.client import ADDRESS as MINDO_ADDRESS
from reconciler.providers.mindo.envios_em_massa import calls as envios_em_massa
from reconciler.providers.ogmma.client import ADDRESS as OGMMA_ADDRESS
from reconciler.providers.ogmma.lotes import calls as lotes
from reconciler.providers.ogmma.mensagens import calls as mensagens
from reconciler.providers.reader import Reader
from reconciler.transport import Failure, NotFound, Origin, Overloaded, Refused, Unauthorized
from tests.providers.conftest import Service
from tests.providers.described import FOLDER, Description, Example
from tests.transport.conftest import answer

APIS = {"ogmma": Description("ogmma"), "mindo": Description("mindo")}
ADDRESSES = {"ogmma": OGMMA_ADDRESS, "mindo": MINDO_ADDRESS}
ENDPOINTS = {"ogmma": {str(lotes.LIST), str(mensagens.LIST)}, "mindo": {str(envios_em_massa.LIST)}}

Call = Callable[[Reader], Iterator[Observation]]

CALLS: dict[str, list[Call]] = {
    str(lotes.LIST): [
        lotes.observe,
        lambda reader: lotes.observe(reader, lotes.Filters("PARTIALLY_FAILED", 1)),
    ],
    str(mensagens.LIST): [lambda reader: mensagens.observe(reader, mensagens.Filters("c1", "d1", 500))],
    str(envios_em_massa.LIST): [
        envios_em_massa.observe,
        lambda reader: envios_em_massa.observe(
            reader, envios_em_massa.Filters("PARTIAL", 45, date(2025, 11, 1), date(2025, 12, 1), 1)
        ),
    ],
}
EXAMPLES = [(name, example) for name, api in APIS.items() for example in api.examples()]


@pytest.fixture
def services(ogmma: Service, mindo: Service) -> Mapping[str, Service]:
    """Both, by name; they share one server."""
    return {"ogmma": ogmma, "mindo": mindo}


@pytest.mark.parametrize("name", APIS)
def test_valid(name: str) -> None:
    """Each description is one by OpenAPI's own schema, and says where the API stands."""
    validate(APIS[name].document)
    assert [server["url"] for server in APIS[name].document["servers"]] == [ADDRESSES[name]]
    assert str(Origin.parse(ADDRESSES[name])) == ADDRESSES[name]


@pytest.mark.parametrize("name", APIS)
def test_complete(name: str) -> None:
    """Every described operation is one endpoint of ours, and the other way round."""
    assert set(APIS[name].operations) == ENDPOINTS[name]


@pytest.mark.parametrize("name", APIS)
def test_requests(name: str, services: Mapping[str, Service]) -> None:
    """Method, path and query of every call are as described, and no described parameter is out of our reach."""
    api, service = APIS[name], services[name]
    service.answers({"data": [], "results": []})
    for operation in ENDPOINTS[name]:
        used: set[str] = set()
        for call in CALLS[operation]:
            assert list(call(service.reader)) == []
            method, path, query = service.calls[-1]
            assert api.operation(method, path) == operation
            api.check_query(operation, query)
            used |= set(query)
        assert used == set(api.parameters(operation))


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[f"{name}-{example}" for name, example in EXAMPLES])
def test_answers(name: str, example: Example, services: Mapping[str, Service]) -> None:
    """Each example is as its own schema says, and is read: a success row by row, an error as the failure that it is."""
    APIS[name].check_answer(example)
    service, call = services[name], CALLS[example.operation][0]
    service.server.script(answer(example.status, example.content))
    if example.status == 200:
        rows = example.content.get("data", example.content.get("results"))
        assert len(list(call(service.reader))) == len(rows)
        return
    with pytest.raises(Failure) as caught:
        list(call(service.reader))
    kinds = {400: Refused, 401: Unauthorized, 403: Refused, 404: NotFound, 429: Overloaded}
    assert type(caught.value) is kinds[example.status]
    if isinstance(caught.value, Refused):
        assert len(service.calls) == 1
        for text in _texts(example.content):
            assert text in str(caught.value)


def _texts(content: Any) -> list[str]:
    """Every text of an error."""
    values = content.values() if isinstance(content, dict) else content
    return [each for value in values for each in ([value] if isinstance(value, str) else _texts(value))]


def figures(found: Iterator[Observation]) -> list[tuple[object, ...]]:
    """What is known of each bulk send, but for its source; times as text."""
    return [
        tuple(value.isoformat() if isinstance(value, datetime) else value for value in astuple(each.bulk)[1:])
        for each in found
        if each.bulk is not None
    ]


def example_of(name: str, operation: str, title: str) -> Any:
    """The content of one example."""
    return next(e.content for e in APIS[name].examples() if (e.operation, e.title) == (operation, title))


FIGURES: dict[str, list[tuple[object, ...]]] = {
    "ogmma": [
        (
            *("bulk_6651a3b2c4d5e6f7a8901234", "Campanha Junho 2025", "COMPLETED", "ended"),
            *(500, 492, None, None, 8, 100.0, "2025-06-10T15:00:00+00:00", "2025-06-10T15:25:10+00:00"),
        ),
        (
            *("bulk_6651b4c3d5e6f7a8901235", "Promo Julho 2025", "IN_PROGRESS", "running"),
            *(1000, 450, None, None, 2, 45.0, "2025-07-01T10:00:00+00:00", None),
        ),
        (
            *("bulk_6651c5d4e6f7a8901236", "Teste Cancelado", "CANCELLED", "ended"),
            *(200, 50, None, None, 0, 25.0, "2025-07-02T08:00:00+00:00", None),
        ),
    ],
    "mindo": [
        (
            *("a3f2b8c9-4d5e-6f7a-8b9c-0d1e2f3a4b5c", "welcome_message", "COMPLETED", "ended"),
            *(3, 3, 2, 1, 0, 100.0, "2025-11-16T21:30:00+00:00", "2025-11-16T21:30:28+00:00"),
        ),
        (
            *("b4c3d9e0-5f6a-7b8c-9d0e-1f2a3b4c5d6e", "order_confirmation", "COMPLETED", "ended"),
            *(150, 150, 142, 98, 0, 100.0, "2025-11-15T14:00:00+00:00", "2025-11-15T14:09:30+00:00"),
        ),
    ],
}


@pytest.mark.parametrize(
    ("name", "call", "title"), [("ogmma", lotes, "lotes"), ("mindo", envios_em_massa, "envios")], ids=["ogmma", "mindo"]
)
def test_figures(name: str, call: Any, title: str, services: Mapping[str, Service]) -> None:
    """The figures of the documents' own examples, to the last one, by one call."""
    services[name].answers(example_of(name, str(call.LIST), title))
    assert figures(call.observe(services[name].reader)) == FIGURES[name]
    assert len(services[name].calls) == 1


def test_nobodys_numbers() -> None:
    """The descriptions name no phone number that anybody could have: area code 00 is nobody's."""
    for name in APIS:
        text = (FOLDER / f"{name}.yaml").read_text("utf-8")
        examples = yaml.safe_dump(APIS[name].document["components"]["examples"])
        assert "5511" not in text
        assert "+54" not in text
        assert "5500900000001" in examples or "+55 00 9" in examples
