"""Reading contatos: by page or by look-up, whichever costs fewer calls; lists and values from there if it can be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import ceil

from reconciler.engine.model import Declared, Observed
from reconciler.providers.criaenvio.client import Page, rows
from reconciler.providers.criaenvio.contatos import calls, wire
from reconciler.providers.criaenvio.contatos.calls import ContactFilter
from reconciler.providers.criaenvio.listas import calls as list_calls
from reconciler.providers.criaenvio.survey import Haul, Survey, Wanted, fetch
from reconciler.providers.criaenvio.wire import rows_of

_SIDE_BY_SIDE = 4
"""Contacts that are read at the same time, within the account's pace."""

_RELATIONS = {"listas": "grupos", "campos": "campos"}
"""Our field → the relation that carries it."""


def observe(survey: Survey) -> None:
    """The declared and remembered contacts, with lists and values for those whose decision needs them."""
    if not survey.any_of("contato"):
        return
    search = _Search(survey, _relations(survey))
    haul = fetch(search, _wanted(survey))
    if haul.total is not None:
        survey.totals["contato"] = haul.total
    _note_members(haul, survey)
    by_email = {str(row.get("email") or "").lower(): row_id for row_id, row in haul.rows.items()}
    found: dict[str, Observed] = {}
    wanted: dict[str, set[str]] = {}
    for item in survey.declared("contato"):
        live_id = _live_id(item, haul, by_email, survey)
        if live_id is not None:
            found[live_id] = wire.observed(haul.rows[live_id])
            wanted[live_id] = _needed(item, found[live_id], survey)
    for binding in survey.bindings("contato"):
        if binding.id in haul.rows and binding.id not in found:
            found[binding.id] = wire.observed(haul.rows[binding.id])
            wanted[binding.id] = _leaving(found[binding.id], survey)
    missing = {live_id: {f for f in fields if f not in found[live_id].fields} for live_id, fields in wanted.items()}
    _complete(found, {live_id: fields for live_id, fields in missing.items() if fields}, survey)
    survey.found["contato"] = tuple(found.values())


def _relations(survey: Survey) -> tuple[str, ...]:
    """The relations that at least one declared contact may need."""
    fields = {field for item in survey.declared("contato") for field in item.fields}
    leaving = sum(1 for _ in survey.bindings("contato")) > len(survey.declared("contato"))
    if ("ativo" in fields or leaving) and survey.declared("envio"):
        fields.add("listas")
    return tuple(relation for field, relation in _RELATIONS.items() if field in fields)


def _needed(item: Declared, observed: Observed, survey: Survey) -> set[str]:
    """What a decision about `item` needs: the fields that it declares, and its lists if it begins or ceases to receive
    sends, whose people are counted.
    """  # noqa: D205
    fields = {field for field in _RELATIONS if field in item.fields}
    turned = "ativo" in item.fields and item.fields["ativo"] != observed.fields["ativo"]
    return fields | {"listas"} if turned and survey.declared("envio") else fields


def _leaving(observed: Observed, survey: Survey) -> set[str]:
    """What letting a contact go needs: its lists, if it receives sends whose people are counted."""
    return {"listas"} if observed.fields["ativo"] and survey.declared("envio") else set()


def _wanted(survey: Survey) -> Wanted:
    """Bound contacts by id, the others by e-mail (a filter that finds substrings: the rows are compared)."""
    ids = {binding.id for binding in survey.bindings("contato")} | {d.id for d in survey.declared("contato") if d.id}
    emails = set()
    for item in survey.declared("contato"):
        if survey.known_id(item) is None:
            emails |= {item.address.key} | ({item.former.lower()} if item.former else set())
    return Wanted(ids=sorted(ids), texts=[("email", email) for email in sorted(emails)])


@dataclass(slots=True)
class _Search:
    """The contacts' search with every status; it asks for relations once the listing has advertised them.

    That a *listing* takes embeds is not documented, but answers advertise them (recorded): asked for, checked that the
    rows carry them, else left.
    """

    survey: Survey
    relations: tuple[str, ...]
    embeds: tuple[str, ...] | None = None

    def __call__(self, page: int, *, ids: tuple[str, ...] = (), email: str | None = None) -> Page:
        chosen = ContactFilter(status="todos", id=ids, email=email)
        if self.embeds is None:
            answer = calls.search(self.survey.client, chosen, page=page)
            self.embeds = self.relations if set(self.relations) <= set(answer.embeds) else ()
            if not self.embeds or not answer.rows:
                return answer
        answer = calls.search(self.survey.client, chosen, page=page, embeds=self.embeds)
        if answer.rows and not all(relation in row for row in answer.rows for relation in self.embeds):
            self.embeds = ()
        return answer


