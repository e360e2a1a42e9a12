"""Seeds of the other channels, good and bad; what is kept of them, and what can be changed by hand."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import EditError, Sandbox, SeedError
from tests.sandbox.conftest import BULK_SENDS, CHANNELS, Api, Open

MESSAGE = {"canal": "c", "conversa": "v", "de": "12025550143", "para": "12025550144"}
SEND = {"modelo": "natal", "total": 10}


@pytest.mark.parametrize(
    ("seed", "text"),
    [
        ({"ogmma": []}, "ogmma: must be an object with some of lotes, mensagens"),
        ({"ogmma": {"envios": []}}, "ogmma: there is no 'envios'; there are: lotes, mensagens"),
        ({"mindo": {"lotes": []}}, "mindo: there is no 'lotes'; there are: envios_em_massa"),
        ({"ogmma": {"lotes": {}}}, "ogmma.lotes: must be a list"),
        ({"ogmma": {"lotes": [1]}}, "ogmma.lotes[0]: must be an object"),
        ({"ogmma": {"lotes": [{}]}}, "ogmma.lotes[0].total: is missing; it must be a whole number, 0 or more"),
        ({"ogmma": {"lotes": [{"total": -1}]}}, "ogmma.lotes[0].total: must be a whole number, 0 or more, not -1"),
        ({"ogmma": {"lotes": [{"total": 10**10}]}}, "ogmma.lotes[0].total: must be a whole number"),
        ({"ogmma": {"lotes": [{"total": True}]}}, "ogmma.lotes[0].total: must be a whole number"),
        (
            {"ogmma": {"lotes": [{"total": 1}, {"total": 1, "falhas": 2}]}},
            "ogmma.lotes[1].falhas: 2 is more than total",
        ),
        ({"ogmma": {"lotes": [{"total": 1, "name": "x"}]}}, "ogmma.lotes[0]: there is no 'name'"),
        ({"ogmma": {"lotes": [{"total": 1, "id": "a/b"}]}}, "ogmma.lotes[0].id: 'a/b' is not an id"),
        ({"ogmma": {"lotes": [{"total": 1, "id": "a"}] * 2}}, "ogmma.lotes[1].id: 'a' stands twice"),
        ({"ogmma": {"lotes": [{"total": 1, "criado": "ontem"}]}}, "ogmma.lotes[0].criado: must be a time"),
        ({"ogmma": {"lotes": [{"total": 1, "criado": "0001-01-01T00:00"}]}}, "ogmma.lotes[0].criado: must be a time"),
        (
            {"ogmma": {"lotes": [{"total": 1, "criado": "2026-11-02T08:00", "inicio": "2026-11-02T07:00"}]}},
            "ogmma.lotes[0].inicio: 2026-11-02T07:00 is before criado",
        ),
        (
            {"ogmma": {"lotes": [{"total": 1, "por_segundo": 0}]}},
            "por_segundo: must be a number of recipients a second",
        ),
        ({"ogmma": {"lotes": [{"total": 10**9, "por_segundo": 1e-9}]}}, "por_segundo: 1e-09 is so slow"),
        ({"ogmma": {"lotes": [{"total": 1, "por_segundo": 1, "duracao": 1}]}}, "duracao: contradicts por_segundo"),
        (
            {"ogmma": {"lotes": [{"total": 1, "criado": "2026-11-02T08:00", "cancelado": "2026-11-02T07:59"}]}},
            "ogmma.lotes[0].cancelado: 2026-11-02T07:59 is before criado",
        ),
        (
            {
                "ogmma": {
                    "lotes": [
                        {"total": 1, "criado": "2026-11-02T08:00", "duracao": 5, "cancelado": "2026-11-02T08:00:05"}
                    ]
                }
            },
            "ogmma.lotes[0].cancelado: 2026-11-02T08:00:05 is before criado, or not before the end",
        ),
        ({"ogmma": {"lotes": [{"total": 1, "status": "COMPLETED"}]}}, "status: 'COMPLETED' follows from the times"),
        ({"ogmma": {"mensagens": [{"canal": "c"}]}}, "ogmma.mensagens[0].conversa: is missing"),
        ({"ogmma": {"mensagens": [MESSAGE | {"canal": "a b"}]}}, "ogmma.mensagens[0].canal: must be an id"),
        ({"ogmma": {"mensagens": [MESSAGE | {"direcao": "OUT"}]}}, "direcao: must be OUTBOUND or INBOUND, not 'OUT'"),
        ({"ogmma": {"mensagens": [MESSAGE | {"de": ""}]}}, "ogmma.mensagens[0].de: must be a phone number"),
        (
            {"ogmma": {"mensagens": [MESSAGE | {"criado": "2026-11-02T08:00", "lida": "2026-11-02T07:00"}]}},
            "ogmma.mensagens[0].lida: 2026-11-02T07:00 is before criado",
        ),
        ({"mindo": {"envios_em_massa": [{"total": 1}]}}, "mindo.envios_em_massa[0].modelo: is missing"),
        (
            {"mindo": {"envios_em_massa": [SEND | {"falhas": 1, "entregues": 10}]}},
            "mindo.envios_em_massa[0].entregues: 10 is more than are sent to, 9",
        ),
        (
            {"mindo": {"envios_em_massa": [SEND | {"entregues": 3, "lidos": 4}]}},
            "mindo.envios_em_massa[0].lidos: 4 is more than entregues, 3",
        ),
        (
            {"mindo": {"envios_em_massa": [SEND | {"atraso_da_entrega": 9, "atraso_da_leitura": 8}]}},
            "mindo.envios_em_massa[0].atraso_da_leitura: nobody reads before it is delivered",
        ),
        ({"suposicoes": {"mindo_next": "longe"}}, "mindo_next is one of certo, https, outro_host"),
        ({"suposicoes": {"ogmma_em_andamento": ""}}, "ogmma_em_andamento is a text that is not empty; not ''"),
        ({"suposicoes": {"ogmma_campos_nulos": "name"}}, "ogmma_campos_nulos is a list of names of fields; not 'name'"),
        ({"suposicoes": {"ogmma_por_minuto": 1.5}}, "ogmma_por_minuto is a whole number"),
    ],
)
def test_bad_seeds(seed: Mapping[str, Any], text: str, tmp_path: Path) -> None:
    """What is wrong is said with its place, and leaves no account behind."""
    with pytest.raises(SeedError, match=re.escape(text)):
        Sandbox.open(tmp_path / "conta.sqlite", seed)
    with Sandbox.open(tmp_path / "conta.sqlite") as sandbox:
        assert sandbox.counts()["ogmma.lotes"] == 0


def test_a_state_is_a_seed(open_still: Open) -> None:
    """Seeding an account with another's state makes the same account, to the byte, also of what goes on."""
    api = open_still()
    api.sandbox.edit("ogmma.lotes", "bulk_d", status="CANCELLED")
    api.sandbox.edit("ogmma.mensagens", "m3", status="FAILED")
    state = api.sandbox.state()
    again = open_still({**state, "agora": "2026-11-02T08:00"})
    assert json.dumps(again.sandbox.state()) == json.dumps(state)
    for one in (api, again):
        one.sandbox.clock.advance(timedelta(seconds=61))
    assert again.mindo(BULK_SENDS).json["results"] == api.mindo(BULK_SENDS).json["results"]
    assert again.ogmma("/bulk").json == api.ogmma("/bulk").json
    assert again.ogmma("/channels/c1/conversations/v1").json == api.ogmma("/channels/c1/conversations/v1").json
    assert api.sandbox.counts()["mindo.envios_em_massa"] == again.sandbox.counts()["mindo.envios_em_massa"] == 7


