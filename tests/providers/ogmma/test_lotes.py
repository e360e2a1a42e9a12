"""Batches over HTTP: every filter, every reading of their paging, and every oddity of an answer."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.engine.channels import Bulk, Phase
from reconciler.providers.ogmma.lotes.calls import Filters, observe
from reconciler.providers.ogmma.lotes.spec import SOURCE
from reconciler.providers.ogmma.lotes.wire import observed
from reconciler.providers.paging import Unpaged
from reconciler.transport import GaveUp
from tests.providers.conftest import Service
from tests.transport.conftest import answer

ROW = {
    "batchId": "bulk_1",
    "status": "IN_PROGRESS",
    "name": "Promo Julho 2025",
    "totalRecipients": 1000,
    "sent": 450,
    "failed": 2,
    "progress": 45,
    "createdAt": "2025-07-01T10:00:00Z",
    "completedAt": None,
}


def rows(first: int, last: int) -> list[dict[str, Any]]:
    """Batches by number, from `first` up to, without, `last`."""
    return [{**ROW, "batchId": f"bulk_{number}"} for number in range(first, last)]


def ids(service: Service, filters: Filters) -> list[str]:
    """The ids of what is observed."""
    return [each.id for each in observe(service.reader, filters)]


@pytest.mark.parametrize(
    ("filters", "query"),
    [
        (Filters(), {"page": "1", "limit": "100"}),
        (Filters(limit=7), {"page": "1", "limit": "7"}),
        *(
            (Filters(status), {"status": status, "page": "1", "limit": "100"})
            for status in ("QUEUED", "PARTIALLY_FAILED")
        ),
    ],
)
def test_asked(filters: Filters, query: dict[str, str], ogmma: Service) -> None:
    """Every filter is asked for as it is documented, in one call where one page holds all."""
    ogmma.answers({"data": [ROW], "pagination": {"total": 1, "limit": 100, "offset": 0}})
    assert ids(ogmma, filters) == ["bulk_1"]
    assert ogmma.calls == [("GET", "/bulk", query)]


Server = Callable[[int, int, int], Any]
"""An answer, from how many batches there are, the page asked for and its limit."""


def _page(total: int, page: int, limit: int, told: Mapping[str, Any]) -> Any:
    answered: dict[str, Any] = {"data": rows((page - 1) * limit, min(page * limit, total))}
    return {**answered, "pagination": told} if told else answered


SERVERS: dict[str, Server] = {
    "offset of all rows": lambda total, page, limit: _page(
        total, page, limit, {"total": total, "limit": limit, "offset": (page - 1) * limit}
    ),
    "offset always 0": lambda total, page, limit: _page(
        total, page, limit, {"total": total, "limit": limit, "offset": 0}
    ),
    "figures as text": lambda total, page, limit: _page(
        total, page, limit, {"total": str(total), "limit": str(limit), "offset": str((page - 1) * limit)}
    ),
    "no total": lambda total, page, limit: _page(total, page, limit, {"limit": limit, "offset": 0}),
    "nulls": lambda total, page, limit: _page(total, page, limit, {"total": None, "limit": None, "offset": None}),
    "no pagination": lambda total, page, limit: _page(total, page, limit, {}),
    "absurd figures": lambda total, page, limit: _page(total, page, limit, {"total": -1, "limit": 0, "offset": -5}),
    "total too high": lambda total, page, limit: _page(
        total, page, limit, {"total": 10**9, "limit": limit, "offset": 0}
    ),
    "an empty page at the end": lambda total, page, limit: _page(
        total, page, limit, {"total": total + 1, "limit": limit}
    ),
    "its own smaller limit": lambda total, page, _: _page(total, page, 2, {"total": total, "limit": 2, "offset": 0}),
    "a larger limit told": lambda total, page, limit: _page(total, page, limit, {"total": total, "limit": 999}),
}


@pytest.mark.parametrize("total", [0, 1, 2, 3, 4, 6, 7, 9])
@pytest.mark.parametrize("reading", SERVERS)
def test_paged(reading: str, total: int, ogmma: Service) -> None:
    """Under every reading of the paging all batches come, each once, with one call too many at the most."""
    ogmma.serves(lambda query: SERVERS[reading](total, int(query["page"]), int(query["limit"])))
    assert ids(ogmma, Filters(limit=3)) == [f"bulk_{number}" for number in range(total)]
    size = 2 if reading == "its own smaller limit" else 3
    least = max(1, -(-total // size))
    assert len(ogmma.calls) in (least, least + 1)
    assert [query["page"] for query in ogmma.queries] == [str(number + 1) for number in range(len(ogmma.calls))]


@pytest.mark.parametrize(
    ("pages", "calls"),
    [
        ([(3, {"total": 3, "limit": 3, "offset": 0}), (0, {"total": 3, "limit": 3, "offset": 3})], 2),
        ([(3, {"total": 6, "limit": 3, "offset": 0}), (3, {"total": 6, "limit": 3, "offset": 3})], 2),
        ([(3, {"total": 9, "limit": 3, "offset": 6})], 1),
        ([(2, {"total": 9, "limit": 3, "offset": 0})], 1),
        ([(3, {"total": 9, "limit": 3, "offset": 0}), (0, {"total": 9, "limit": 3, "offset": 3})], 2),
        ([(3, {"total": 9, "limit": 3, "offset": 0}), (1, {"total": 9, "limit": 3, "offset": 3})], 2),
        ([(0, {"total": 9, "limit": 3, "offset": 0})], 1),
    ],
)
def test_stopped(pages: list[tuple[int, Any]], calls: int, ogmma: Service) -> None:
    """It ends by the total, by an empty page or by a short one, whichever comes first."""
    number = itertools.count()
    ogmma.answers(
        *(
            {"data": [{**ROW, "batchId": f"b{next(number)}"} for _ in range(size)], "pagination": told}
            for size, told in pages
        )
    )
    assert len(ids(ogmma, Filters(limit=3))) == sum(size for size, _ in pages)
    assert len(ogmma.calls) == calls


@pytest.mark.parametrize("told", [{"total": 4, "limit": 3, "offset": 0}, {}])
def test_page_is_ignored(told: dict[str, int], ogmma: Service) -> None:
    """A server that answers the same full page whatever is asked for: what came is given, and then a clear error."""
    ogmma.answers({"data": rows(0, 3), "pagination": told})
    found = observe(ogmma.reader, Filters(limit=3))
    assert [next(found).id for _ in range(3)] == ["bulk_0", "bulk_1", "bulk_2"]
    with pytest.raises(Unpaged, match="page 2 shows again"):
        next(found)
    assert len(ogmma.calls) == 2


def test_streamed(ogmma: Service) -> None:
    """A page is asked for when its rows are wanted, and not before."""
    ogmma.serves(lambda query: SERVERS["no total"](10**9, int(query["page"]), int(query["limit"])))
    found = observe(ogmma.reader, Filters(limit=3))
    assert not ogmma.calls
    assert [each.id for each in itertools.islice(found, 7)] == [f"bulk_{number}" for number in range(7)]
    assert len(ogmma.calls) == 3


def test_moved_meanwhile(ogmma: Service) -> None:
    """A batch that was pushed to the next page by a new one comes once."""
    ogmma.answers(
        {"data": rows(1, 4), "pagination": {"total": 5, "limit": 3, "offset": 0}},
        {"data": rows(3, 6), "pagination": {"total": 6, "limit": 3, "offset": 3}},
    )
    assert ids(ogmma, Filters(limit=3)) == [f"bulk_{number}" for number in range(1, 6)]


def test_huge_page(ogmma: Service) -> None:
    """A server that answers far more than was asked for is read; that there is no more is found out."""
    told = {"total": 5000, "limit": 20, "offset": 0}
    ogmma.answers({"data": rows(0, 5000), "pagination": told}, {"data": [], "pagination": told})
    assert len(ids(ogmma, Filters())) == 5000
    assert len(ogmma.calls) == 2


SHAPES: dict[str, Any] = {
    "no data": {},
    "null": {"data": None},
    "a record": {"data": ROW},
    "a row that is a text": {"data": ["bulk_1"]},
    "a row that is null": {"data": [ROW, None]},
    "an error": {"message": "x", "code": "y"},
    "a bare list": [ROW],
    "no JSON": b"<html>",
    "nothing": b"",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_another_shape(shape: str, ogmma: Service) -> None:
    """What is no list of batches is a clear failure after some attempts, never an empty account."""
    ogmma.server.script(answer(200, SHAPES[shape]))
    with pytest.raises(GaveUp, match=r"GET /bulk: answered 200"):
        ids(ogmma, Filters())


def bulk(**changes: Any) -> Bulk:
    """What the row above is as a bulk send, but for these."""
    return Bulk(
        **{
            "source": SOURCE,
            "id": "bulk_1",
            "title": "Promo Julho 2025",
            "status": "IN_PROGRESS",
            "phase": Phase.RUNNING,
            "total": 1000,
            "sent": 450,
            "failed": 2,
            "progress": 45.0,
            "created": datetime(2025, 7, 1, 10, tzinfo=UTC),
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
            for each in ("COMPLETED", "PARTIALLY_FAILED", "CANCELLED")
        ),
        ({"status": "PAUSED"}, bulk(status="PAUSED", phase=Phase.UNKNOWN)),
        ({"status": "completed"}, bulk(status="completed", phase=Phase.UNKNOWN)),
        ({"status": None}, bulk(status="", phase=Phase.UNKNOWN)),
        ({"completedAt": "2025-07-01T11:00:00Z"}, bulk(ended=datetime(2025, 7, 1, 11, tzinfo=UTC))),
        ({"sent": "450", "failed": "2", "totalRecipients": "1000", "progress": "45"}, bulk()),
        ({"sent": None, "failed": -1, "progress": 101}, bulk(sent=None, failed=None, progress=None)),
        ({"sent": "many", "totalRecipients": 10.5}, bulk(sent=None, total=None)),
        ({"createdAt": "2025-07-01T10:00:00"}, bulk(created=None)),
        ({"name": None}, bulk(title="")),
        ({"name": 2025}, bulk(title="2025")),
        ({"batchId": 7}, bulk(id="7")),
    ],
)
def test_bulk(changes: dict[str, Any], expected: Bulk) -> None:
    """What a batch tells is one bulk send; what it does not tell, or tells as nonsense, is not known."""
    assert observed({**ROW, **changes}).bulk == expected


def test_missing_and_extra() -> None:
    """A batch that lacks everything is one all the same, and fields that no document names are kept."""
    assert observed({}).bulk == Bulk(SOURCE, "", "", "", Phase.UNKNOWN)
    found = observed({**ROW, "extra": {"a": [1]}, "tags": "x"})
    assert found.fields["extra.a"] == "[1]"
    assert found.fields["tags"] == "x"
    assert found.fields["completedAt"] is None
    assert set(ROW) < set(found.fields)
