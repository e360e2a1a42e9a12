"""The requests that we make are those that our description of the vendor's API has, and its answers are understood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from reconciler.providers.criaenvio.client import Client
from reconciler.transport import Failure, GaveUp, NotFound, OutcomeUnknown, Refused, Repeat, Throttled, Unauthorized
from tests.providers.criaenvio.conftest import Request, Vendor
from tests.providers.criaenvio.documented import CASES, ENDPOINTS

FILE = Path(__file__).parents[3] / "schemas" / "openapi" / "criaenvio.yaml"
API = yaml.safe_load(FILE.read_text("utf-8"))
METHODS = ("get", "post", "put", "delete", "patch")
OPERATIONS = {
    f"{method.upper()} {path}": (item, item[method])
    for path, item in API["paths"].items()
    for method in METHODS
    if method in item
}


def resolved(node: Any) -> Any:
    """The node that a reference within the file leads to."""
    while isinstance(node, Mapping) and "$ref" in node:
        found: Any = API
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/").replace("~0", "~")]
        node = found
    return node


def operation(request: Request) -> str:
    """The name of the described operation that a request is; a fixed path wins over one with an id."""
    fitting = [name for name in OPERATIONS if _fits(request, name)]
    assert fitting, f"{request.method} {request.path} is not described"
    return min(fitting, key=lambda name: name.count("{"))


def _fits(request: Request, name: str) -> bool:
    method, template = name.split()
    given, wanted = request.path.split("/"), template.split("/")
    return (
        method == request.method
        and len(given) == len(wanted)
        and all(want.startswith("{") or want == got for got, want in zip(given, wanted, strict=True))
    )


def parameters(name: str) -> dict[str, Mapping[str, Any]]:
    """The query parameters of an operation, by name."""
    item, described = OPERATIONS[name]
    listed = [resolved(each) for each in (*item.get("parameters", ()), *described.get("parameters", ()))]
    return {each["name"]: each for each in listed if each["in"] == "query" and each["name"] != "chave"}


def typed(text: str, schema: Mapping[str, Any]) -> Any:
    """The value that a query's text stands for."""
    kinds = schema.get("type")
    if "integer" in (kinds if isinstance(kinds, list) else [kinds]) and text.isdigit():
        return int(text)
    if kinds == "boolean":
        return {"true": True, "false": False}.get(text, text)
    return text.split(",") if kinds == "array" else text


def valid(value: Any, schema: Any) -> None:
    """Raises where `value` is not what `schema` describes."""
    Draft202012Validator({**schema, "components": API["components"]}).validate(value)


@pytest.mark.parametrize("case", CASES)
def test_described(case: str, client: Client, vendor: Vendor) -> None:
    """Path, method, every query parameter and the body of each call are as described."""
    call, _, reply = CASES[case]
    vendor.answers((200, reply))
    call(client)
    request = vendor.requests[0]
    name = operation(request)
    known = parameters(name)
    for parameter, text in request.query.items():
        assert parameter in known, f"{name} has no parameter {parameter}"
        schema = resolved(known[parameter].get("schema", {}))
        valid(typed(text, schema), schema)
    missing = {each for each, described in known.items() if described.get("required")} - set(request.query)
    assert not missing
    body = resolved(OPERATIONS[name][1].get("requestBody")) or {}
    if request.body is None:
        assert not body.get("required")
    else:
        valid(request.body, body["content"]["application/json"]["schema"])


def test_complete() -> None:
    """Every described operation is one endpoint of ours, and the other way round."""
    assert {str(endpoint) for endpoint in ENDPOINTS.values()} == set(OPERATIONS)
    assert len(ENDPOINTS) == len(OPERATIONS)


NEEDLESS = {
    # What answers "OK" has nothing to embed, though the reference's addresses show the parameter.
    "PUT /contatos/{id}": ["embeds"],
    "PUT /grupos/{id}": ["embeds", "status"],
    # Members of every list at once, of which no answer would hold more than a page: they are read list by list.
    "GET /grupos": ["embeds", "status"],
}


def test_every_parameter_is_used(client: Client, vendor: Vendor) -> None:
    """No described parameter is out of our reach, but for those that are good for nothing."""
    used: dict[str, set[str]] = {name: set() for name in OPERATIONS}
    for call, _, reply in CASES.values():
        vendor.answers((200, reply))
        call(client)
        used[operation(vendor.requests[-1])] |= set(vendor.requests[-1].query)
    unused = {name: sorted(set(parameters(name)) - used[name]) for name in OPERATIONS}
    assert {name: left for name, left in unused.items() if left} == NEEDLESS


def examples() -> Iterator[tuple[str, int, str, Any]]:
    """Every example answer: operation, status, the example's name, JSON."""
    for name, (_, described) in OPERATIONS.items():
        for status, answer in described["responses"].items():
            content = resolved(answer).get("content", {}).get("application/json", {})
            if "example" in content:
                yield name, int(status), "example", content["example"]
            for title, example in content.get("examples", {}).items():
                yield name, int(status), title, resolved(example)["value"]


EXAMPLES = list(examples())


@pytest.mark.parametrize(
    ("name", "status", "example"),
    [(name, status, example) for name, status, _, example in EXAMPLES],
    ids=[f"{name}-{status}-{title}" for name, status, title, _ in EXAMPLES],
)
def test_understood(name: str, status: int, example: Any, client: Client, vendor: Vendor) -> None:
    """Each example answer of the description is read: a success as one, an error as the failure that it is."""
    case = next(case for case, (_, request, _) in CASES.items() if operation(request) == name and _plain(case))
    vendor.answers((status, example))
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
    assert str(example["error"]["message"]) in str(caught.value)


def _plain(case: str) -> bool:
    """Whether a case reads the answer without embedded members, which not every example carries."""
    return case != "listas.members"
