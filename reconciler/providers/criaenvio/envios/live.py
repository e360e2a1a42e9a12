"""Reading envios: rows for all that matter; lists and sender (a call each) only where a decision needs them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from reconciler.engine.model import Declared, Observed, Value
from reconciler.providers.criaenvio.client import rows
from reconciler.providers.criaenvio.envios import calls, wire
from reconciler.providers.criaenvio.envios.calls import OPEN_CODES
from reconciler.providers.criaenvio.envios.natural import OPEN, family
from reconciler.providers.criaenvio.envios.twins import Likeness
from reconciler.providers.criaenvio.mensagens import calls as message_calls
from reconciler.providers.criaenvio.mensagens import wire as message_wire
from reconciler.providers.criaenvio.mensagens.decide import says_the_same, versions
from reconciler.providers.criaenvio.survey import Search, Survey, Wanted, fetch

_CREATING = "em criação"
_WAITS = (1, 2, 4, 8)
"""Seconds between re-readings of an envio that the vendor is still creating."""


def observe(survey: Survey) -> None:
    """Declared and remembered envios; all rows only while a declared one is not bound yet, or its outcome is open.

    While one of them is still to start, all that may still reach people: a twin of it may have come up since.
    """
    if not survey.any_of("envio"):
        return
    found = _found(survey)
    if survey.memory.fresh and any(survey.known_id(item) is None for item in survey.declared("envio")):
        _read_messages(survey, found.values())
    deciding = {item.id: item for declared in survey.declared("envio") for item in _undecided(declared, found, survey)}
    deciding |= {item.id: item for item in _alike_to_ours(found, survey)}
    for item in deciding.values():
        found[item.id] = _whole(item, survey)
    survey.found["envio"] = tuple(found.values())


def _found(survey: Survey) -> dict[str, Observed]:
    """All rows, or the open ones and those that are looked up, whichever is read first if it leaves nothing to read."""
    wanted = _wanted(survey)
    if wanted.everything:
        return _observed(survey, fetch(_search(survey), wanted).rows.values())
    ahead = any(_later(item.fields["data_de_inicio"], survey) for item in survey.declared("envio"))
    listed = _open(survey) if ahead else {}
    missing = Wanted(ids=[live_id for live_id in wanted.ids if live_id not in listed])
    found = listed | _observed(survey, fetch(_search(survey), missing).rows.values())
    return found if ahead or not any(_ahead(item, survey) for item in found.values()) else _open(survey) | found


def _open(survey: Survey) -> dict[str, Observed]:
    """The sends that may still reach people."""
    return _observed(survey, rows(lambda page: calls.search(survey.client, page=page, status=OPEN_CODES)))


def _observed(survey: Survey, listed: Iterable[Mapping[str, Any]]) -> dict[str, Observed]:
    return {item.id: item for item in (wire.observed(row, survey.zone) for row in listed)}


def _ahead(item: Observed, survey: Survey) -> bool:
    return item.fields["estado"] in OPEN or _later(item.fields["data_de_inicio"], survey)


def _later(start: Value, survey: Survey) -> bool:
    """Whether a start is still to come: a send that was cancelled may have a twin until then."""
    return isinstance(start, datetime) and start > (survey.client.server_time or survey.clock.now())


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


def _alike_to_ours(found: Mapping[str, Observed], survey: Survey) -> Iterator[Observed]:
    """Sends that address or ledger stand for, each with those that may be its twins: their lists decide."""
    starts = {survey.known_id(item): item.fields["data_de_inicio"] for item in survey.declared("envio")}
    known = set(starts) | {binding.id for binding in survey.bindings("envio")}
    strangers = [item for item in found.values() if item.id not in known]
    for own in (item for item in found.values() if item.id in known):
        messages = family(own.fields["mensagem"], survey.declared("mensagem"), survey.live, survey.memory)
        alike = list(Likeness.of(own, messages, starts.get(own.id)).among(strangers))
        yield from (own, *alike) if alike else ()


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
    listed = fetch(lambda page, **chosen: message_calls.search(survey.client, page=page, **chosen), unknown).rows
    alike = (row_id for row_id, row in listed.items() if message_wire.observed(row).fields["assunto"] in subjects)
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