def _live_id(item: Declared, haul: Haul, by_email: Mapping[str, str], survey: Survey) -> str | None:
    known = survey.known_id(item)
    if known in haul.rows:
        return known
    return by_email.get(item.address.key) or by_email.get((item.former or "").lower())


def _note_members(haul: Haul, survey: Survey) -> None:
    """Whole memberships, when every contact of the account was read with all its lists."""
    if not haul.whole:
        return
    members: defaultdict[str, list[str]] = defaultdict(list)
    for row_id, row in haul.rows.items():
        groups = wire.carried(row, "grupos")
        if groups is None:
            return
        if wire.receives(row):
            for group in groups:
                members[str(group["id"])].append(row_id)
    for item in survey.found.get("lista", ()):
        _seat(item.id, members.get(item.id, ()), survey)


def _seat(lista: str, people: Iterable[str], survey: Survey) -> None:
    """Note who is in a list, by id."""
    seats = survey.seats
    bits = bytearray()
    for live_id in people:
        seat = seats.setdefault(live_id, len(seats))
        if len(bits) <= seat >> 3:
            bits.extend(bytes((seat >> 3) + 1 - len(bits)))
        bits[seat >> 3] |= 1 << (seat & 7)
    survey.members[lista] = int.from_bytes(bits, "little")


def _complete(found: dict[str, Observed], missing: Mapping[str, set[str]], survey: Survey) -> None:
    """Read what the listing did not carry: by contact, or memberships by list where that costs fewer calls."""
    alone = {live_id for live_id, fields in missing.items() if fields == {"listas"}}
    lists = _declared_lists(survey)
    pages = sum(max(1, ceil(_size(item) / 100)) for item in lists)
    if alone and pages < len(alone):
        _by_list(found, alone, lists, survey)
    else:
        alone = set()
    rest = sorted(set(missing) - alone)
    with ThreadPoolExecutor(_SIDE_BY_SIDE, thread_name_prefix="contato") as pool:
        read = [pool.submit(_by_contact, found[live_id], missing[live_id], survey) for live_id in rest]
        try:
            for live_id, reading in zip(rest, read, strict=True):
                found[live_id] = reading.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)  # after a failure nothing more is asked


def _by_contact(item: Observed, fields: set[str], survey: Survey) -> Observed:
    """One contact with its relations; pages of lists are followed to the end."""
    embeds = tuple(_RELATIONS[field] for field in sorted(fields))
    record = dict(calls.view(survey.client, item.id, embeds=embeds))
    page = 1
    while "grupos" in embeds and wire.carried(record, "grupos") is None:
        page += 1
        more = rows_of(calls.view(survey.client, item.id, embeds=("grupos",), page=page).get("grupos"))
        if not more:
            break
        record["grupos"] = {**record["grupos"], "data": [*rows_of(record["grupos"]), *more]}
    return replace(item, fields={**item.fields, **wire.observed(record).fields})


def _declared_lists(survey: Survey) -> list[Observed]:
    ids = {survey.known_id(item) for item in survey.declared("lista")}
    names = {item.fields["nome"] for item in survey.declared("lista")} | {i.former for i in survey.declared("lista")}
    return [item for item in survey.found.get("lista", ()) if item.id in ids or item.fields["nome"] in names]


def _size(item: Observed) -> int:
    count = item.fields.get("contatos_ativos")
    return count if isinstance(count, int) else 0


def _members(survey: Survey, lista: str) -> Callable[[int], Page]:
    return lambda page: list_calls.members(survey.client, lista, page=page)


def _by_list(found: dict[str, Observed], alone: set[str], lists: Iterable[Observed], survey: Survey) -> None:
    """Memberships of the declared lists, list by list, with everybody's e-mail for exact head-counts on the way."""
    joined: defaultdict[str, set[str]] = defaultdict(set)
    for item in lists:
        members = rows(_members(survey, item.id))
        for row in members:
            joined[str(row["id"])].add(item.id)
        _seat(item.id, (str(row["id"]) for row in members if wire.receives(row)), survey)
    for live_id in alone:
        found[live_id] = replace(found[live_id], fields={**found[live_id].fields, "listas": frozenset(joined[live_id])})
