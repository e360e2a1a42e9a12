"""The requests that we make are those that our description of the vendor's API has, and its answers are understood."""

from __future__ import annotations

import pytest

from reconciler.providers.criaenvio.client import Client
from reconciler.transport import Failure, GaveUp, NotFound, OutcomeUnknown, Refused, Repeat, Throttled, Unauthorized
from tests.providers.criaenvio.conftest import Request, Vendor
from tests.providers.criaenvio.documented import CASES, ENDPOINTS
from tests.providers.described import Description, Example

API = Description("criaenvio")


def operation(request: Request) -> str:
    """The name of the described operation that a request is."""
    return API.operation(request.method, request.path)


def parameters(name: str) -> set[str]:
    """The query parameters of an operation, but for the key."""
    return set(API.parameters(name)) - {"chave"}


@pytest.mark.parametrize("case", CASES)
def test_described(case: str, client: Client, vendor: Vendor) -> None:
    """Path, method, every query parameter and the body of each call are as described."""
    call, _, reply = CASES[case]
    vendor.answers((200, reply))
    call(client)
    request = vendor.requests[0]
    name = operation(request)
    assert set(request.query) <= parameters(name)
    API.check_query(name, request.query)
    body = API.resolved(API.operations[name][1].get("requestBody")) or {}
    if request.body is None:
        assert not body.get("required")
    else:
        API.check(request.body, body["content"]["application/json"]["schema"])


def test_complete() -> None:
    """Every described operation is one endpoint of ours, and the other way round."""
    assert {str(endpoint) for endpoint in ENDPOINTS.values()} == set(API.operations)
    assert len(ENDPOINTS) == len(API.operations)


NEEDLESS = {
    # What answers "OK" has nothing to embed, though the reference's addresses show the parameter.
    "PUT /contatos/{id}": ["embeds"],
    "PUT /grupos/{id}": ["embeds", "status"],
    # Members of every list at once, of which no answer would hold more than a page: they are read list by list.
    "GET /grupos": ["embeds", "status"],
}


def test_every_parameter_is_used(client: Client, vendor: Vendor) -> None:
    """No described parameter is out of our reach, but for those that are good for nothing."""
    used: dict[str, set[str]] = {name: set() for name in API.operations}
    for call, _, reply in CASES.values():
        vendor.answers((200, reply))
        call(client)
        used[operation(vendor.requests[-1])] |= set(vendor.requests[-1].query)
    unused = {name: sorted(parameters(name) - used[name]) for name in API.operations}
    assert {name: left for name, left in unused.items() if left} == NEEDLESS


@pytest.mark.parametrize("example", list(API.examples()), ids=str)
def test_understood(example: Example, client: Client, vendor: Vendor) -> None:
    """Each example answer of the description is read: a success as one, an error as the failure that it is."""
    name, status = example.operation, example.status
    case = next(case for case, (_, request, _) in CASES.items() if operation(request) == name and _plain(case))
    vendor.answers((status, example.content))
    call = CASES[case][0]
    if status == 200:
        call(client)
        return
    with pytest.raises(Failure) as caught:
        call(client)
    endpoint = next(each for each in ENDPOINTS.values() if str(each) == name)
    clear = {400: Refused, 401: Unauthorized, 404: NotFound}
    unclear = {429: Throttled, 500: OutcomeUnknown} if endpoint.repeat is Repeat.NEVER else {429: GaveUp, 500: GaveUp}
    assert isinstance(caught.value, (clear | unclear)[status])
    assert str(example.content["error"]["message"]) in str(caught.value)


def _plain(case: str) -> bool:
    """Whether a case reads the answer without embedded members, which not every example carries."""
    return case != "listas.members"
