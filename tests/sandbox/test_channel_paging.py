"""Paging of the other channels' listings under everything that is assumed of it."""

from __future__ import annotations

from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.sandbox.conftest import BULK_SENDS, Answer, Api, Open

MANY = {
    "ogmma": {
        "lotes": [
            {"id": f"b{n:03}", "total": 1, "criado": f"2026-10-{n % 28 + 1:02}T08:00", "falhas": n % 2}
            for n in range(47)
        ]
    },
    "mindo": {
        "envios_em_massa": [
            {"id": f"e{n:03}", "modelo": "natal", "total": 1, "criado": f"2026-10-{n % 28 + 1:02}T08:00"}
            for n in range(47)
        ]
    },
}


@pytest.mark.parametrize("offset_zero", [False, True])
@pytest.mark.parametrize(("asked", "size"), [("", 20), ("limit=7", 7), ("limit=47", 47), ("limit=100", 100)])
def test_batches_cover_everything_once(asked: str, size: int, *, offset_zero: bool, open_still: Open) -> None:
    """Counting pages until one is short or empty shows every batch once; `offset` counts them too, or never."""
    api = open_still(MANY, assumptions={"ogmma_offset_zero": offset_zero})
    seen: list[str] = []
    for page in range(1, 10):
        answer = api.ogmma(f"/bulk?page={page}&{asked}").json
        offset = 0 if offset_zero else (page - 1) * size
        assert answer["pagination"] == {"total": 47, "limit": size, "offset": offset}
        seen += [row["batchId"] for row in answer["data"]]
        if len(answer["data"]) < size:
            break
    assert sorted(seen) == [f"b{n:03}" for n in range(47)]


def test_the_last_page_may_be_full(open_still: Open) -> None:
    """Where the rows fill their pages, only the total or the empty page after them tell the end."""
    api = open_still({"ogmma": {"lotes": MANY["ogmma"]["lotes"][:40]}}, assumptions={"ogmma_total": "sem_filtro"})
    sizes = [len(api.ogmma(f"/bulk?status=PARTIALLY_FAILED&limit=10&page={page}").json["data"]) for page in (1, 2, 3)]
    assert sizes == [10, 10, 0]
    assert api.ogmma("/bulk?status=PARTIALLY_FAILED&limit=10").json["pagination"]["total"] == 40


@pytest.mark.parametrize(("asked", "size"), [("", 20), ("page_size=7", 7), ("page_size=47", 47)])
def test_bulk_sends_cover_everything_once(asked: str, size: int, open_still: Open) -> None:
    """Following `next` shows every bulk send once, and `previous` leads all the way back."""
    api = open_still(MANY)
    answers = [api.mindo(f"{BULK_SENDS}?template=1&{asked}").json]
    while answers[-1]["next"]:
        answers.append(_followed(api, answers[-1]["next"]).json)
    assert [len(answer["results"]) for answer in answers[:-1]] == [size] * (len(answers) - 1)
    assert {answer["count"] for answer in answers} == {47}
    assert sorted(row["id"] for answer in answers for row in answer["results"]) == [f"e{n:03}" for n in range(47)]
    back = [answers[-1]]
    while back[-1]["previous"]:
        back.append(_followed(api, back[-1]["previous"]).json)
    assert [answer["results"] for answer in back] == [answer["results"] for answer in reversed(answers)]


def test_next_keeps_what_was_asked(open_still: Open) -> None:
    """`next` is the address of the call, with all its filters and without any key."""
    api = open_still(MANY)
    answer = api.mindo(f"{BULK_SENDS}?status=COMPLETED&page_size=5&page=2&created_after=2026-10-01").json
    address, _, query = answer["next"].partition("?")
    assert address == f"{api.sandbox.mindo_url}{BULK_SENDS}"
    assert query == "created_after=2026-10-01&page=3&page_size=5&status=COMPLETED"
    assert answer["previous"] == f"{address}?created_after=2026-10-01&page_size=5&status=COMPLETED"


@pytest.mark.parametrize(
    ("leads", "scheme", "host", "path"),
    [
        ("https", "https", "127.0.0.1", f"/mindo{BULK_SENDS}"),
        ("outro_host", "http", "api.exemplo.org", f"/mindo{BULK_SENDS}"),
        ("outra_porta", "http", "127.0.0.1", f"/mindo{BULK_SENDS}"),
        ("com_usuario", "http", "api.exemplo.org", f"/mindo{BULK_SENDS}"),
        ("fora_da_base", "http", "127.0.0.1", f"/_sandbox{BULK_SENDS}"),
        ("sem_esquema", "", "api.exemplo.org", f"/mindo{BULK_SENDS}"),
        ("relativo", "", None, f"/mindo{BULK_SENDS}"),
    ],
)
def test_next_may_lead_elsewhere(leads: str, scheme: str, host: str | None, path: str, open_still: Open) -> None:
    """Addresses that the key must not follow, each wrong in one way only."""
    api = open_still(MANY, assumptions={"mindo_next": leads})
    ours, found = urlsplit(api.sandbox.mindo_url), urlsplit(api.mindo(BULK_SENDS).json["next"])
    assert (found.scheme, found.hostname, found.path, found.query) == (scheme, host, path, "page=2")
    assert (found.username is not None) == (leads == "com_usuario")
    if host == "127.0.0.1":
        assert (found.port == ours.port) == (leads != "outra_porta")


def test_next_may_never_end(open_still: Open) -> None:
    """Every page has a `next`: also the last one, and those past the end, which are empty."""
    api = open_still(MANY, assumptions={"mindo_next_sem_fim": True, "mindo_alem_do_fim": "vazia"})
    path, sizes = f"{BULK_SENDS}?page_size=20", []
    for _ in range(6):
        answer = api.mindo(path).json
        sizes.append(len(answer["results"]))
        path = answer["next"].removeprefix(api.sandbox.mindo_url)
    assert sizes == [20, 20, 7, 0, 0, 0]


def test_pages_may_repeat(open_still: Open) -> None:
    """A server that does not look at `page` shows the first one for ever, whatever its `next` says."""
    api = open_still(MANY, assumptions={"mindo_ignora_page": True, "ogmma_ignora_page": True})
    first = api.mindo(BULK_SENDS).json
    assert _followed(api, first["next"]).json["results"] == first["results"]
    pages = [api.ogmma(f"/bulk?page={page}").json for page in (1, 2, 9)]
    assert pages[0] == pages[1] == pages[2]


def test_an_account_without_anything(open_still: Open) -> None:
    """Nothing to show is an empty first page, also where pages past the end are refused."""
    api = open_still({}, assumptions={"ogmma_alem_do_fim": "recusa"})
    assert api.ogmma("/bulk").json == {"data": [], "pagination": {"total": 0, "limit": 20, "offset": 0}}
    assert api.mindo(BULK_SENDS).json == {"count": 0, "next": None, "previous": None, "results": []}


def test_a_thousand_rows(open_still: Open) -> None:
    """Large listings are paged like small ones."""
    api = open_still(
        {"agora": "2026-11-02T08:00", "ogmma": {"lotes": [{"total": 1}] * 1000}}, assumptions={"ogmma_por_minuto": 0}
    )
    pages = (api.ogmma(f"/bulk?limit=100&page={page}").json["data"] for page in range(1, 100))
    ids: list[Any] = [row["batchId"] for page in islice(pages, 10) for row in page]
    assert len(set(ids)) == 1000


def _followed(api: Api, address: str) -> Answer:
    assert address.startswith(api.sandbox.mindo_url)
    return api.mindo(address.removeprefix(api.sandbox.mindo_url))
