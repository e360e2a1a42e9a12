"""Every call of the API over real HTTP, as cases: what goes in, what comes out, and that both are documented."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

from reconciler.sandbox.criaenvio.routes import ROUTES
from tests.sandbox.conftest import Answer, Api, Open
from tests.sandbox.contract import Operation, check_answer, check_body, document, operation, operations

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("cases").joinpath("answers.yaml").read_text("utf-8")
)

UNREACHED = {
    # The catch-all text where our reading of the reference leaves nothing that would cause it.
    ("PUT /contatos/{id}/ativar", 400, "processar"),
    ("PUT /contatos/{id}/desativar", 400, "processar"),
    ("POST /contatos/{id}/inscrever", 400, "processar"),
    ("POST /contatos/{id}/desinscrever", 400, "processar"),
    ("PUT /grupos/ativar", 400, "processar"),
    ("PUT /grupos/desativar", 400, "processar"),
    ("PUT /campos/{id}", 400, "processar"),
    ("DELETE /campos/{id}", 400, "processar"),
    ("POST /envios", 400, "processar"),
    ("POST /envios/{id}/retomar", 400, "processar"),
    # An empty test list takes another account.
    ("GET /mensagens/{id}/lista_teste", 400, "vazia"),
}
"""Documented errors that no case reaches, each for a reason. Those of status 500 come from faults."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['call']} {case['status']}")
def test_answer(case: dict[str, Any], open_api: Open) -> None:
    """The documented call gets the documented answer."""
    api = open_api(assumptions=case.get("assume"))
    for edit in case.get("before", ()):
        assert api.post("/_sandbox/edits", edit).status == 200
    answer, one = _made(api, case["call"], case.get("body"))
    assert answer.status == case["status"], answer.body
    if answer.status == 200 and isinstance(case.get("body"), dict):
        check_body(one, case["body"])
    if "message" in case:
        _check_refusal(case, answer)
    if "then" in case:
        answer, _ = _made(api, case["then"], None)
    if "ids" in case:
        assert [row["id"] for row in answer.data] == case["ids"]
    assert {name: answer.data[name] for name in case.get("data", ())} == case.get("data", {})


def test_description_is_valid() -> None:
    """The description is OpenAPI 3.1."""
    validate(document())


def test_description_and_routes_are_the_same() -> None:
    """What is described is served, and what is served is described."""
    assert {one.name for one in operations()} == {f"{route.method} {route.path}" for route in ROUTES}


def test_every_documented_error_is_reached() -> None:
    """Every documented refusal is answered to some case, but for those that are named with their reason."""
    reached = {_reached(case) for case in CASES}
    documented = {
        (one.name, int(status), name)
        for one in operations()
        for status in one.described["responses"]
        if status in {"400", "401", "404"}
        for name in one.errors(int(status))
        if name != "chave"
    }
    assert documented - reached == UNREACHED


@pytest.mark.parametrize("one", list(operations()), ids=lambda one: one.name)
def test_no_call_without_the_key(one: Operation, api: Api) -> None:
    """Every call is refused without the key, with an empty one and with another, and has no effect."""
    before = api.sandbox.state()
    for key in (None, "", "outra"):
        answer = api.call(one.method, one.path.replace("{id}", "ana"), {} if one.method != "GET" else None, key=key)
        assert answer.status == 401
        assert check_answer(one, 401, answer.json) == "chave"
    assert api.sandbox.state() == before


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nada", 404),
        ("GET", "/contatos/ana/nada", 404),
        ("GET", "/contatos/%2e%2e", 404),
        ("DELETE", "/contatos/ana", 405),
        ("PUT", "/envios/Ag/cancelar", 405),
        ("GET", "/grupos/ativar", 404),
        ("POST", "/remetentes", 405),
    ],
)
def test_what_is_not_documented_is_not_served(method: str, path: str, status: int, api: Api) -> None:
    """Paths and methods that nobody documents have no effect."""
    assert api.call(method, path).status == status


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"\xff", b"[" * 100_000, b'{"nome": "\\ud800"}', b'{"nome": "x\\udfff"}']
)
def test_unreadable_bodies_are_refused(body: bytes, api: Api) -> None:
    """A body that is no JSON object of texts is refused, and the connection goes on."""
    assert api.post("/campos", body).message.startswith("Erro ao processar requisição. Detalhe(s): ")
    assert len(api.get("/campos").data) == 3


def _made(api: Api, call: str, body: Any) -> tuple[Answer, Operation]:
    """A call, with its answer held against the description."""
    method, _, path = call.partition(" ")
    one = operation(method, path)
    answer = api.call(method, path, body)
    check_answer(one, answer.status, answer.json)
    return answer, one


def _check_refusal(case: dict[str, Any], answer: Answer) -> None:
    message = case["message"]
    open_ended = message.startswith("Erro ao processar requisição. Detalhe(s): ")
    assert answer.message.startswith(message) if open_ended else answer.message == message
    assert answer.json["error"]["http_code"] == case.get("claimed", case["status"])


def _reached(case: dict[str, Any]) -> tuple[str, int, str]:
    method, _, path = case["call"].partition(" ")
    one = operation(method, path)
    if "message" not in case:
        return one.name, case["status"], ""
    for name, error in one.errors(case["status"]).items():
        if case["message"].startswith(error["message"].removesuffix("...")):
            return one.name, case["status"], name
    raise AssertionError(case)
