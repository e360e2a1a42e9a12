"""The call on bulk sends: the only I/O of the source, and it only reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from reconciler.engine.channels import Observation, Scalar
from reconciler.providers.filtering import Between, Equal, only, require_days, require_number, require_word
from reconciler.providers.mindo.envios_em_massa.spec import PHASES
from reconciler.providers.mindo.envios_em_massa.wire import listing
from reconciler.providers.mindo.errors import ForeignAddress
from reconciler.providers.mindo.following import ForeignError, query_of, shown
from reconciler.providers.paging import Reading
from reconciler.providers.reader import Reader
from reconciler.transport import Endpoint, NotFound, Query, Repeat

LIST: Final = Endpoint("GET", "/api/v1/meta-templates/bulk-sends/", Repeat.FREELY, effect=False)

PAGE_SIZE: Final = 100
"""Rows asked for ("Parâmetros de query", `page_size`: 20 if it is left out, and no maximum is documented)."""

LARGEST_PAGE: Final = 1000
"""Rows that we ask for at most."""

_LARGEST_ID: Final = 2**63 - 1

_MARGIN: Final = timedelta(days=2)
"""Added on both sides of a range of times. Whether "após esta data" includes the day is not documented (one day), nor
is the zone whose days are meant (another)."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the vendor can select: one `status`, one `template` by its id, and days of creation, from and to.

    Whether these days are themselves included is not documented. `page_size` is the rows of a page, 1 to
    `LARGEST_PAGE`. Raises `InvalidFilterError`.
    """

    status: str | None = None
    template: int | None = None
    created_after: date | None = None
    created_before: date | None = None
    page_size: int = PAGE_SIZE

    def __post_init__(self) -> None:
        require_word("status", self.status, tuple(PHASES))
        require_number("template", self.template, 1, _LARGEST_ID)
        require_days(("created_after", self.created_after), ("created_before", self.created_before))
        require_number("page_size", self.page_size, 1, LARGEST_PAGE)

    def query(self) -> Query:
        """The query for the first page."""
        return {
            "status": self.status,
            "template": self.template,
            "created_after": _written(self.created_after),
            "created_before": _written(self.created_before),
            "page": 1,
            "page_size": self.page_size,
        }


ALL: Final = Filters()


def narrowed(equal: Equal, between: Between) -> Filters:
    """The filters under which the vendor shows all that is selected so, and as little else as it can."""
    status, template = only(equal, "status"), only(equal, "template.id")
    after, before = between.get("created_at", (None, None))
    return Filters(
        status=status if isinstance(status, str) and status in PHASES else None,
        template=_id(template),
        created_after=_day(after, -_MARGIN),
        created_before=_day(before, _MARGIN),
    )


def observe(client: Reader, filters: Filters = ALL) -> Iterator[Observation]:
    """Every bulk send that `filters` select, each once, page by page in the server's order.

    The listing ends without a `next`, with a page that brings nothing new, or where the next page is no more (404);
    `count` ends nothing while there is a `next`, for a wrong one would hide bulk sends. Raises `transport.Failure`:
    `ForeignAddress` for a `next` that is not at the address of the API, whatever else it says, and `Unpaged` among
    them.
    """
    reading = Reading(LIST)
    query = filters.query()
    while not reading.ended:
        try:
            page = client.call(LIST, query=query, read=listing)
        except NotFound:
            if reading.begun:
                return
            raise
        yield from reading.take(page.found, total=page.count, last=page.following is None)
        if page.following is not None:
            query = _next(client, page.following)


def _next(client: Reader, address: str) -> Query:
    """The query of the next page. The call itself goes where every call goes, so that the key cannot travel."""
    try:
        return query_of(address, client.origin, LIST)
    except ForeignError as error:
        reason = str(error)
    raise ForeignAddress(LIST, client.discreet(shown(address)), reason)


def _id(value: Scalar) -> int | None:
    """The id of a template, also one that was written as text."""
    number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20 else value
    return number if type(number) is int and 1 <= number <= _LARGEST_ID else None


def _written(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(moment: datetime | None, margin: timedelta) -> date | None:
    if moment is None:
        return None
    try:
        return (moment.astimezone(UTC) + margin).date()
    except OverflowError:
        return None