def test_batches_outlive_their_process(tmp_path: Path, open_still: Open) -> None:
    """A bulk send goes on while nothing runs, and its edits are kept."""
    path = tmp_path / "conta.sqlite"
    api = open_still(state=path)
    api.sandbox.edit("mindo.envios_em_massa", "e-e", status="CANCELLED")
    before = _status(api)
    api.sandbox.close()
    with Sandbox.open(path) as sandbox:
        again = Api(sandbox)
        assert _status(again) == before
        sandbox.clock.advance(timedelta(minutes=30))
        assert _status(again) == before | {"bulk_d": "COMPLETED", "e-d": "PARTIAL"}
        again.close()


def test_states_from_before_the_other_channels(tmp_path: Path, open_api: Open) -> None:
    """An account that was kept when there was only e-mail opens, with everything in it, and with empty channels."""
    path = tmp_path / "conta.sqlite"
    api = open_api(path)
    state, seen = api.sandbox.state(), api.get("/contatos").json
    api.sandbox.close()
    with contextlib.closing(sqlite3.connect(path)) as db:
        for table in ("ogmma_lotes", "ogmma_mensagens", "mindo_envios"):
            db.execute(f"DROP TABLE {table}")
        kept = json.loads(db.execute("SELECT valor FROM conta WHERE nome = 'suposicoes'").fetchone()[0])
        old = {name: value for name, value in kept.items() if not name.startswith(("ogmma_", "mindo_"))}
        db.execute("UPDATE conta SET valor = ? WHERE nome = 'suposicoes'", (json.dumps(old),))
        db.commit()
    again = open_api(path)
    assert again.sandbox.state() == state
    assert again.get("/contatos").json == seen
    assert again.ogmma("/bulk").json["data"] == again.mindo(BULK_SENDS).json["results"] == []
    again.sandbox.close()
    assert open_api(path).ogmma("/bulk").status == 200


