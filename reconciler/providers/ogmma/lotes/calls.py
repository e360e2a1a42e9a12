"""The call on batches: the only I/O of the source, and it only reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final

from reconciler.engine.channels import Observation
from reconciler.providers.filtering import Between, Equal, only, require_number, require_word
from reconciler.providers.ogmma.lotes.spec import PHASES
from reconciler.providers.ogmma.lotes.wire import Page, listing
from reconciler.providers.paging import Reading
from reconciler.providers.reader import Reader
from reconciler.transport import Endpoint, Query, Refused, Repeat

LIST: Final = Endpoint("GET", "/bulk", Repeat.FREELY, effect=False)

LARGEST: Final = 100
"""Rows that a page may have ("Query Parameters", `limit`; 20 if it is left out)."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the vendor can select: one `status`. `limit` is the rows of a page, 1 to `LARGEST`.

    Raises `InvalidFilterError`.
    """

    status: str | None = None
    limit: int = LARGEST

    def __post_init__(self) -> None:
        require_word("status", self.status, tuple(PHASES))
        require_number("limit", self.limit, 1, LARGEST)

    def query(self, page: int) -> Query:
        """The query for a page, from 1."""
        return {"status": self.status, "page": page, "limit": self.limit}


ALL: Final = Filters()


def narrowed(equal: Equal, between: Between) -> Filters:  # noqa: ARG001 - alike for all sources
    """The filters under which the vendor shows all that is selected so, and as little else as it can."""
    status = only(equal, "status")
    return Filters(status if isinstance(status, str) and status in PHASES else None)


def observe(client: Reader, filters: Filters = ALL) -> Iterator[Observation]:
    """Every batch that `filters` select, each once, page by page in the server's order (newest first is not promised).

    The listing ends where `offset` + rows reach `total`, with an empty page or with a short one, whichever comes
    first. A full page whose `total` is its own number of rows does not end it: the document's one example does not tell
    whether `total` counts the page or the whole. Raises `transport.Failure`, `Unpaged` among them.
    """
    reading = Reading(LIST)
    for number in count(1):
        try:
            page = client.call(LIST, query=filters.query(number), read=listing)
        except Refused:  # beyond the end, which nobody says to be answered
            if reading.enough:
                return
            raise
        rows = len(page.found)
        covered = reading.covers(rows, page.total, page.offset or 0)
        yield from reading.take(page.found, total=page.total, last=rows < _size(page, filters), covered=covered)
        if reading.ended:
            return


def _size(page: Page, filters: Filters) -> int:
    """The rows of a full page: what the server says that it used, if that is no more than was asked for."""
    return page.limit if page.limit is not None and 1 <= page.limit <= filters.limit else filters.limit
