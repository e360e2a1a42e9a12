"""Reading envios: rows for all that matter; lists and sender (a call each) only where a decision needs them."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.engine.model import Declared, Observed
from reconciler.providers.criaenvio.envios import calls, wire
from reconciler.providers.criaenvio.envios.natural import OPEN
from reconciler.providers.criaenvio.mensagens.decide import versions
from reconciler.providers.criaenvio.survey import Search, Survey, Wanted, fetch

_CREATING = "em criação"
_WAITS = (1, 2, 4, 8)
"""Seconds between re-readings of an envio that the vendor is still creating."""


def observe(survey: Survey) -> None:
    """Declared and remembered envios; all rows only while a declared one is not bound yet, or its outcome is open."""
    if not survey.any_of("envio"):
        return
    found = {
        row_id: wire.observed(row, survey.zone) for row_id, row in fetch(_search(survey), _wanted(survey)).rows.items()
    }
    for item in {
        item.id: item for declared in survey.declared("envio") for item in _undecided(declared, found, survey)
    }.values():
        found[item.id] = _whole(item, survey)
    survey.found["envio"] = tuple(found.values())


def _wanted(survey: Survey) -> Wanted:
    ids = {binding.id for binding in survey.bindings("envio")}
    ids |= {item.id for item in survey.declared("envio") if item.id}
    everything = any(survey.known_id(item) is None or survey.unsettled(item) for item in survey.declared("envio"))
    return Wanted(ids=sorted(ids), everything=everything)


def _search(survey: Survey) -> Search:
    return lambda page, **chosen: calls.search(survey.client, page=page, **chosen)


def _undecided(declared: Declared, found: dict[str, Observed], survey: Survey) -> Iterator[Observed]:
    """The live envios whose lists decide something about `declared`: its own while it is open, else its candidates.

    Of one whose outcome is open both: another may have been made in its place.
    """
    own = found.get(survey.known_id(declared) or "")
    if own is not None:
        if own.fields["estado"] in OPEN:
            yield own
        if not survey.unsettled(declared):
            return
    start = declared.fields["data_de_inicio"]
    ids = {
        live_id
        for message in survey.declared("mensagem")
        if message.address.key == declared.fields["mensagem"]
        for live_id in versions(message, survey.live, survey.memory)
    }
    for item in found.values():
        exact = start in (item.fields["data_de_inicio"], "agora")
        if item.fields["mensagem"] in ids and (exact or item.fields["estado"] in OPEN):
            yield item


def _whole(item: Observed, survey: Survey) -> Observed:
    """The envio with lists and sender, read again while the vendor is still creating it (a bounded wait)."""
    embeds = ("listas", "remetente")
    for seconds in (*_WAITS, 0):
        record = wire.observed(calls.view(survey.client, item.id, embeds=embeds), survey.zone)
        if record.fields["mensagem"] is None:
            record = Observed("envio", record.id, {**record.fields, "mensagem": item.fields["mensagem"]})
        if record.fields["estado"] != _CREATING:
            break
        survey.clock.sleep(seconds)
    return record
