"""Batches: API JSON → observations. Pure.

Source: "Listar lotes de envio", the vendor's document of GET /v1/bulk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.engine.channels import Observation
from reconciler.providers.fields import Anatomy, Kind, count, fields_of
from reconciler.providers.ogmma.lotes.spec import PHASES, SOURCE
from reconciler.transport import UnexpectedError

KINDS: Final[Mapping[str, Kind]] = {
    "batchId": Kind.TEXT,
    "status": Kind.TEXT,
    "name": Kind.TEXT,
    "totalRecipients": Kind.COUNT,
    "sent": Kind.COUNT,
    "failed": Kind.COUNT,
    "progress": Kind.NUMBER,
    "createdAt": Kind.MOMENT,
    "completedAt": Kind.MOMENT,
}
"""The documented fields. `completedAt` is null in the examples while a batch runs, and when it was cancelled."""


_ANATOMY: Final = Anatomy(
    phases=PHASES,
    id="batchId",
    title="name",
    created="createdAt",
    ended="completedAt",
    progress="progress",
    counts={"total": "totalRecipients", "sent": "sent", "failed": "failed"},
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the listing. `total`, `limit` and `offset` are what it tells of itself, None where it does not."""

    found: tuple[Observation, ...]
    total: int | None
    limit: int | None
    offset: int | None


def listing(document: dict[str, object]) -> Page:
    """The page that an answer holds. Raises UnexpectedError when it holds no list of batches.

    The listing is asked for by `page` and answers with `offset` ("pagination" of the example): whether that counts
    rows from the first page on is not said.
    """
    data = document.get("data")
    if not isinstance(data, list):
        raise UnexpectedError("without the list of batches that it should hold")
    told = document.get("pagination")
    figures = fields_of(told, dict.fromkeys(("total", "limit", "offset"), Kind.COUNT)) if isinstance(told, dict) else {}
    total, limit, offset = (count(figures.get(name)) for name in ("total", "limit", "offset"))
    return Page(tuple(map(observed, data)), total, limit, offset)


def observed(row: object) -> Observation:
    """One batch. Raises UnexpectedError for what is no JSON object; anything else that is odd is kept as it came."""
    if not isinstance(row, dict):
        raise UnexpectedError("with a batch that is no object")
    fields = fields_of(row, KINDS)
    bulk = _ANATOMY.bulk(SOURCE, fields)
    return Observation(SOURCE, bulk.id, fields, bulk)
