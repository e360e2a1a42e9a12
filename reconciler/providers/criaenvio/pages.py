"""Listings: one page of an answer as data, and all pages of a listing, complete or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from reconciler.providers.criaenvio.errors import Unstable
from reconciler.transport import UnexpectedError

NUMBER = 100
"""Rows asked for in every listing: the most that the reference names. Some resources may stay at 30 all the same."""

SMALLEST = 30
"""The documented page size when `number` is ignored: an unpaged answer with fewer rows is the whole listing."""

READINGS = 8
"""How often a listing that changes while it is read is read again from its beginning."""

MOST_PAGES = 100_000
"""Pages of a listing without a total: far beyond any account, so that a server cannot hold us for ever."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing: the vendor's rows as decoded, and what the answer says about the whole.

    `total` counts all rows of all pages; when the answer does not tell (`counted` is false) it is the rows of this
    page. `per_page` is what the server really used. `embeds` names the relations that the resource offers.
    """

    rows: list[dict[str, Any]]
    total: int
    per_page: int
    current_page: int = 1
    embeds: tuple[str, ...] = ()
    counted: bool = True


def listing(document: dict[str, object]) -> Page:
    """The page that an answer holds. Raises UnexpectedError when it holds no list of records with ids."""
    found = _rows(document.get("data"))
    told = document.get("pagination")
    pagination = told if isinstance(told, dict) else {}
    total = _number(pagination.get("total"))
    embeds = document.get("embeds")
    return Page(
        rows=found,
        total=len(found) if total is None else total,
        per_page=_number(pagination.get("per_page")) or max(len(found), 1),
        current_page=_number(pagination.get("current_page")) or 1,
        embeds=tuple(map(str, embeds)) if isinstance(embeds, list) else (),
        counted=total is not None,
    )


def embedded(record: dict[str, Any], name: str) -> Page | None:
    """The relation `name` that a record carries (`grupos`, `campos`, `contatos`, `listas`, `mensagem`, `remetente`).

    None when the record does not carry it. Read alike are `{"data": [...], "pagination": {...}}`, a bare list, a
    single record in place of a list, and the vendor's `""` for none (reference, GET /envios/{id}, `remetente`).
    """
    value = record.get(name)
    if name not in record or value is None:
        return None
    if value == "":
        return listing({"data": []})
    document = value if isinstance(value, dict) and "data" in value else {"data": value}
    if isinstance(document["data"], dict):
        document = {**document, "data": [document["data"]]}
    return listing(document)


def rows(fetch: Callable[[int], Page], *, workers: int = 4) -> list[dict[str, Any]]:
    """Every row of a listing, each once, in the server's order, complete or not at all.

    `fetch` takes a page number from 1. Once the first page has told the total, the others are fetched by `workers`
    threads. A listing whose total changes meanwhile, or whose distinct ids are not as many as its total, is read again;
    after `READINGS` readings `Unstable` is raised. What `fetch` raises goes through.

    As many rows removed as added between two pages go unnoticed, and can hide a row that is there: before anything is
    created it has to be looked up by its natural key.
    """
    flaw = ""
    for _ in range(READINGS):
        first = fetch(1)
        found, flaw = _counted(fetch, first, workers) if first.counted else _uncounted(fetch, first)
        if not flaw:
            return found
    raise Unstable(READINGS, flaw)


def _counted(fetch: Callable[[int], Page], first: Page, workers: int) -> tuple[list[dict[str, Any]], str]:
    pages = [first]
    if 0 < len(first.rows) < first.total:
        # Of `number`, `per_page` and the rows that really came, the rows are believed.
        pages += _Rest(fetch, -(-first.total // len(first.rows))).fetched(workers)
    found = [row for each in pages for row in each.rows]
    if any(each.total != first.total for each in pages):
        return found, "its total changed from page to page"
    return found, _flaw(found, first.total)


def _uncounted(fetch: Callable[[int], Page], first: Page) -> tuple[list[dict[str, Any]], str]:
    """No total to go by: on until a page is empty, or only repeats (a server that knows no pages)."""
    found = list(first.rows)
    if len(found) < SMALLEST:
        return found, _flaw(found, len(found))
    seen = {str(row["id"]) for row in found}
    for number in range(2, MOST_PAGES):
        more = fetch(number).rows
        new = {str(row["id"]) for row in more} - seen
        if not new:
            return found, _flaw(found, len(found))
        found += more
        seen |= new
    return found, "it has no end"


def _flaw(found: list[dict[str, Any]], total: int) -> str:
    distinct = len({str(row["id"]) for row in found})
    if distinct < len(found):
        return "rows came twice"
    return "" if distinct == total else f"its total is {total}, but {distinct} rows came"


@dataclass(slots=True)
class _Rest:
    """Pages 2 to `last`, fetched side by side; an empty page is the end, whatever the total says."""

    fetch: Callable[[int], Page]
    last: int
    _next: int = 2
    _pages: dict[int, Page] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fetched(self, workers: int) -> Iterable[Page]:
        crew = max(1, min(workers, self.last - 1))
        with ThreadPoolExecutor(crew, thread_name_prefix="page") as pool:
            try:
                for task in [pool.submit(self._work) for _ in range(crew)]:
                    task.result()
            finally:
                self._end(0)
        return [self._pages[number] for number in sorted(self._pages)]

    def _work(self) -> None:
        try:
            while (number := self._take()) is not None:
                got = self.fetch(number)
                with self._lock:
                    self._pages[number] = got
                if not got.rows:
                    self._end(number)
        except BaseException:
            self._end(0)
            raise

    def _take(self) -> int | None:
        with self._lock:
            if self._next > self.last:
                return None
            self._next += 1
            return self._next - 1

    def _end(self, last: int) -> None:
        with self._lock:
            self.last = min(self.last, last)


def _rows(data: object) -> list[dict[str, Any]]:
    if not isinstance(data, list):
        raise UnexpectedError("without the list of records that it should hold")
    for row in data:
        if not isinstance(row, dict) or not isinstance(row.get("id"), (str, int)) or row["id"] == "":
            raise UnexpectedError("with a record that has no id")
    return data


def _number(value: object) -> int | None:
    """A count, also when it comes as text (`"22"`, `"22.0"`), or None."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = int(float(value))
    except (ValueError, OverflowError):
        return None
    return number if number >= 0 else None
