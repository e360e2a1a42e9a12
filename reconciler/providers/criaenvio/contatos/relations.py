"""What the listing did not carry: by contact, or memberships by list where that costs fewer calls; one at a time."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from heapq import merge
from itertools import groupby
from math import ceil
from typing import Any, TypeAlias

from reconciler.engine.model import Declared, Observed
from reconciler.engine.route import Route, Way
from reconciler.providers.criaenvio.contatos import whole, wire
from reconciler.providers.criaenvio.contatos.lens import RELATIONS
from reconciler.providers.criaenvio.contatos.sieve import Sieve
from reconciler.providers.criaenvio.contatos.standard import Standard
from reconciler.providers.criaenvio.listas import calls as list_calls
from reconciler.providers.criaenvio.pages import Row, Rows
from reconciler.providers.criaenvio.survey import Survey
from reconciler.providers.criaenvio.sweep import side_by_side, sweep

_SIDE_BY_SIDE = 4
"""Contacts that are read at the same time, within the account's pace."""

_LISTS = frozenset({"listas"})

_OF = "listas e campos dos contatos"

_Kept: TypeAlias = dict[str, frozenset[str]]
"""Fields that are missing of people who are kept, by live id."""


class Relations:
    """What is missing of those who were read: held back until then, or kept to be looked at."""

    def __init__(self, survey: Survey, standard: Standard, sieve: Sieve) -> None:
        self._survey = survey
        self._standard = standard
        self._sieve = sieve
        self._sends = bool(survey.declared("envio"))

    def complete(self) -> None:
        """Read it, and take it into the sieve. Raises Failure, RowChangedError."""
        if self._standard.witness is not None:
            self._sieve.rely()
        kept = self._missing(self._standard.roll.read(self._sieve.closer)) if self._sieve.kept else {}
        held = [self._sieve.missing(place, row) == _LISTS for place, _, row in self._sieve.waiting]
        alone = sum(1 for fields in kept.values() if fields == _LISTS) + sum(held)
        lists = self._declared_lists()
        pages = sum(max(1, ceil(_size(item) / 100)) for item in lists)
        by_list = alone > 0 and pages < alone
        before = self._survey.client.total
        if by_list:
            self._by_list(kept, lists)
        self._by_contact(kept)
        made = self._survey.client.total - before
        self._tell(len(kept) + len(held), alone, pages, Route(_OF, Way.LISTS if by_list else Way.ONE, made))

    def _tell(self, lacking: int, alone: int, pages: int, taken: Route) -> None:
        """Note the way that was taken, and what the others would have cost."""
        if lacking:
            ways = [(Way.ONE, lacking)] + ([(Way.LISTS, lacking - alone + pages)] if alone else [])
            others = tuple((way, calls) for way, calls in ways if way is not taken.way)
            self._survey.routes.append(replace(taken, others=others))
        elif self._sieve.trusted and self._sieve.held:
            self._survey.routes.append(Route(_OF, Way.LEDGER, 0, ((Way.ONE, self._sieve.trusted),)))
        elif self._sieve.related:
            self._survey.routes.append(Route(_OF, Way.LISTING, 0, ((Way.ONE, self._sieve.related),)))

    def _missing(self, declared: Iterable[Declared]) -> _Kept:
        """The fields that decisions about the people who are kept need, and that their rows did not carry."""
        kept = self._sieve.kept
        by_email = {str(item.fields["email"]).lower(): item.id for item in kept.values()}
        needed: dict[str, frozenset[str]] = {}
        for item in declared:
            live_id = self._live_id(item, by_email)
            if live_id is not None:
                needed[live_id] = self._needed(item, kept[live_id])
        for live_id, observed in kept.items():
            if live_id not in needed and any(True for _ in self._standard.people.places_of_id(live_id)):
                needed[live_id] = _LISTS if observed.fields["ativo"] and self._sends else frozenset()
        missing = {live_id: fields - kept[live_id].fields.keys() for live_id, fields in needed.items()}
        return {live_id: fields for live_id, fields in missing.items() if fields}

    def _live_id(self, item: Declared, by_email: Mapping[str, str]) -> str | None:
        """Whom the engine will match, among the people who are kept."""
        known = self._survey.known_id(item)
        if known in self._sieve.kept:
            return known
        return by_email.get(item.address.key) or by_email.get((item.former or "").lower())

    def _needed(self, item: Declared, observed: Observed) -> frozenset[str]:
        """What a decision about `item` needs: the fields that it declares, and its lists if it begins or ceases to
        receive sends, whose people are counted.
        """  # noqa: D205
        fields = frozenset(field for field in RELATIONS if field in item.fields)
        turned = "ativo" in item.fields and item.fields["ativo"] != observed.fields["ativo"]
        return fields | _LISTS if turned and self._sends else fields

    def _by_contact(self, kept: _Kept) -> None:
        """What is still missing, contact by contact: each is compared as it comes, and dropped if it is as declared."""
        with closing(side_by_side(self._read, self._unread(kept), _SIDE_BY_SIDE)) as read:
            for place, seat, row in read:
                if place is None:
                    self._keep(row)
                else:
                    self._sieve.complete(place, seat, row)

    def _unread(self, kept: _Kept) -> Iterator[tuple[int | None, int, Row, frozenset[str]]]:
        for live_id in sorted(kept):
            if kept[live_id] - self._sieve.kept[live_id].fields.keys():
                yield None, 0, {"id": live_id}, kept[live_id]
        for place, seat, row in self._sieve.waiting:
            fields = self._sieve.missing(place, row)
            if fields:
                turning = self._sends and self._sieve.says_active(place)
                yield place, seat, row, fields | _LISTS if turning else fields

    def _read(self, item: tuple[int | None, int, Row, frozenset[str]]) -> tuple[int | None, int, Row]:
        """One contact with its relations; pages of lists are followed to the end."""
        place, seat, row, fields = item
        live_id, embeds = str(row["id"]), tuple(RELATIONS[field] for field in sorted(fields))
        return place, seat, row | whole.record(self._survey.client, live_id, embeds)

    def _keep(self, row: Mapping[str, Any]) -> None:
        known, read = self._sieve.kept[str(row["id"])], wire.observed(row)
        self._sieve.kept[read.id] = replace(known, fields={**known.fields, **read.fields})

    def _by_list(self, kept: _Kept, lists: Sequence[Observed]) -> None:
        """Memberships of the declared lists, list by list, with everybody who is reached by them on the way."""
        rosters = {item.id: self._roster(item.id) for item in lists}
        everybody = array("q", _distinct(merge(*(roster.reached for roster in rosters.values()))))
        for lista, roster in rosters.items():
            self._survey.members[lista] = roster.bitmap(everybody)
        for live_id, fields in kept.items():
            if fields == _LISTS:
                known = self._sieve.kept[live_id]
                joined = frozenset(lista for lista, roster in rosters.items() if roster.has(live_id))
                self._sieve.kept[live_id] = replace(known, fields={**known.fields, "listas": joined})
        for place, seat, row in self._sieve.waiting:
            if self._sieve.missing(place, row) == _LISTS:
                joined_rows = [{"id": lista} for lista, roster in rosters.items() if roster.has(str(row["id"]))]
                self._sieve.complete(place, seat, {**row, "grupos": joined_rows})
        for live_id in self._sieve.kept:
            seat = bisect_left(everybody, hash(live_id))
            if everybody[seat : seat + 1] == array("q", (hash(live_id),)):
                self._survey.seats[live_id] = seat

    def _roster(self, lista: str) -> _Roster:
        roster = sweep(lambda page: list_calls.members(self._survey.client, lista, page=page), _Roster)
        roster.close()
        return roster

    def _declared_lists(self) -> list[Observed]:
        return [item for item in self._survey.found.get("lista", ()) if item.id in self._standard.names.lists]


