"""All pages of a listing, one after the other, complete or not at all."""

from __future__ import annotations

import gc
from array import array
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from time import perf_counter, thread_time
from typing import Protocol, TypeAlias, TypeVar

from reconciler.providers.criaenvio.errors import Unstable
from reconciler.providers.criaenvio.pages import Page, Row, Rows, ids_of

SMALLEST = 30
"""The documented page size when `number` is ignored: an unpaged answer with fewer rows is the whole listing."""

READINGS = 8
"""How often a listing that changes while it is read is read again from its beginning."""

MOST_PAGES = 100_000
"""Pages of a listing without a total: far beyond any account, so that a server cannot hold us for ever."""

_ALONE = 3
"""Pages that are fetched one after the other, to see how much of it is waiting: the least of them, as the machine may
have been busy with something else."""

_BUSY = 2
"""Of so many times the work of a fetch, a thread that fetches waits at least for the rest."""

_OBJECTS = 20_000
"""How many objects more than before there have to be for the collector to look."""

Fetch: TypeAlias = Callable[[int], Page]
"""A page by its number, from 1."""


class Reader(Protocol):
    """What a listing is read into."""

    def take(self, rows: Rows, /) -> object:
        """The rows of one more page, in the server's order."""


R = TypeVar("R", bound=Reader)
T = TypeVar("T")
U = TypeVar("U")


def sweep(fetch: Fetch, begin: Callable[[], R], *, workers: int = 4) -> R:
    """Read a whole listing, each row once, into what `begin` gives, and return that.

    Rows are handed on page by page, and only a few pages are held at a time. Once the first pages have told the total
    and how long one takes, the others are fetched by up to `workers` threads. A listing whose total changes meanwhile,
    or whose distinct ids are not as many as its total, is read again from its beginning, into another one from `begin`;
    after `READINGS` readings `Unstable` is raised. So nothing may come of what was read before this returns. What
    `fetch` raises goes through.

    As many rows removed as added between two pages go unnoticed, and can hide a row that is there: before anything is
    created it has to be looked up by its natural key.
    """
    flaw = ""
    for _ in range(READINGS):
        reader = begin()
        first = fetch(1)
        with _seldom_collected():
            flaw = _counted(fetch, first, reader, workers) if first.counted else _uncounted(fetch, first, reader)
        if not flaw:
            return reader
    raise Unstable(READINGS, flaw)


def rows(fetch: Fetch, *, workers: int = 4) -> list[Row]:
    """Every row of a listing, as `sweep` reads it."""
    return sweep(fetch, _Rows, workers=workers).found


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """A page is thousands of objects that go without the collector's help: it is asked once in some pages.

    It is not switched off: the HTTP library's answers refer back to themselves, and a sweep may take hours.
    """
    before = gc.get_threshold()
    gc.set_threshold(before[0] and max(before[0], _OBJECTS), *before[1:])  # 0: switched off
    try:
        yield
    finally:
        gc.set_threshold(*before)


class _Rows:
    """Rows that are few enough to be held."""

    def __init__(self) -> None:
        self.found: list[Row] = []

    def take(self, rows: Rows) -> None:
        self.found += rows


class _Ids:
    """Which ids came, by 64 bits of each: that two of a million are alike by chance is as likely as 1 in 10 million.

    Sorted into heaps as they come, so that no more than one of them is ever held as a set.
    """

    _HEAPS = 64

    def __init__(self) -> None:
        self.count = 0
        self._heaps = [array("q") for _ in range(self._HEAPS)]

    def add(self, rows: Rows) -> None:
        heaps, last = self._heaps, self._HEAPS - 1
        for mark in map(hash, ids_of(rows)):
            heaps[mark & last].append(mark)
        self.count += len(rows)

    def flaw(self, total: int) -> str:
        """What is wrong with them, if there are to be `total`."""
        distinct = sum(len(set(heap)) for heap in self._heaps)
        if distinct < self.count:
            return "rows came twice"
        return "" if distinct == total else f"its total is {total}, but {distinct} rows came"


def _counted(fetch: Fetch, first: Page, reader: Reader, workers: int) -> str:
    """Read a listing that tells its total; what is wrong with it, if anything is."""
    ids = _Ids()
    ids.add(first.rows)
    reader.take(first.rows)
    if 0 < len(first.rows) < first.total:
        # Of `number`, `per_page` and the rows that really came, the rows are believed.
        last = -(-first.total // len(first.rows))
        with closing(_Rest(fetch, last).pages(workers)) as rest:
            for page in rest:
                if page.total != first.total:
                    return "its total changed from page to page"
                ids.add(page.rows)
                reader.take(page.rows)
    return ids.flaw(first.total)


def _uncounted(fetch: Fetch, first: Page, reader: Reader) -> str:
    """No total to go by: on until a page is empty, or only repeats (a server that knows no pages)."""
    seen: set[int] = set()
    page, number, count = first, 1, 0
    while number < MOST_PAGES:
        new = {hash(each) for each in ids_of(page.rows)} - seen
        if number > 1 and not new:
            break
        reader.take(page.rows)
        seen |= new
        count += len(page.rows)
        if len(first.rows) < SMALLEST:
            break
        number += 1
        page = fetch(number)
    else:
        return "it has no end"
    return "rows came twice" if len(seen) < count else ""


@dataclass(slots=True)
class _Rest:
    """Pages 2 to `last`, fetched side by side; an empty page is the end, whatever the total says."""

    fetch: Fetch
    last: int

    def pages(self, most: int) -> Generator[Page, None, None]:
        """Page by page, in their order; by `most` threads at the most.

        The first of them are fetched alone, and tell how much of a fetch is waiting. Where little is (an account on
        this machine, a quick network) more threads would only be in each other's way, which costs half as much again.
        """
        useful: float = most
        for number in range(2, 2 + _ALONE):
            began, busy = perf_counter(), thread_time()
            page = self._page(number)
            spent, busy = perf_counter() - began, thread_time() - busy
            if busy > 0:
                useful = min(useful, spent / busy / _BUSY)
            if page is None:
                return
            yield page
        with closing(self._read(2 + _ALONE, int(useful))) as pages:
            for page in pages:
                if page is not None:
                    yield page

    def _read(self, begin: int, workers: int) -> Generator[Page | None, None, None]:
        numbers = self._numbers(begin)
        if workers > 0 and self.last > begin:
            return side_by_side(self._page, numbers, min(workers, self.last - begin))
        return (self._page(number) for number in numbers)

    def _numbers(self, begin: int) -> Iterator[int]:
        number = begin
        while number <= self.last:
            yield number
            number += 1

    def _page(self, number: int) -> Page | None:
        if number > self.last:
            return None
        page = self.fetch(number)
        if not page.rows:
            self.last = min(self.last, number)
        return page


def side_by_side(work: Callable[[T], U], items: Iterable[T], workers: int) -> Generator[U, None, None]:
    """What `work` makes of each item, in their order, by so many threads.

    At most two a worker are under way or waiting to be taken. After a failure, which goes through, or when it is closed
    early, no more is begun.
    """
    under_way: deque[Future[U]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="read")
    try:
        for item in items:
            under_way.append(pool.submit(work, item))
            if len(under_way) == 2 * workers:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
