"""Bulk sends over HTTP: every filter, every way in which pages follow each other, and every oddity of an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from reconciler.engine.channels import Bulk, Phase
from reconciler.providers.mindo.envios_em_massa.calls import Filters, observe
from reconciler.providers.mindo.envios_em_massa.spec import SOURCE
from reconciler.providers.mindo.envios_em_massa.wire import observed
from reconciler.providers.paging import Unpaged
from reconciler.transport import GaveUp, NotFound
from tests.providers.conftest import Service
from tests.transport.conftest import answer

PATH = "/api/v1/meta-templates/bulk-sends/"
ROW = {
    "id": "b4c3d9e0-5f6a-7b8c-9d0e-1f2a3b4c5d6e",
    "status": "PROCESSING",
    "template": {"id": 46, "template_name": "order_confirmation", "language": "pt_BR", "status": "APPROVED"},
    "phone_number": {"id": 123, "display_phone_number": "+55 00 90000-0003", "verified_name": "Loja Exemplo"},
    "total_recipients": 150,
    "sent_count": 100,
    "delivered_count": 90,
    "read_count": 40,
    "failed_count": 3,
    "pending_count": 47,
    "progress_percentage": 68.7,
    "created_at": "2025-11-15T14:00:00Z",
    "completed_at": None,
}


def rows(first: int, last: int) -> list[dict[str, Any]]:
    """Bulk sends by number, from `first` up to, without, `last`."""
    return [{**ROW, "id": f"u{number}"} for number in range(first, last)]


def ids(service: Service, filters: Filters) -> list[str]:
    """The ids of what is observed."""
    return [each.id for each in observe(service.reader, filters)]


@pytest.mark.parametrize(
    ("filters", "query"),
    [
        (Filters(), {}),
        (Filters(status="PARTIAL"), {"status": "PARTIAL"}),
        (Filters(template=45), {"template": "45"}),
        (Filters(created_after=date(2025, 11, 1)), {"created_after": "2025-11-01"}),
        (Filters(created_before=date(2025, 12, 1)), {"created_before": "2025-12-01"}),
        (Filters(page_size=10), {"page_size": "10"}),
        (
            Filters("COMPLETED", 45, date(2025, 11, 1), date(2025, 11, 1), 7),
            {
                "status": "COMPLETED",
                "template": "45",
                "created_after": "2025-11-01",
                "created_before": "2025-11-01",
                "page_size": "7",
            },
        ),
    ],
)
def test_asked(filters: Filters, query: dict[str, str], mindo: Service) -> None:
    """Every filter is asked for as documented, at the path with its slash, in one call where one page holds all."""
    mindo.answers({"count": 1, "next": None, "previous": None, "results": [ROW]})
    assert ids(mindo, filters) == [ROW["id"]]
    assert mindo.calls == [("GET", PATH, {"page": "1", "page_size": "100", **query})]


Told = Mapping[str, Any]
Server = Callable[[str, int, Mapping[str, str]], Any]
"""An answer, from the API's address, how many bulk sends there are, and the query."""


def _page(url: str, total: int, query: Mapping[str, str], **told: Any) -> dict[str, Any]:
    page, size = int(query["page"]), int(query["page_size"])
    more = page * size < total
    following = f"{url}{PATH}?{urlencode({**query, 'page': page + 1})}" if more else None
    found = rows((page - 1) * size, min(page * size, total))
    return {"count": total, "next": following, "previous": None, "results": found, **told}


def _beyond(url: str, total: int, query: Mapping[str, str], beyond: Any) -> Any:
    """A `next` on every page, also on the last."""
    page, size = int(query["page"]), int(query["page_size"])
    if page > 1 and (page - 1) * size >= total:
        return beyond
    return _page(url, total, query, count=None, next=f"{url}{PATH}?{urlencode({**query, 'page': page + 1})}")


SERVERS: dict[str, Server] = {
    "as documented": _page,
    "count as text": lambda url, total, query: _page(url, total, query, count=str(total)),
    "no count": lambda url, total, query: _page(url, total, query, count=None),
    "count too high": lambda url, total, query: _page(url, total, query, count=10**6),
    "absurd count": lambda url, total, query: _page(url, total, query, count=-1),
    "without the last slash": lambda url, total, query: _without_slash(_page(url, total, query)),
    "host in capitals": lambda url, total, query: _shouted(_page(url, total, query)),
    "an empty page at the end": lambda url, total, query: _beyond(url, total, query, {"results": []}),
    "404 at the end": lambda url, total, query: _beyond(url, total, query, answer(404, {"detail": "Página inválida."})),
}


def _without_slash(page: dict[str, Any]) -> dict[str, Any]:
    return {**page, "next": page["next"] and page["next"].replace("/?", "?")}


def _shouted(page: dict[str, Any]) -> dict[str, Any]:
    return {**page, "next": page["next"] and page["next"].replace("http://", "HTTP://")}


