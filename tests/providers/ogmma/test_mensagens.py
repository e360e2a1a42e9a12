"""Messages of one conversation over HTTP: one call, as they are, each once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.providers.ogmma.mensagens.calls import Filters, observe
from reconciler.transport import GaveUp, NotFound
from tests.providers.conftest import Service
from tests.transport.conftest import answer

ROW = {
    "id": "m1",
    "conversationId": "d1",
    "channelId": "c1",
    "type": "text",
    "direction": "INBOUND",
    "status": "READ",
    "content": "Preciso de ajuda",
    "mediaUrl": None,
    "from": "5500900000002",
    "to": "5500900000001",
    "createdAt": "2024-01-15T10:29:00.000Z",
    "updatedAt": "2024-01-15T10:29:01.000Z",
}


@pytest.mark.parametrize(
    ("filters", "limit"),
    [(Filters("c1", "d-1_X"), "500"), (Filters("c1", "d-1_X", 50), "50"), (Filters("c1", "d-1_X", 1), "1")],
)
def test_asked(filters: Filters, limit: str, ogmma: Service) -> None:
    """Channel and conversation stand in the path, the limit in the query."""
    ogmma.answers({"data": [ROW], "meta": {"limit": int(limit)}})
    (found,) = observe(ogmma.reader, filters)
    assert ogmma.calls == [("GET", "/channels/c1/conversations/d-1_X", {"limit": limit})]
    assert found.id == "m1"
    assert found.bulk is None
    assert found.fields["createdAt"] == datetime(2024, 1, 15, 10, 29, tzinfo=UTC)


def test_one_call(ogmma: Service) -> None:
    """Also a full answer is all there is: messages have no paging. Their order is the server's, each comes once."""
    ogmma.answers({"data": [{**ROW, "id": name} for name in ("m3", "m1", "m3", "m2")], "meta": {"limit": 4}})
    assert [each.id for each in observe(ogmma.reader, Filters("c1", "d1", 4))] == ["m3", "m1", "m2"]
    assert len(ogmma.calls) == 1


@pytest.mark.parametrize(
    ("changes", "field", "kept"),
    [
        ({"from": 5500900000002}, "from", "5500900000002"),
        ({"content": None}, "content", None),
        ({"content": {"body": "x"}}, "content.body", "x"),
        ({"status": "PLAYED"}, "status", "PLAYED"),
        ({"createdAt": "2024-01-15 10:29"}, "createdAt", "2024-01-15 10:29"),
        ({"reaction": "\u2764"}, "reaction", "\u2764"),
    ],
)
def test_odd(changes: dict[str, Any], field: str, kept: Any, ogmma: Service) -> None:
    """Unknown statuses, nulls, numbers for texts and further fields are kept."""
    ogmma.answers({"data": [{**ROW, **changes}]})
    (found,) = observe(ogmma.reader, Filters("c1", "d1"))
    assert found.fields[field] == kept


def test_a_message_without_anything(ogmma: Service) -> None:
    """A message that lacks everything is one all the same."""
    ogmma.answers({"data": [{}]})
    (found,) = observe(ogmma.reader, Filters("c1", "d1"))
    assert (found.id, found.fields) == ("", {})


@pytest.mark.parametrize("content", [{}, {"data": {}}, {"data": [1]}, []])
def test_another_shape(content: Any, ogmma: Service) -> None:
    """What is no list of messages is a clear failure, never an empty conversation."""
    ogmma.answers(content)
    with pytest.raises(GaveUp, match="answered 200"):
        list(observe(ogmma.reader, Filters("c1", "d1")))


def test_no_such_conversation(ogmma: Service) -> None:
    """A conversation that is not there is told as such."""
    ogmma.server.script(answer(404, {"message": "Conversa não encontrada.", "code": "NOT_FOUND"}))
    with pytest.raises(NotFound, match="Conversa não encontrada"):
        list(observe(ogmma.reader, Filters("c1", "d1")))
