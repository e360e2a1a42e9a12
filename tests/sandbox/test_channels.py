"""Every call of the other channels' APIs over real HTTP, as cases; and that answers are as the documents' examples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.documented import AT, LOTES
from tests.sandbox.conftest import BULK_SENDS, KEY, Answer, Api, Open

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("cases").joinpath("canais.yaml").read_text("utf-8")
)

BATCHES = {
    "agora": AT,
    "ogmma": {"lotes": LOTES},
}
CONVERSATION = {
    "agora": "2024-01-16T08:00",
    "ogmma": {
        "mensagens": [
            {
                "id": "6650a1b2c3d4e5f6a7b8c9f1",
                "canal": "6650a1b2c3d4e5f6a7b8c9d2",
                "conversa": "6650a1b2c3d4e5f6a7b8c9d1",
                "direcao": "INBOUND",
                "conteudo": "Preciso de ajuda com meu pedido",
                "de": "12025550143",
                "para": "12025550144",
                "criado": "2024-01-15T10:29:00Z",
                "lida": "2024-01-15T10:29:01Z",
            },
            {
                "id": "6650a1b2c3d4e5f6a7b8c9f0",
                "canal": "6650a1b2c3d4e5f6a7b8c9d2",
                "conversa": "6650a1b2c3d4e5f6a7b8c9d1",
                "conteudo": "Ola! Como posso ajudar?",
                "de": "12025550144",
                "para": "12025550143",
                "criado": "2024-01-15T10:30:00Z",
                "entregue": "2024-01-15T10:30:05Z",
            },
        ]
    },
}
BULK = {
    "agora": "2025-11-20T08:00",
    "mindo": {
        "envios_em_massa": [
            {
                "id": "a3f2b8c9-4d5e-6f7a-8b9c-0d1e2f3a4b5c",
                "modelo": "welcome_message",
                "modelo_id": 45,
                "idioma": "es",
                "telefone": "+1 202-555-0143",
                "telefone_id": 123,
                "telefone_nome": "Loja Exemplo",
                "total": 3,
                "entregues": 2,
                "lidos": 1,
                "criado": "2025-11-16T21:30:00Z",
                "duracao": 28,
            }
        ]
    },
}


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.get('method', 'GET')} {case.get('ogmma', case.get('mindo'))}"
)
def test_channels(case: dict[str, Any], open_still: Open) -> None:
    """The documented call gets the documented answer; where the documents are silent, the assumed one."""
    api = open_still(assumptions=case.get("assume"), key=None)
    api.sandbox.clock.advance(timedelta(seconds=case.get("at", 0)))
    answer = _made(api, case)
    assert answer.status == case["status"], answer.body
    if "body" in case:
        assert answer.json == case["body"]
        return
    rows, page = _rows(answer), _page(answer)
    assert [row["id"] if "id" in row else row["batchId"] for row in rows] == case["ids"]
    assert {name: page[name] for name in case.get("page", ())} == case.get("page", {})
    assert {name: rows[0][name] for name in case.get("first", ())} == case.get("first", {})
    assert not {name for name in case.get("absent", ()) for row in rows if name in row}


def _made(api: Api, case: dict[str, Any]) -> Answer:
    key, method = case.get("key", KEY), case.get("method", "GET")
    if "ogmma" in case:
        return api.ogmma(case["ogmma"], key, method)
    return api.mindo(BULK_SENDS + case["mindo"], key, method)


def _rows(answer: Answer) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = answer.json["results" if "results" in answer.json else "data"]
    return rows


def _page(answer: Answer) -> dict[str, Any]:
    page: dict[str, Any] = answer.json.get("pagination") or answer.json.get("meta") or answer.json
    return page


def test_batches_are_as_in_the_document(open_api: Open) -> None:
    """Seeded with the document's figures, the listing is the document's example, to the byte of each value.

    The example's third batch is the case `status=CANCELLED` of canais.yaml.
    """
    api = open_api(seed=BATCHES)
    api.sandbox.clock.stop()
    api.sandbox.clock.set(datetime(2025, 7, 1, 10, 15, 4, tzinfo=UTC))
    assert api.ogmma("/bulk").json == {
        "data": [
            {
                "batchId": "bulk_6651a3b2c4d5e6f7a8901234",
                "status": "COMPLETED",
                "name": "Campanha Junho 2025",
                "totalRecipients": 500,
                "sent": 492,
                "failed": 8,
                "progress": 100,
                "createdAt": "2025-06-10T15:00:00Z",
                "completedAt": "2025-06-10T15:25:10Z",
            },
            {
                "batchId": "bulk_6651b4c3d5e6f7a8901235",
                "status": "IN_PROGRESS",
                "name": "Promo Julho 2025",
                "totalRecipients": 1000,
                "sent": 450,
                "failed": 2,
                "progress": 45,
                "createdAt": "2025-07-01T10:00:00Z",
                "completedAt": None,
            },
        ],
        "pagination": {"total": 2, "limit": 20, "offset": 0},
    }


def test_messages_are_as_in_the_document(open_api: Open) -> None:
    """The same for a conversation, but for the phone numbers."""
    api = open_api(seed=CONVERSATION)
    here = {"conversationId": "6650a1b2c3d4e5f6a7b8c9d1", "channelId": "6650a1b2c3d4e5f6a7b8c9d2"}
    path = f"/channels/{here['channelId']}/conversations/{here['conversationId']}?limit=50"
    assert api.ogmma(path).json == {
        "data": [
            {
                "id": "6650a1b2c3d4e5f6a7b8c9f0",
                **here,
                "type": "text",
                "direction": "OUTBOUND",
                "status": "DELIVERED",
                "content": "Ola! Como posso ajudar?",
                "mediaUrl": None,
                "from": "12025550144",
                "to": "12025550143",
                "createdAt": "2024-01-15T10:30:00.000Z",
                "updatedAt": "2024-01-15T10:30:05.000Z",
            },
            {
                "id": "6650a1b2c3d4e5f6a7b8c9f1",
                **here,
                "type": "text",
                "direction": "INBOUND",
                "status": "READ",
                "content": "Preciso de ajuda com meu pedido",
                "mediaUrl": None,
                "from": "12025550143",
                "to": "12025550144",
                "createdAt": "2024-01-15T10:29:00.000Z",
                "updatedAt": "2024-01-15T10:29:01.000Z",
            },
        ],
        "meta": {"limit": 50},
    }


def test_bulk_sends_are_as_in_the_document(open_api: Open) -> None:
    """The same for Mindo's bulk sends, asked as in the example."""
    api = open_api(seed=BULK)
    answer = api.mindo(f"{BULK_SENDS}?status=COMPLETED&created_after=2025-11-01&page=1&page_size=10")
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "id": "a3f2b8c9-4d5e-6f7a-8b9c-0d1e2f3a4b5c",
                "status": "COMPLETED",
                "template": {"id": 45, "template_name": "welcome_message", "language": "es", "status": "APPROVED"},
                "phone_number": {
                    "id": 123,
                    "display_phone_number": "+1 202-555-0143",
                    "verified_name": "Loja Exemplo",
                },
                "total_recipients": 3,
                "sent_count": 3,
                "delivered_count": 2,
                "read_count": 1,
                "failed_count": 0,
                "pending_count": 0,
                "progress_percentage": 100.0,
                "created_at": "2025-11-16T21:30:00Z",
                "completed_at": "2025-11-16T21:30:28Z",
            }
        ],
    }
    assert isinstance(answer.json["results"][0]["progress_percentage"], float)


