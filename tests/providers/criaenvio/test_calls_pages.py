"""Listings are read whole or not at all, under every reading of what the vendor's documents leave open."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.providers.criaenvio import sweep
from reconciler.providers.criaenvio.campos import calls as campos
from reconciler.providers.criaenvio.client import Client, Page, embedded, listing, rows
from reconciler.providers.criaenvio.errors import Unstable
from reconciler.providers.criaenvio.sweep import Row
from reconciler.transport import Failure, GaveUp, UnexpectedError
from tests.providers.criaenvio.conftest import Request, Vendor


@dataclass
class Account:
    """A listing on a server: its rows, its page size, and what it tells about itself."""

    ids: list[str]
    per_page: int = 100
    told_per_page: int | None = None
    total: Callable[[int], int] | None = None
    edits: Callable[[Account, int], None] = lambda _, __: None
    fetched: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, number: int) -> Page:
        """One page."""
        with self.lock:
            self.fetched.append(number)
            self.edits(self, len(self.fetched))
            start = (number - 1) * self.per_page
            some = [{"id": each} for each in self.ids[start : start + self.per_page]]
            total = len(self.ids) if self.total is None else self.total(number)
            return Page(some, total, self.told_per_page or self.per_page, number)


def names(count: int) -> list[str]:
    """Ids that are all different, and only by case in part."""
    return [f"i{number}" if number % 2 else f"I{number}" for number in range(count)]


@given(
    count=st.integers(0, 700),
    per_page=st.sampled_from([1, 7, 30, 100]),
    told=st.sampled_from([None, 30, 100]),
    workers=st.integers(1, 8),
)
@settings(max_examples=40, deadline=None)
def test_whole(count: int, per_page: int, told: int | None, workers: int) -> None:
    """Every row, once, in the server's order, by exactly the pages that it takes, whatever page size is told."""
    account = Account(names(count), per_page, told)
    assert [row["id"] for row in rows(account, workers=workers)] == names(count)
    assert sorted(account.fetched) == list(range(1, max(1, -(-count // per_page)) + 1))


def test_side_by_side() -> None:
    """Once the total is known, several pages are under way at a time, and never more than workers."""
    under_way: Counter[str] = Counter()
    most = 0
    lock = threading.Lock()
    account = Account(names(2000))

    def fetch(number: int) -> Page:
        nonlocal most
        with lock:
            under_way["now"] += 1
            most = max(most, under_way["now"])
        time.sleep(0.005)
        with lock:
            under_way["now"] -= 1
        return account(number)

    assert len(rows(fetch, workers=3)) == 2000
    assert most == 3


@pytest.mark.parametrize("edit", ["insert", "remove", "move"])
@pytest.mark.parametrize("moment", [2, 3, 4])
def test_edited_meanwhile(edit: str, moment: int) -> None:
    """When rows move between pages while they are read, the listing is read again from its beginning."""

    def edits(account: Account, fetched: int) -> None:
        if fetched == moment:
            if edit == "remove":
                account.ids.pop(0)
            else:
                account.ids.insert(0, "novo" if edit == "insert" else account.ids.pop())

    account = Account(names(250), edits=edits)
    found = [row["id"] for row in rows(account, workers=1)]
    assert found == account.ids
    assert account.fetched.count(1) == (1 if moment > 3 else 2)


class Reading:
    """One reading of a listing: the ids of every page that it was given."""

    def __init__(self) -> None:
        self.pages: list[list[str]] = []

    def take(self, rows: Sequence[Row]) -> None:
        """One more page."""
        self.pages.append([row["id"] for row in rows])


def test_begun_anew() -> None:
    """A reading that was not whole comes to nothing: the next begins with nothing, and only the whole one is given."""
    readings: list[Reading] = []

    def begin() -> Reading:
        readings.append(Reading())
        return readings[-1]

    def edits(account: Account, fetched: int) -> None:
        if fetched == 2:
            account.ids.pop(0)

    account = Account(names(250), edits=edits)
    given = sweep.sweep(account, begin, workers=1)
    assert len(readings) == 2
    assert given is readings[1]
    assert [len(page) for page in given.pages] == [100, 100, 49]
    assert [live_id for page in given.pages for live_id in page] == account.ids


def test_few_pages_are_held() -> None:
    """However slowly pages are taken, no more are fetched ahead than two a worker."""
    account = Account(names(5000))
    ahead = 0

    class Slow(Reading):
        def take(self, rows: Sequence[Row]) -> None:
            nonlocal ahead
            super().take(rows)
            time.sleep(0.001)
            ahead = max(ahead, len(account.fetched) - len(self.pages))

    assert len(sweep.sweep(account, Slow, workers=3).pages) == 50
    assert ahead <= 6


UNSTABLE: dict[str, Account] = {
    "always growing": Account(names(150), edits=lambda account, _: account.ids.insert(0, f"n{len(account.ids)}")),
    "total too high": Account(names(150), total=lambda _: 170),
    "total too low": Account(names(150), total=lambda _: 90),
    "total that changes": Account(names(150), total=lambda number: 150 + number),
    "total without rows": Account([], total=lambda _: 5),
    "absurd total": Account(names(150), total=lambda _: 10**15),
    "same row twice": Account([*names(149), "I0"]),
}


@pytest.mark.parametrize("case", UNSTABLE)
def test_unstable(case: str) -> None:
    """A listing that never agrees with itself is an error after eight readings, never a part of the rows."""
    account = UNSTABLE[case]
    with pytest.raises(Unstable) as caught:
        rows(account)
    assert account.fetched.count(1) == sweep.READINGS
    assert len(account.fetched) < 100
    assert isinstance(caught.value, Failure)
    assert (caught.value.unknown, caught.value.later) == (False, True)
    assert "8 times" in str(caught.value)


def test_page_ignored() -> None:
    """A server that answers every page with the first is found out."""
    account = Account(names(250))
    with pytest.raises(Unstable, match="twice"):
        rows(lambda _: account(1))


def test_failing_page() -> None:
    """What a page raises goes through, and the other pages are not fetched to the end."""
    account = Account(names(100_000))

    def fetch(number: int) -> Page:
        if number == 5:
            raise UnexpectedError("broken")
        return account(number)

    with pytest.raises(UnexpectedError, match="broken"):
        rows(fetch)
    assert len(account.fetched) < 50


@pytest.mark.parametrize("count", [0, 1, 29, 30, 31, 250])
def test_without_total(count: int) -> None:
    """Without pagination the rows are read until a page is empty; fewer than the smallest page are all there is."""
    account = Account(names(count), per_page=30)

    def fetch(number: int) -> Page:
        return listing({"data": account(number).rows})

    assert [row["id"] for row in rows(fetch)] == names(count)
    assert max(account.fetched) == (1 if count < 30 else -(-count // 30) + 1)


def test_without_pages() -> None:
    """A server that knows no pages at all answers everything each time: read twice, taken once."""
    account = Account(names(250), per_page=1000)
    found = rows(lambda _: listing({"data": account(1).rows}))
    assert len(found) == 250
    assert len(account.fetched) == 2


def test_without_end() -> None:
    """Rows that repeat in part have no order to be trusted."""
    with pytest.raises(Unstable):
        rows(lambda number: listing({"data": [{"id": f"{number + each}"} for each in range(30 if number < 4 else 0)]}))


LENIENT: list[tuple[dict[str, Any], tuple[int, int, int, bool]]] = [
    ({"total": 18, "count": 18, "per_page": 30, "current_page": 1, "total_pages": 1, "links": []}, (18, 30, 1, True)),
    ({"total": "18", "per_page": "30", "current_page": "2"}, (18, 30, 2, True)),
    ({"total": "18.0", "per_page": None}, (18, 2, 1, True)),
    ({"total": 18, "links": {"next": "https://exemplo.org/?page=2"}}, (18, 2, 1, True)),
    ({"total": 0, "per_page": 0}, (0, 2, 1, True)),
    ({"total": True}, (2, 2, 1, False)),
    ({"total": "muitos", "per_page": -3}, (2, 2, 1, False)),
    ({"total": None}, (2, 2, 1, False)),
    ({"total": "1e400"}, (2, 2, 1, False)),
    ({}, (2, 2, 1, False)),
]


@pytest.mark.parametrize(("pagination", "read"), LENIENT)
def test_pagination(pagination: dict[str, Any], read: tuple[int, int, int, bool]) -> None:
    """Counts are read as numbers and as text; what is missing is said to be missing."""
    page = listing({"data": [{"id": "a"}, {"id": "B"}], "pagination": pagination, "embeds": ["grupos", "campos"]})
    assert (page.total, page.per_page, page.current_page, page.counted) == read
    assert page.embeds == ("grupos", "campos")


@pytest.mark.parametrize(
    "document",
    [{}, {"data": None}, {"data": {}}, {"data": {"id": "a"}}, {"data": ["a"]}, {"data": [{"nome": "x"}]}]
    + [{"data": [{"id": wrong}]} for wrong in ("", None, [], {})],
)
def test_no_listing(document: dict[str, object]) -> None:
    """An answer without a list of records with ids is no listing, not even an empty one."""
    with pytest.raises(UnexpectedError):
        listing(document)


@pytest.mark.parametrize(
    ("record", "ids", "total"),
    [
        ({"listas": {"data": [{"id": "b"}, {"id": "T6"}]}}, ["b", "T6"], 2),
        ({"listas": {"data": [{"id": "b"}], "pagination": {"total": "7", "per_page": "1"}}}, ["b"], 7),
        ({"listas": {"data": {"id": "b"}}}, ["b"], 1),
        ({"listas": [{"id": "b"}]}, ["b"], 1),
        ({"listas": {"id": "b"}}, ["b"], 1),
        ({"listas": {"data": []}}, [], 0),
        ({"listas": []}, [], 0),
        ({"listas": ""}, [], 0),
    ],
)
def test_embedded(record: dict[str, Any], ids: list[str], total: int) -> None:
    """A relation is read in every form that the vendor gives it."""
    page = embedded(record, "listas")
    assert page is not None
    assert [row["id"] for row in page.rows] == ids
    assert page.total == total


@pytest.mark.parametrize("record", [{}, {"listas": None}])
def test_not_embedded(record: dict[str, Any]) -> None:
    """A relation that a record does not carry is not an empty one."""
    assert embedded(record, "listas") is None


def test_over_http(client: Client, vendor: Vendor) -> None:
    """A whole listing over the wire: one call a page, and a page of nonsense in between is fetched again."""
    nonsense = iter([True])

    def reply(request: Request) -> tuple[int, Any]:
        number = int(request.query["page"])
        if number == 2 and next(nonsense, False):
            return 200, {"data": "manutenção"}
        some = [{"id": each} for each in names(95)[(number - 1) * 30 : number * 30]]
        return 200, {"data": some, "pagination": {"total": "95", "per_page": 30, "current_page": number}}

    vendor.reply = reply
    assert len(rows(lambda page: campos.search(client, page=page))) == 95
    assert client.count == {"GET /campos": 5}
    assert client.repeats == {"GET /campos": 1}


def test_broken_over_http(client: Client, vendor: Vendor) -> None:
    """A listing with a page that cannot be read is an error, not a shorter listing."""

    def reply(request: Request) -> tuple[int, Any]:
        if request.query["page"] == "3":
            return 500, {"error": {"code": "04-ERRO-INTERNO", "message": "Internal Error"}}
        some = [{"id": f"{request.query['page']}-{each}"} for each in range(30)]
        return 200, {"data": some, "pagination": {"total": 120, "per_page": 30}}

    vendor.reply = reply
    with pytest.raises(GaveUp, match="Internal Error"):
        rows(lambda page: campos.search(client, page=page))
