"""Bulk sends: API JSON → observations. Pure.

Source: "Listar envios em massa", the vendor's document of GET /api/v1/meta-templates/bulk-sends/; `started_at` and
`estimated_time_minutes` from its public page of GET …/bulk-sends/{id}/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.engine.channels import Observation
from reconciler.providers.fields import Anatomy, Kind, count, fields_of
from reconciler.providers.mindo.envios_em_massa.spec import PHASES, SOURCE
from reconciler.transport import UnexpectedError

KINDS: Final[Mapping[str, Kind]] = {
    "id": Kind.TEXT,
    "status": Kind.TEXT,
    "template.id": Kind.COUNT,
    "template.template_name": Kind.TEXT,
    "template.language": Kind.TEXT,
    "template.status": Kind.TEXT,
    "phone_number.id": Kind.COUNT,
    "phone_number.display_phone_number": Kind.TEXT,
    "phone_number.verified_name": Kind.TEXT,
    "total_recipients": Kind.COUNT,
    "sent_count": Kind.COUNT,
    "delivered_count": Kind.COUNT,
    "read_count": Kind.COUNT,
    "failed_count": Kind.COUNT,
    "pending_count": Kind.COUNT,
    "progress_percentage": Kind.NUMBER,
    "estimated_time_minutes": Kind.NUMBER,
    "created_at": Kind.MOMENT,
    "started_at": Kind.MOMENT,
    "completed_at": Kind.MOMENT,
}
"""The documented fields. A bulk send has no name of its own: template, language and time tell which it is."""
PERSONAL: Final = frozenset({"phone_number.display_phone_number"})
"""Of these, what is a phone number."""


_ANATOMY: Final = Anatomy(
    phases=PHASES,
    id="id",
    title="template.template_name",
    created="created_at",
    ended="completed_at",
    progress="progress_percentage",
    counts={
        "total": "total_recipients",
        "sent": "sent_count",
        "delivered": "delivered_count",
        "read": "read_count",
        "failed": "failed_count",
    },
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the listing: `count` is all that the filters select, `following` the address of the next page."""

    found: tuple[Observation, ...]
    count: int | None
    following: str | None


def listing(document: dict[str, object]) -> Page:
    """The page that an answer holds.

    Raises UnexpectedError when it holds no list of bulk sends, or a `next` that is neither a text nor nothing.
    """
    results = document.get("results")
    if not isinstance(results, list):
        raise UnexpectedError("without the list of bulk sends that it should hold")
    following = document.get("next") or None
    if following is not None and not isinstance(following, str):
        raise UnexpectedError("with a `next` that is no address")
    told = fields_of({"count": document.get("count")}, {"count": Kind.COUNT})
    return Page(tuple(map(observed, results)), count(told.get("count")), following)


def observed(row: object) -> Observation:
    """One bulk send. Raises UnexpectedError for what is no JSON object; anything else that is odd is kept as it came.

    `title` is the template's name.
    """
    if not isinstance(row, dict):
        raise UnexpectedError("with a bulk send that is no object")
    fields = fields_of(row, KINDS)
    bulk = _ANATOMY.bulk(SOURCE, fields)
    return Observation(SOURCE, bulk.id, fields, bulk)
