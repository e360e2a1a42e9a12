"""What a person's answer has changed in the ledger, as text and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from reconciler.engine.model import Observed
from reconciler.engine.resolution import Resolution
from reconciler.report.words import count, moment, visible


def resolution_text(resolution: Resolution, zone: ZoneInfo) -> str:
    """A few lines: what the address is now, what is closed by that, and where to go on."""
    return "\n".join(_lines(resolution, zone)) + "\n"


def resolution_document(resolution: Resolution) -> dict[str, object]:
    """The same as `schemas/resolution.schema.json` describes it."""
    return {
        "format_version": 1,
        "address": str(resolution.address),
        "live_id": resolution.binding.id or None,
        "former_ids": list(resolution.binding.former_ids),
        "closed": [str(intent.action) for intent in resolution.closed],
    }


def _lines(resolution: Resolution, zone: ZoneInfo) -> Iterator[str]:
    binding, observed = resolution.binding, resolution.observed
    if observed is not None:
        yield f"{resolution.address} is {observed.id}{_told(observed, zone)}"
    else:
        yield f"{resolution.address} is nothing that is in the account"
        if binding.former_ids:
            yield f"  it is not, and is not asked about again: {', '.join(binding.former_ids)}"
    if resolution.closed:
        yield f"  {count(len(resolution.closed), 'call')} of unknown outcome closed by that"
    yield "`reconciler plan` shows what follows"


def _told(observed: Observed, zone: ZoneInfo) -> str:
    """What a person knows a live object by."""
    fields = observed.fields
    start = fields.get("data_de_inicio")
    parts = [
        fields.get("estado"),
        moment(start.astimezone(zone)) if isinstance(start, datetime) else fields.get("nome"),
    ]
    told = ", ".join(visible(str(part)) for part in parts if part)
    return f" ({told})" if told else ""
