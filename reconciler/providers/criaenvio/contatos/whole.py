"""One contact read whole: its record, with every page of the lists that it is in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.providers.criaenvio.client import Client
from reconciler.providers.criaenvio.contatos import calls, wire
from reconciler.providers.criaenvio.wire import rows_of


def record(client: Client, live_id: str, embeds: Sequence[str]) -> dict[str, Any]:
    """The contact with these relations (`grupos`, `campos`); pages of lists are followed to the end. Raises Failure."""
    found = dict(calls.view(client, live_id, embeds=embeds))
    page = 1
    while "grupos" in embeds and wire.carried(found, "grupos") is None:
        page += 1
        more = rows_of(calls.view(client, live_id, embeds=("grupos",), page=page).get("grupos"))
        if not more:
            break
        found["grupos"] = {**found["grupos"], "data": [*rows_of(found["grupos"]), *more]}
    return found
