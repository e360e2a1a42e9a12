"""A listing that is read page by page, by whatever paging its vendor has: each object once, and never for ever."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.engine.channels import Observation
from reconciler.transport import Endpoint, Failure

MOST_PAGES = 10_000
"""Pages of one listing: far beyond any account, so that a server cannot hold us for ever."""


class Unpaged(Failure):
    """A listing that its server does not page as it says: going on would bring the same for ever."""

    def __init__(self, endpoint: Endpoint, flaw: str) -> None:
        super().__init__(endpoint, f"{flaw}; select less, so that it fits on one page")


class Reading:
    """One listing that is being read: what came so far, and whether that is all."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._seen: set[str] = set()
        self._pages = 0
        self._received = 0
        self._enough = False
        self.ended = False

    @property
    def begun(self) -> bool:
        """Whether a page has come."""
        return self._pages > 0

    @property
    def enough(self) -> bool:
        """Whether as many came as there are said to be."""
        return self._enough

    def take(
        self, found: Sequence[Observation], *, total: int | None, last: bool = False, covered: bool = False
    ) -> list[Observation]:
        """What of one more page is new. Afterwards `ended` tells whether the listing is over.

        It is over with an empty page, and with one that is the `last`, or after which its figures have `covered` the
        whole. `total` is how many there are said to be. Raises `Unpaged` for a page that brings nothing new though more
        is said to exist (a server that ignores which page is asked for), and beyond `MOST_PAGES`.
        """
        new = [each for each in found if self._is_new(each)]
        self._received += len(found)
        self._pages += 1
        self._enough = total is not None and len(self._seen) >= total
        if found and not new and not last and not self._enough:
            known = "how many there are is not told" if total is None else f"there are said to be {total}"
            raise Unpaged(
                self._endpoint,
                f"page {self._pages} shows again what was shown before ({len(self._seen)} came, {known}): "
                "the server seems to ignore which page is asked for",
            )
        self.ended = last or covered or not new
        if not self.ended and self._pages >= MOST_PAGES:
            raise Unpaged(self._endpoint, f"the listing has no end within {MOST_PAGES} pages")
        return new

    def covers(self, rows: int, total: int | None, offset: int) -> bool:
        """Whether one more page of so many rows brings all of `total`; `offset` is how many it says to come after.

        They are never fewer than those that came. A total that is that of the page alone, or less than what came, is
        not believed: nobody says that it counts the whole listing.
        """
        if total is None or total == rows or total < self._received + rows:
            return False
        return max(offset, self._received) + rows >= total

    def _is_new(self, each: Observation) -> bool:
        mark = f"#{each.id}" if each.id else repr(each.fields)
        before = len(self._seen)
        self._seen.add(mark)
        return len(self._seen) > before