def test_edits_by_hand(open_still: Open) -> None:
    """What can be done in the vendors' screens: cancel, rename, change what has not begun, an unknown status."""
    api = open_still()
    edits: list[dict[str, Any]] = [
        {"section": "ogmma.lotes", "id": "bulk_d", "set": {"status": "CANCELLED", "nome": "Parado"}},
        {"section": "ogmma.lotes", "id": "bulk_e", "set": {"inicio": "2026-11-02T08:00", "total": 20, "duracao": 40}},
        {"section": "ogmma.lotes", "id": "bulk_f", "set": {"status": None}},
        {"section": "ogmma.lotes", "id": "bulk_c", "set": {"status": "CANCELLED"}},
        {"section": "ogmma.mensagens", "id": "m3", "set": {"lida": "2026-11-02T08:00:10", "conteudo": "Novo"}},
        {"section": "mindo.envios_em_massa", "id": "e-d", "set": {"status": "PAUSED"}},
        {"section": "mindo.envios_em_massa", "id": "e-e", "set": {"por_segundo": 1000, "falhas": 10, "entregues": 80}},
    ]
    for edit in edits:
        assert api.call("POST", "/_sandbox/edits", edit).json == {"ok": True}
    api.sandbox.clock.advance(timedelta(seconds=20))
    batches = {row["batchId"]: row for row in api.ogmma("/bulk").json["data"]}
    assert [(row["status"], row["name"], row["sent"]) for row in (batches["bulk_d"], batches["bulk_e"])] == [
        ("CANCELLED", "Parado", 448),
        ("IN_PROGRESS", None, 10),
    ]
    assert (batches["bulk_f"]["status"], batches["bulk_c"]["sent"]) == ("COMPLETED", 50)
    newest = api.ogmma("/channels/c1/conversations/v1").json["data"][0]
    assert (newest["content"], newest["status"], newest["updatedAt"]) == ("Novo", "READ", "2026-11-02T11:00:10.000Z")
    sends = {row["id"]: row for row in api.mindo(BULK_SENDS).json["results"]}
    assert (sends["e-d"]["status"], sends["e-d"]["sent_count"] > 49) == ("PAUSED", True)
    api.sandbox.clock.set(datetime(2026, 11, 3, tzinfo=UTC))
    done = next(row for row in api.mindo(BULK_SENDS).json["results"] if row["id"] == "e-e")
    assert (done["status"], done["sent_count"], done["delivered_count"]) == ("PARTIAL", 90, 80)


@pytest.mark.parametrize(
    ("section", "ident", "wanted", "text"),
    [
        ("ogmma.lotes", "nada", {"nome": "x"}, "ogmma.lotes: there is no 'nada'"),
        ("ogmma.nada", "bulk_a", {"nome": "x"}, "there is no 'ogmma.nada'; there are: remetentes"),
        ("ogmma.lotes", "bulk_a", {"id": "x"}, "ogmma.lotes: 'id' cannot be edited; these can: duracao"),
        ("ogmma.lotes", "bulk_a", {"nome": 3}, "ogmma.lotes.nome: must be a text, not 3"),
        ("ogmma.lotes", "bulk_a", {"status": "CANCELLED"}, "'bulk_a' has ended, and cannot be cancelled"),
        ("ogmma.lotes", "bulk_d", {"status": "COMPLETED"}, "status: 'COMPLETED' follows from the times"),
        ("ogmma.lotes", "bulk_d", {"falhas": 100}, "falhas: cannot be changed, since 'bulk_d' has begun"),
        ("ogmma.lotes", "bulk_e", {"falhas": 100}, "ogmma.lotes.falhas: 100 is more than total, 10"),
        ("ogmma.lotes", "bulk_e", {"total": None}, "ogmma.lotes.total: must be a whole number"),
        ("ogmma.mensagens", "m1", {"para": "1"}, "ogmma.mensagens: 'para' cannot be edited"),
        ("ogmma.mensagens", "m1", {"lida": "2026-10-01T00:00"}, "ogmma.mensagens.lida: 2026-10-01T00:00 is before"),
        ("mindo.envios_em_massa", "e-d", {"lidos": 1}, "entregues and lidos cannot be changed, since 'e-d' has begun"),
        ("mindo.envios_em_massa", "e-e", {"entregues": 101}, "entregues: 101 is more than are sent to, 100"),
    ],
)
def test_edits_that_cannot_be(section: str, ident: str, wanted: dict[str, Any], text: str, open_still: Open) -> None:
    """An edit that contradicts the record, or its past, is refused with the reason, and nothing of it is made."""
    api = open_still()
    before = api.sandbox.state()
    with pytest.raises(EditError, match=re.escape(text)):
        api.sandbox.edit(section, ident, **wanted)
    assert api.call("POST", "/_sandbox/edits", {"section": section, "id": ident, "set": wanted}).status == 400
    assert api.sandbox.state() == before


def test_bulk_sends_cannot_be_removed(open_still: Open) -> None:
    """No vendor forgets what was sent."""
    api = open_still()
    with pytest.raises(EditError, match=re.escape("ogmma.lotes: cannot be removed")):
        api.sandbox.remove("ogmma.lotes", "bulk_a")
    assert api.sandbox.state() == open_still(CHANNELS).sandbox.state()


def _status(api: Api) -> dict[str, str]:
    batches = {row["batchId"]: row["status"] for row in api.ogmma("/bulk").json["data"]}
    return batches | {row["id"]: row["status"] for row in api.mindo(BULK_SENDS).json["results"]}
