"""The simulator's own calls: clock, assumptions, edits as in the vendor's screens, history."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from reconciler.sandbox import AssumptionError, Sandbox
from tests.sandbox.conftest import SEED, Api, Open


def test_the_clock(api: Api) -> None:
    """The clock starts where the seed says, runs, stops, and moves; answers carry it as their Date."""
    began = datetime(2026, 11, 2, 11, 0, tzinfo=UTC)
    assert timedelta(0) <= api.sandbox.now() - began < timedelta(seconds=10)
    api.sandbox.clock.stop()
    api.sandbox.clock.set(began)
    api.sandbox.clock.advance(timedelta(days=1, seconds=1))
    assert api.sandbox.clock.stopped
    answer = api.get("/campos")
    assert parsedate_to_datetime(answer.headers["date"]) == api.sandbox.now() == began + timedelta(days=1, seconds=1)
    api.sandbox.clock.start()
    first = api.sandbox.now()
    assert api.sandbox.now() > first


def test_the_clock_over_http(api: Api) -> None:
    """The same from another process; local times are the account's."""
    moved = api.call("PUT", "/_sandbox/clock", {"stopped": True, "now": "2026-12-20T09:00", "advance": 60})
    assert moved.json == {"now": "2026-12-20T12:01:00+00:00", "local": "2026-12-20T09:01:00", "stopped": True}
    assert api.call("PUT", "/_sandbox/clock", {"now": "amanhã"}).status == 400
    assert api.call("PUT", "/_sandbox/clock", {"amanha": 1}).status == 400
    assert api.call("PUT", "/_sandbox/clock", {"stopped": False}).json["stopped"] is False


def test_the_account_has_a_zone(open_api: Open) -> None:
    """Times go in and out in the account's local time, also where a clock change makes them odd."""
    api = open_api(
        seed={**json.loads(SEED.read_text("utf-8")), "fuso_horario": "Europe/Lisbon", "agora": "2026-03-01T08:00"}
    )
    body = {"mensagem": "-q", "listas": "L1", "data_de_inicio": "29/03/2026 01:30"}
    assert api.post("/envios", body).data["data_de_inicio"] == "2026-03-29 02:30:00"


def test_assumptions(api: Api) -> None:
    """Assumptions can be seen and flipped, at once and for good; a wrong one changes nothing."""
    assert api.call("PATCH", "/_sandbox/assumptions", {"embeds_anunciados": False}).json["embeds_anunciados"] is False
    assert "embeds" not in api.get("/contatos").json
    assert api.call("PATCH", "/_sandbox/assumptions", {"embeds_anunciados": 3}).status == 400
    with pytest.raises(AssumptionError, match="there is no assumption 'nada'"):
        api.sandbox.assume(nada=1)
    assert not api.sandbox.assumptions.embeds_anunciados
    with pytest.raises(AssumptionError):
        Sandbox.open(None, assumptions={"nada": 1})


def test_edits_as_in_the_screens(api: Api) -> None:
    """Drift can be made: records change past the API, within what the screens offer."""
    edits = [
        {"section": "listas", "id": "L1", "set": {"nome": "Outra", "ativo": False}},
        {"section": "contatos", "id": "ana", "set": {"listas": ["_v"], "campos": {"-c": "Rio"}, "descadastrado": True}},
        {"section": "envios", "id": "Ag", "set": {"status": "Cancelado"}},
        {"section": "envios", "id": "Su", "set": {"data_de_inicio": "2026-11-25T10:00", "status": "Agendado"}},
        {"section": "contatos", "id": "edu", "remove": True},
    ]
    for edit in edits:
        assert api.call("POST", "/_sandbox/edits", edit).json == {"ok": True}
    assert api.get("/grupos?ativo=false").data[0] == {
        "id": "L1",
        "nome": "Outra",
        "ativo": False,
        "contatos_ativos": "1",
    }
    assert api.get("/grupos/_v").data["contatos_ativos"] == "0"
    ana = api.get("/contatos/ana?embeds=grupos,campos").data
    assert (ana["ativo"], ana["descadastrado"]) == (False, True)
    assert [item["valor"] for item in ana["campos"]["data"]] == ["São Paulo", "Rio", "M"]
    assert api.get("/envios/Ag").data["status"] == "Cancelado"
    assert api.get("/envios/Su").data["data_de_inicio"] == "2026-11-25 10:00:00"
    assert api.get("/contatos/edu").status == 404


@pytest.mark.parametrize(
    "edit",
    [
        {"section": "nada", "id": "x", "set": {}},
        {"section": "listas", "id": "nada", "set": {}},
        {"section": "listas", "id": "L1", "set": {"id": "x"}},
        {"section": "listas", "id": "L1", "set": {"nome": ""}},
        {"section": "contatos", "id": "ana", "set": {"listas": ["nada"]}},
        {"section": "envios", "id": "Ag", "set": {"status": "Concluído"}},
        {"section": "envios", "id": "Ag", "set": {"mensagem": "mE"}},
        {"section": "listas", "id": "L1", "remove": True},
        {"section": "mensagens", "id": "m4", "remove": True},
        {"section": "envios", "id": "Ag", "remove": True},
        {"section": "conta", "set": {"creditos": -1}},
        {"section": "listas", "id": "L1"},
    ],
)
def test_edits_that_no_screen_offers(edit: dict[str, Any], api: Api) -> None:
    """An edit that cannot be is refused, and nothing of it is made."""
    before = api.sandbox.state()
    assert api.call("POST", "/_sandbox/edits", edit).status == 400
    assert api.sandbox.state() == before


def test_control_calls(api: Api) -> None:
    """The simulator's own calls need no key, are listed, and are no part of the history."""
    api.get("/campos")
    listed = api.call("GET", "/_sandbox/").json["calls"]
    assert any(line.startswith("POST /_sandbox/faults") for line in listed)
    assert api.call("GET", "/_sandbox/health").json["ok"]
    assert api.call("GET", "/_sandbox/counts").json["listas"] == 4
    assert api.call("GET", "/_sandbox/state").json == json.loads(json.dumps(api.sandbox.state()))
    history = api.call("GET", "/_sandbox/history").json["requests"]
    assert [(item["path"], item["status"]) for item in history] == [("/campos", 200)]
    assert api.call("GET", f"/_sandbox/history?since={history[-1]['seq']}").json["requests"] == []
    assert api.call("GET", "/_sandbox/nada").status == 404
    assert api.call("POST", "/_sandbox/faults", b"[]").status == 400


def test_history_names_everything_but_the_key(api: Api) -> None:
    """A request is kept with its query, the digest of its body, its status, its effect and what it made."""
    made = api.post("/grupos?pagina=2", {"nome": "Nova"}).data["id"]
    item = api.sandbox.history.requests()[-1]
    assert (item.method, item.path, dict(item.query)) == ("POST", "/grupos", {"pagina": "2"})
    assert (item.status, item.effect, item.result) == (200, True, made)
    assert item.body_sha256
    assert len(item.body_sha256) == 64
