"""Reading listas: two searches, since `ativo` defaults to true (reference); a count where the listing has none."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from reconciler.engine.model import Observed
from reconciler.providers.criaenvio.client import rows
from reconciler.providers.criaenvio.listas import calls, wire
from reconciler.providers.criaenvio.survey import Survey
from reconciler.providers.criaenvio.wire import number


def observe(survey: Survey) -> None:
    """Active and inactive listas, if any is declared or remembered."""
    if not survey.any_of("lista"):
        return
    found: dict[str, Observed] = {}
    for ativo in (True, False):
        found |= {item.id: item for item in _search(survey, ativo=ativo)}
    survey.totals["lista"] = len(found)
    mailed = {key for envio in survey.declared("envio") for key in cast("frozenset[str]", envio.fields["listas"])}
    names = {item.fields["nome"] for item in survey.declared("lista") if item.address.key in mailed}
    survey.found["lista"] = tuple(
        _counted(item, survey) if item.fields["nome"] in names and item.fields["contatos_ativos"] is None else item
        for item in found.values()
    )


def _search(survey: Survey, *, ativo: bool) -> list[Observed]:
    return [wire.observed(row) for row in rows(lambda page: calls.search(survey.client, ativo=ativo, page=page))]


def _counted(item: Observed, survey: Survey) -> Observed:
    """The same list with its number of people, from the pagination of its embedded members."""
    record = calls.view(survey.client, item.id, embeds=("contatos",), status="ativos", number=1)
    members = record.get("contatos") or {}
    return replace(item, fields={**item.fields, "contatos_ativos": number(members.get("pagination") or {}, "total")})