class _Roster:
    """The members of one list, and those of them whom a send to it reaches: 64 bits of each one's id, in order."""

    def __init__(self) -> None:
        self._members = array("q")
        self.reached = array("q")

    def take(self, rows: Rows) -> None:
        """One more page of them."""
        for row in rows:
            mark = hash(str(row["id"]))
            self._members.append(mark)
            if wire.receives(row):
                self.reached.append(mark)

    def close(self) -> None:
        """All of them are there."""
        self._members, self.reached = array("q", sorted(self._members)), array("q", sorted(self.reached))

    def has(self, live_id: str) -> bool:
        """Whether one is a member."""
        mark = hash(live_id)
        place = bisect_left(self._members, mark)
        return place < len(self._members) and self._members[place] == mark

    def bitmap(self, everybody: array[int]) -> int:
        """Those who are reached, as bits at their places among `everybody`."""
        bits = bytearray(-(-len(everybody) // 8))
        for mark in self.reached:
            seat = bisect_left(everybody, mark)
            bits[seat >> 3] |= 1 << (seat & 7)
        return int.from_bytes(bits, "little")


def _distinct(ordered: Iterable[int]) -> Iterator[int]:
    return (mark for mark, _ in groupby(ordered))


def _size(item: Observed) -> int:
    count = item.fields.get("contatos_ativos")
    return count if isinstance(count, int) else 0