def test_ids_that_are_not_seeded_look_like_the_vendors(open_api: Open) -> None:
    """Batches are `bulk_` and 24 hexadecimal digits, messages those digits, bulk sends UUIDs; all different."""
    said = {"canal": "c", "conversa": "v", "de": "1", "para": "2"}
    api = open_api(
        seed={
            "ogmma": {"lotes": [{"total": 1}] * 3, "mensagens": [said] * 3},
            "mindo": {"envios_em_massa": [{"modelo": "x", "total": 1}] * 3},
        }
    )
    batches = {row["batchId"] for row in api.ogmma("/bulk").json["data"]}
    messages = {row["id"] for row in api.ogmma("/channels/c/conversations/v").json["data"]}
    sends = {row["id"] for row in api.mindo(BULK_SENDS).json["results"]}
    assert [len(ids) for ids in (batches, messages, sends)] == [3, 3, 3]
    assert {len(ident.removeprefix("bulk_")) for ident in batches | messages} == {24}
    assert {len(ident) for ident in sends} == {36}


@pytest.mark.parametrize(("last", "status"), [("redireciona", 301), ("recusa", 404), ("igual", 200)], ids=str)
def test_the_last_slash(last: str, status: int, open_still: Open) -> None:
    """The path without its last slash is redirected, refused or as good; the document has both forms."""
    answer = open_still(assumptions={"mindo_sem_barra": last}).mindo(f"{BULK_SENDS.rstrip('/')}?page_size=2")
    assert answer.status == status
    assert answer.headers.get("location", "") == (f"/mindo{BULK_SENDS}?page_size=2" if status == 301 else "")


def test_keys_are_each_vendors_own(open_still: Open) -> None:
    """A key that is given is the only one; it opens its vendor's API, from where that wants it, and no other."""
    api = open_still(key={"ogmma": "oapi_sk_test_1", "mindo": "mindo_1"})
    assert api.ogmma("/bulk", "oapi_sk_test_1").status == 200
    assert api.ask("GET", "/ogmma/v1/bulk", {"Authorization": "bearer  oapi_sk_test_1"}).status == 200
    assert api.ogmma("/bulk", "mindo_1").status == 401
    assert api.ask("GET", "/ogmma/v1/bulk", {"Authorization": "Basic oapi_sk_test_1"}).status == 401
    assert api.ask("GET", "/ogmma/v1/bulk?chave=oapi_sk_test_1", {"X-API-Key": "oapi_sk_test_1"}).status == 401
    assert api.mindo(BULK_SENDS, "mindo_1").status == 200
    assert api.mindo(BULK_SENDS, "oapi_sk_test_1").status == 401
    assert api.ask("GET", f"/mindo{BULK_SENDS}", {"Authorization": "Bearer mindo_1"}).status == 401
    assert api.get("/campos").status == 200
    for base in ("/ogmma", "/mindo", "/ogmma/v2/bulk"):
        assert api.ask("GET", base, {"Authorization": "Bearer x", "X-API-Key": "x"}).status == 404


def test_addresses_of_the_vendors(open_still: Open) -> None:
    """All vendors are on one server, and it says where."""
    sandbox = open_still().sandbox
    root = sandbox.url.removesuffix("/v1")
    assert (sandbox.ogmma_url, sandbox.mindo_url) == (f"{root}/ogmma/v1", f"{root}/mindo")
