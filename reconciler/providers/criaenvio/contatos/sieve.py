"""Live people beside declared and remembered ones, row by row: who is as declared leaves nothing but a mark. Pure.

A million people are as declared, and a few are not. A row is dropped as soon as it is certain that the decisions about
contatos would come to nothing: it is found by the e-mail, its digest is that of the declared row, and no pin, policy,
earlier address or other binding has to do with it. Everybody else is kept as an object, and goes the way of all kinds
(`engine.matching`, `contatos.decide`). So a plan is the same whether rows go through the sieve or not
(tests/laws/test_sieve_laws.py); who is let through is only ever an adoption, which is counted.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from msgspec import UNSET

from reconciler.engine.bond import Bond
from reconciler.engine.model import Observed
from reconciler.engine.planner import MANY
from reconciler.engine.sight import Witness
from reconciler.engine.spool import Spool
from reconciler.providers.criaenvio.contatos import wire
from reconciler.providers.criaenvio.contatos.adoptions import Adoptions
from reconciler.providers.criaenvio.contatos.lens import Lens, Turnout, plainly
from reconciler.providers.criaenvio.contatos.shown import Shown
from reconciler.providers.criaenvio.contatos.standard import Standard
from reconciler.providers.criaenvio.pages import Packed, Row, Rows
from reconciler.providers.criaenvio.wire import flag

_REMEMBERED: Final = 4096
"""How many of the forms in which lists are written are kept with what they say."""

_UNSEEN, _PASSED, _CLOSER, _HELD = 0, 1, 2, 3
"""What is known of a declared one: nothing; as declared; to be looked at as an object; its relations are not read."""


class Sieve:
    """One reading of the account's contatos, into which its rows are taken.

    `kept` are the live people who have to be looked at, by id, `seats` says who they are in the bitmaps of `turnout`.
    `held` are rows whose relations have yet to be read: (place on the roll, seat, row). `adopted` counts those who are
    as declared and whom the ledger does not know. `idle` counts those who are as declared,
    inactive, and do not say whether they should be: the first few are kept, to be told one by one. `rows` counts rows,
    `related` those of people who declare listas or campos. `trusted` counts those for whom the ledger's word was taken.
    """

    def __init__(self, standard: Standard) -> None:
        self.standard = standard
        self.kept: dict[str, Observed] = {}
        self.seats: dict[str, int] = {}
        self.held = Spool()
        self.idle = 0
        self.rows = 0
        self.related = 0
        self.trusted = len(standard.unread) - standard.unread.count(0)
        self.turnout = Turnout(standard.names.lists)
        self._known = standard.unread[:] or array("I", bytes(4 * len(standard.roll)))
        self._marks = bytearray(map(bool, self._known))  # who is not read is as declared
        self._groups: dict[bytes, tuple[str, ...] | None] = {}
        self._adoptions = Adoptions()
        self._roll, self._people = standard.roll, standard.people
        self._wary = bool(self._people or self._roll.special or standard.pins or standard.formers)
        self._lenses: dict[int, Lens] = {}

    def take(self, rows: Rows) -> None:
        """The rows of one more page."""
        first = self.turnout.seats
        rest: Iterable[tuple[int, Row]]
        if isinstance(rows, Packed):
            shown = cast("Sequence[Shown]", rows.records)
            lists = [None if each.grupos is UNSET else self._lists_of(bytes(each.grupos)) for each in shown]
            reached = [_receives(each) for each in shown]
            doubtful = (nth for nth, each in enumerate(shown) if not self._passes(each, lists[nth]))
            rest = ((nth, shown[nth].row()) for nth in doubtful)  # as they come: each may be like one before it
        else:
            lists = [wire.lists_of(row, self.turnout.met) for row in rows]
            reached, rest = [wire.receives(row) for row in rows], enumerate(rows)
        self.turnout.add(lists, reached)
        for nth, row in rest:
            self._sift(row, first + nth, lists[nth])
        self.rows += len(rows)

    def _lists_of(self, grupos: bytes) -> tuple[str, ...] | None:
        """The ids of the lists of a row, whose relation is written so."""
        try:
            return self._groups[grupos]
        except KeyError:
            if len(self._groups) > _REMEMBERED:
                self._groups.clear()
            found = self._groups[grupos] = wire.lists_of({"grupos": json.loads(grupos)})
            return found

    def _passes(self, shown: Shown, lists: tuple[str, ...] | None) -> bool:
        """Let a row through that is plainly as declared; whatever it is else, `_sift` has to see.

        What is asked here is what is asked there, of a row as the vendor documents it.
        """
        email = shown.email
        if email.__class__ is not str or not email:
            return False
        email = email.lower()
        place = self._roll.place(email)
        if place is None or self._marks[place] != _UNSEEN:
            return False
        known = None
        if self._wary:  # of most people who are new to the ledger there is nothing to be asked
            known = self._people.place(self.standard.stamp(email))
            other = known is not None and self._people.id(known) != shown.id
            if other or self.standard.is_odd(place, shown.id, email, known):
                return False
        lens = self._lenses.get(self._roll.shape_of[place]) or self._lens(place)
        told = not (lens.says_active or shown.ativo is True)
        if told or not lens.plainly_shows(shown, lists, self._roll.digests[place]):
            return False
        self.related += bool(lens.needs)
        self._pass(place, known, shown.id, email)
        return True

    def complete(self, place: int, seat: int, row: Row) -> None:
        """A row that was held, with its relations; not if it has turned out since that there is another like it."""
        if self._marks[place] != _HELD:
            return
        email = _email(row)
        if self._roll.find(email) == place:
            lens, digest = self._lens(place), self._roll.digests[place]
            if lens.shows(row, wire.lists_of(row), digest) and not self._is_told(lens, row):
                self._pass(place, self._people.place(self.standard.stamp(email)), str(row["id"]), email)
                return
        self._closer(place, row, seat)  # also who got another address meanwhile

    @property
    def waiting(self) -> Iterator[tuple[int, int, Row]]:
        """The rows that are held still."""
        return (held for held in self.held if self._marks[held[0]] == _HELD)

    def rely(self) -> None:
        """Take the ledger's word for what held rows do not carry, if they show of themselves what is declared.

        Raises RowChangedError.
        """
        standard, roll = self.standard, self._roll
        said = bytearray(len(roll))
        for place, _, row in self.waiting:
            said[place] = standard.says(place, self._place_of(row))
        if not any(said):
            return
        declared = array("q", bytes(8 * len(roll)))
        places = array("I", (place for place, told in enumerate(said) if told))
        for place, item in zip(places, roll.read(places), strict=True):
            declared[place] = plainly(roll.shape(place), item.fields)
        for place, seat, row in self.waiting:
            if said[place] and self._lens(place).plainly(row) == declared[place]:
                self._rely_on(place, seat, row)

    def _rely_on(self, place: int, seat: int, row: Row) -> None:
        """Take the ledger's word for one held row."""
        self.trusted += 1
        known, lens = self._place_of(row), self._lens(place)
        if self._is_told(lens, row):
            self._closer(place, row, seat)
            kept = self.kept[str(row["id"])]
            seen = self.standard.names.as_live(self._roll.declared(place), kept.id)
            unread = {name: seen.fields[name] for name in lens.needs}
            self.kept[kept.id] = replace(kept, fields={**kept.fields, **unread})
        elif known is not None:
            self._marks[place], self._known[place] = _PASSED, known + 1

    def missing(self, place: int, row: Row) -> frozenset[str]:
        """The fields that a held row does not carry."""
        return self._lens(place).missing(row, wire.lists_of(row))

    def says_active(self, place: int) -> bool:
        """Whether the declared one at a place says whether it is active."""
        return self._lens(place).says_active

    @property
    def passed(self) -> int:
        """How many are just as declared."""
        return self._marks.count(_PASSED)

    def bonds(self, witness: Witness) -> Iterator[Bond]:
        """What the ledger should hold of who is just as declared, as far as it does not: with digests of a witness."""
        people, roll = self._people, self._roll
        for place, mark in enumerate(self._marks):
            known = self._known[place] - 1
            if mark == _PASSED and known >= 0:
                seen = witness.digest(roll.said(place))
                if seen != people.seen(known):
                    yield people.bond(known)._replace(seen=seen)
        for place, live_id, email in self._adoptions:
            if self._marks[place] == _PASSED:
                yield Bond(self.standard.stamp(email), live_id, seen=witness.digest(roll.said(place)))

    @property
    def closer(self) -> Iterator[int]:
        """The places of everybody declared who is to be looked at, those who are not live among them."""
        return (place for place, mark in enumerate(self._marks) if mark in (_UNSEEN, _CLOSER))

    @property
    def adopted(self) -> int:
        """How many are as declared, and not known to the ledger."""
        return sum(1 for place in self._adoptions.places if self._marks[place] == _PASSED)

    def _sift(self, row: Row, seat: int, lists: tuple[str, ...] | None) -> None:
        """Whether a row has to do with anybody, and if so, whether it has to be looked at."""
        standard, people, roll = self.standard, self._people, self._roll
        live_id, email = str(row["id"]), _email(row)
        place = roll.place(email) if email else None
        if place is None:
            if live_id in standard.pins or email in standard.formers or standard.is_bound(live_id):
                self._keep(row, seat)
            return
        known = people.place(standard.stamp(email)) if people else None
        if known is not None and people.id(known) != live_id:
            self._keep(row, seat)  # the address stands for another, who may come yet
        elif standard.is_odd(place, live_id, email, known):
            self._contest(place, row, seat)
        elif self._marks[place] == _UNSEEN:
            lens = self._lens(place)
            self.related += bool(lens.needs)
            shown = lens.shows(row, lists, roll.digests[place])
            if shown is None:
                self._marks[place] = _HELD
                self.held.append((place, seat, row))
            elif not shown or self._is_told(lens, row):
                self._closer(place, row, seat)
            else:
                self._pass(place, known, live_id, email)
        elif known is None:  # who is bound to this very id is only shown twice, as look-ups may do
            self._contest(place, row, seat)

    def _is_told(self, lens: Lens, row: Row) -> bool:
        """Whether somebody is looked at only to be told of; a few are, and many are counted."""
        if lens.says_active or row.get("ativo") is True or flag(row, "ativo") or flag(row, "descadastrado"):
            return False
        self.idle += 1
        return self.idle <= MANY

    def _pass(self, place: int, known: int | None, live_id: str, email: str) -> None:
        """Let somebody through, who is remembered at `known`, or else is adopted."""
        self._marks[place] = _PASSED
        if known is not None:
            self._known[place] = known + 1
        else:
            self._adoptions.add(place, live_id, email)

    def _place_of(self, row: Row) -> int | None:
        """Where the one is remembered whose row this is."""
        return self._people.place(self.standard.stamp(_email(row)))

    def _contest(self, place: int, row: Row, seat: int) -> None:
        """A row that is not let through; if another was found for the same declared one before, that is not either."""
        first = self._first(place)
        if first is not None:
            if first.id == str(row["id"]):
                return
            self.kept[first.id] = first
        self._closer(place, row, seat)

    def _first(self, place: int) -> Observed | None:
        """The live one who was found before for a declared one that is not bound, and was not kept.

        The row of who was let through is gone, and known all the same: it shows all that is declared.
        """
        if self._marks[place] == _HELD:
            return next(wire.observed(row) for held, _, row in self.held if held == place)
        if self._marks[place] == _PASSED:
            live_id = self._adoptions.id_of(place)
            declared = next(iter(self._roll.read([place])))
            return self.standard.names.as_live(declared, live_id)
        return None

    def _closer(self, place: int, row: Row, seat: int) -> None:
        self._marks[place] = _CLOSER
        self._keep(row, seat)

    def _keep(self, row: Row, seat: int) -> None:
        observed = wire.observed(row)
        self.kept[observed.id] = observed
        self.seats[observed.id] = seat

    def _lens(self, place: int) -> Lens:
        """The lens for the shape of a declared one; shapes are few."""
        number = self._roll.shape_of[place]
        lens = self._lenses.get(number)
        if lens is None:
            lens = self._lenses[number] = Lens(self._roll.shapes[number], self.standard.names)
        return lens


def _receives(shown: Shown) -> bool:
    return (shown.ativo is True and shown.descadastrado is False) or wire.receives(shown.row())


def _email(row: Mapping[str, Any]) -> str:
    return str(row.get("email") or "").lower()
