"""Reading envios: rows for all that matter; lists and sender (a call each) only where a decision needs them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.engine.model import Declared, Observed
from reconciler.providers.criaenvio.envios import calls, wire
from reconciler.providers.criaenvio.envios.natural import OPEN
from reconciler.providers.criaenvio.mensagens import calls as message_calls
from reconciler.providers.criaenvio.mensagens import wire as message_wire
from reconciler.providers.criaenvio.mensagens.decide import says_the_same, versions
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
    if survey.memory.fresh and any(survey.known_id(item) is None for item in survey.declared("envio")):
        _read_messages(survey, found.values())
    for item in {
        item.id: item for declared in survey.declared("envio") for item in _undecided(declared, found, survey)
    }.values():
        found[item.id] = _whole(item, survey)
    survey.found["envio"] = tuple(found.values())


def _wanted(survey: Survey) -> Wanted:
    ids = {binding.id for binding in survey.bindings("envio")}
    ids |= {item.id for item in survey.declared("envio") if item.id}
    everything = any(
        survey.known_id(item) is None or item.fields.get("recriar") or survey.unsettled(item)
        for item in survey.declared("envio")
    )
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
        for live_id in (*versions(message, survey.live, survey.memory), *_alike(message, survey))
    }
    for item in found.values():
        near = start in (item.fields["data_de_inicio"], "agora") or item.fields["estado"] in OPEN
        if item.fields["mensagem"] in ids and (near or survey.memory.fresh):
            yield item


def _alike(message: Declared, survey: Survey) -> Iterator[str]:
    """Messages of another name that say the same."""
    return (item.id for item in survey.found.get("mensagem", ()) if says_the_same(message, item))


def _read_messages(survey: Survey, found: Iterable[Observed]) -> None:
    """For a ledger that may have lost what a message was called: those of open sends that may be a declared one."""
    declared = survey.declared("mensagem")
    subjects = {item.fields.get("assunto") for item in declared}
    known = {item.id for item in survey.found.get("mensagem", ())}
    ids = {str(item.fields["mensagem"]) for item in found if item.fields["estado"] in OPEN and item.fields["mensagem"]}
    unknown = Wanted(ids=sorted(ids - known))
    rows = fetch(lambda page, **chosen: message_calls.search(survey.client, page=page, **chosen), unknown).rows
    alike = (row_id for row_id, row in rows.items() if message_wire.observed(row).fields["assunto"] in subjects)
    read = [message_wire.observed(message_calls.view(survey.client, row_id)) for row_id in alike]
    survey.found["mensagem"] = (*survey.found.get("mensagem", ()), *read)


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
