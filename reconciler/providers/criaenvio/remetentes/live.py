"""Reading remetentes: only when a declared envio names one."""

from __future__ import annotations

from reconciler.providers.criaenvio.client import rows
from reconciler.providers.criaenvio.remetentes import calls, wire
from reconciler.providers.criaenvio.survey import Survey


def observe(survey: Survey) -> None:
    """One listing of the account's senders."""
    if any("remetente" in envio.fields for envio in survey.declared("envio")):
        found = rows(lambda page: calls.search(survey.client, page=page))
        survey.found["remetente"] = tuple(wire.observed(row) for row in found)
