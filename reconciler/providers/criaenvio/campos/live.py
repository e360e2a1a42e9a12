"""Reading campos: all of them, if any is declared or remembered (an account has few)."""

from __future__ import annotations

from reconciler.providers.criaenvio.campos import calls, wire
from reconciler.providers.criaenvio.client import rows
from reconciler.providers.criaenvio.survey import Survey


def observe(survey: Survey) -> None:
    """One listing of the account's campos."""
    if survey.any_of("campo"):
        found = rows(lambda page: calls.search(survey.client, page=page))
        survey.found["campo"] = tuple(wire.observed(row) for row in found)
        survey.totals["campo"] = len(survey.found["campo"])