@pytest.mark.parametrize("total", [0, 1, 3, 4, 6, 7])
@pytest.mark.parametrize("reading", SERVERS)
def test_paged(reading: str, total: int, mindo: Service) -> None:
    """Under every reading all bulk sends come, each once; each call keeps the filters and goes to the same path."""
    mindo.serves(lambda query: SERVERS[reading](mindo.url, total, query))
    assert ids(mindo, Filters(status="COMPLETED", page_size=3)) == [f"u{number}" for number in range(total)]
    assert {(method, path) for method, path, _ in mindo.calls} == {("GET", PATH)}
    assert [query["page"] for query in mindo.queries] == [str(number + 1) for number in range(len(mindo.calls))]
    assert all(query["status"] == "COMPLETED" for query in mindo.queries)
    least = max(1, -(-total // 3))
    assert len(mindo.calls) in (least, least + 1)


def test_more_than_the_count(mindo: Service) -> None:
    """A count that is too small hides nothing: what `next` leads to is read."""
    mindo.serves(lambda query: _page(mindo.url, 100, query, count=3))
    assert len(ids(mindo, Filters(page_size=3))) == 100
    assert len(mindo.calls) == 34


def test_its_own_words(mindo: Service) -> None:
    """Of `next` its query is asked for just as it stands there, whatever the vendor puts into it."""
    mindo.answers(
        {"count": None, "next": f"{mindo.url}{PATH}?cursor=b%2Bc%3D&page_size=3&x=", "results": rows(0, 3)},
        {"count": None, "next": None, "results": rows(3, 4)},
    )
    assert len(ids(mindo, Filters())) == 4
    assert mindo.queries[1] == {"cursor": "b+c=", "page_size": "3", "x": ""}


@pytest.mark.parametrize("count", [None, 4])
def test_the_same_page_again(count: int | None, mindo: Service) -> None:
    """A `next` that leads to where it stands ends with a clear error, as long as more is said to exist."""
    mindo.answers({"count": count, "next": f"{mindo.url}{PATH}?page=2", "results": rows(0, 3)})
    found = observe(mindo.reader)
    assert len([next(found) for _ in range(3)]) == 3
    with pytest.raises(Unpaged, match="page 2 shows again"):
        next(found)
    assert len(mindo.calls) == 2


def test_not_found_at_first(mindo: Service) -> None:
    """404 for the first page is no empty account."""
    mindo.server.script(answer(404, {"detail": "Não encontrado."}))
    with pytest.raises(NotFound, match="Não encontrado"):
        ids(mindo, Filters())


@pytest.mark.parametrize("following", [None, "", False, 0])
def test_no_next(following: Any, mindo: Service) -> None:
    """Nothing, in whatever form, is the end."""
    mindo.answers({"count": 9, "next": following, "results": rows(0, 3)})
    assert len(ids(mindo, Filters())) == 3


SHAPES: dict[str, Any] = {
    "no results": {"count": 0, "next": None},
    "null": {"count": 0, "next": None, "results": None},
    "a record": {"results": ROW},
    "a row that is a number": {"results": [1]},
    "a bare list": [ROW],
    "a number for next": {"count": 1, "next": 2, "results": [ROW]},
    "a record for next": {"count": 1, "next": {"page": 2}, "results": [ROW]},
    "no JSON": b"<html>",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_another_shape(shape: str, mindo: Service) -> None:
    """What is no list of bulk sends is a clear failure after some attempts, never an empty account."""
    mindo.server.script(answer(200, SHAPES[shape]))
    with pytest.raises(GaveUp, match=r"bulk-sends/: answered 200"):
        ids(mindo, Filters())


def bulk(**changes: Any) -> Bulk:
    """What the row above is as a bulk send, but for these."""
    return Bulk(
        **{
            "source": SOURCE,
            "id": ROW["id"],
            "title": "order_confirmation",
            "status": "PROCESSING",
            "phase": Phase.RUNNING,
            "total": 150,
            "sent": 100,
            "delivered": 90,
            "read": 40,
            "failed": 3,
            "progress": 68.7,
            "created": datetime(2025, 11, 15, 14, tzinfo=UTC),
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, bulk()),
        ({"status": "QUEUED"}, bulk(status="QUEUED", phase=Phase.WAITING)),
        *(
            ({"status": each}, bulk(status=each, phase=Phase.ENDED))
            for each in ("COMPLETED", "PARTIAL", "FAILED", "CANCELLED")
        ),
        ({"status": "IN_PROGRESS"}, bulk(status="IN_PROGRESS", phase=Phase.UNKNOWN)),
        ({"status": 3}, bulk(status="3", phase=Phase.UNKNOWN)),
        ({"completed_at": "2025-11-15T14:09:30Z"}, bulk(ended=datetime(2025, 11, 15, 14, 9, 30, tzinfo=UTC))),
        ({"sent_count": "100", "progress_percentage": "68.7"}, bulk()),
        ({"delivered_count": None, "read_count": -1}, bulk(delivered=None, read=None)),
        ({"template": None}, bulk(title="")),
        ({"template": 46}, bulk(title="")),
        ({"created_at": "15/11/2025 14:00"}, bulk(created=None)),
    ],
)
def test_bulk(changes: dict[str, Any], expected: Bulk) -> None:
    """What a bulk send tells is told in our words; what it does not tell, or tells as nonsense, is not known."""
    assert observed({**ROW, **changes}).bulk == expected


def test_missing_and_extra() -> None:
    """A bulk send that lacks everything is one all the same; further fields are kept; what is nested has its names."""
    assert observed({}).bulk == Bulk(SOURCE, "", "", "", Phase.UNKNOWN)
    found = observed({**ROW, "quota": {"left": 7}, "started_at": "2025-11-15T14:00:05Z"})
    assert found.fields["quota.left"] == 7
    assert found.fields["started_at"] == datetime(2025, 11, 15, 14, 0, 5, tzinfo=UTC)
    assert found.fields["template.id"] == 46
    assert found.fields["template.language"] == "pt_BR"
    assert found.fields["phone_number.display_phone_number"] == "+55 00 90000-0003"
