"""What a case says that other channels show → a port that shows just that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from reconciler.engine.channels import Bulk, Observation, Phase, Scalar
from reconciler.engine.check import UnreadableError, Where
from reconciler.providers.mindo.envios_em_massa import spec as massa
from reconciler.providers.ogmma.lotes import spec as lotes

_BULKS: Final[Mapping[str, Mapping[str, str]]] = {
    lotes.SOURCE: {
        "id": "batchId",
        "title": "name",
        "total": "totalRecipients",
        "sent": "sent",
        "failed": "failed",
        "progress": "progress",
        "created": "createdAt",
        "ended": "completedAt",
    },
    massa.SOURCE: {
        "id": "id",
        "title": "template.template_name",
        "total": "total_recipients",
        "sent": "sent_count",
        "delivered": "delivered_count",
        "read": "read_count",
        "failed": "failed_count",
        "progress": "progress_percentage",
        "created": "created_at",
        "ended": "completed_at",
    },
}
"""Source → field of Bulk → the vendor's field."""
_PHASES: Final = {lotes.SOURCE: lotes.PHASES, massa.SOURCE: massa.PHASES}


@dataclass(slots=True)
class Shown:
    """A port for `channels`: source → its objects, or a text that says why it cannot be read. Counts what is asked."""

    channels: Mapping[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def bulks(self) -> Iterable[str]:
        """The sources of bulk sends that the case has."""
        return [source for source in self.channels if source in _BULKS]

    def read(self, source: str, _where: Where, /) -> Iterable[Observation]:
        """All objects of a source."""
        self.asked.append(source)
        shown = self.channels.get(source, "there is no key for it")
        if isinstance(shown, str):
            raise UnreadableError(shown)
        return observations(source, shown)


def observations(source: str, records: Sequence[Mapping[str, Any]]) -> list[Observation]:
    """Records with the vendor's fields, nested ones joined by dots, times as ISO 8601 with an offset."""
    found = []
    for place, record in enumerate(records):
        fields = {name: _value(value) for name, value in record.items()}
        own = str(fields.get("batchId") or fields.get("id") or f"o{place}")
        found.append(Observation(source, own, fields, _bulk(source, own, fields) if source in _BULKS else None))
    return found


def _bulk(source: str, own: str, fields: Mapping[str, Scalar]) -> Bulk:
    given: dict[str, Any] = {name: fields.get(theirs) for name, theirs in _BULKS[source].items()}
    status = str(fields.get("status") or "")
    given |= {"id": own, "title": str(given["title"] or "")}
    return Bulk(source=source, status=status, phase=_PHASES[source].get(status, Phase.UNKNOWN), **given)


def _value(value: Any) -> Scalar:
    """As a case writes it: a text with a T in its middle and an offset at its end is a time."""
    if isinstance(value, str) and value[10:11] == "T":
        return datetime.fromisoformat(value)
    found: Scalar = value
    return found
