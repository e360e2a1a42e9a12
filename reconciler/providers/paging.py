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
        self.ended = False

    @property
    def begun(self) -> bool:
        """Whether a page has come."""
        return self._pages > 0

    def take(
        self, found: Sequence[Observation], *, total: int | None, offset: int = 0, last: bool = False
    ) -> list[Observation]:
        """What of one more page is new. Afterwards `ended` tells whether the listing is over.

        It is over with an empty page, and once as many rows came as the `total` that the page tells: `offset` is how
        many it says to come after, but never fewer than those that came. `last` is whether the page shows in another
        way that nothing follows. Raises `Unpaged` for a page that brings nothing new though more is said to exist
        (a server that ignores which page is asked for), and beyond `MOST_PAGES`.
        """
        new = [each for each in found if self._is_new(each)]
        reached = max(offset, self._received) + len(found)
        self._received += len(found)
        self._pages += 1
        if found and not new and not last and (total is None or len(self._seen) < total):
            known = "how many there are is not told" if total is None else f"there are said to be {total}"
            raise Unpaged(
                self._endpoint,
                f"page {self._pages} shows again what was shown before ({len(self._seen)} came, {known}): "
                "the server seems to ignore which page is asked for",
            )
        self.ended = last or not found or (total is not None and reached >= total)
        if not self.ended and self._pages >= MOST_PAGES:
            raise Unpaged(self._endpoint, f"the listing has no end within {MOST_PAGES} pages")
        return new

    def _is_new(self, each: Observation) -> bool:
        mark = f"#{each.id}" if each.id else repr(each.fields)
        before = len(self._seen)
        self._seen.add(mark)
        return len(self._seen) > before
