"""Reading contatos: by page or by look-up, whichever costs fewer calls, past those who are declared and remembered."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from reconciler.engine.bond import Bond
from reconciler.engine.matching import match
from reconciler.engine.model import Address
from reconciler.engine.planner import MANY
from reconciler.engine.route import Route, Way
from reconciler.engine.scene import Scene, Sifted, Terms
from reconciler.engine.sight import Embeds, Refresh, Witness
from reconciler.providers.criaenvio.campos import decide as campo
from reconciler.providers.criaenvio.client import Client, Page
from reconciler.providers.criaenvio.contatos import calls
from reconciler.providers.criaenvio.contatos.calls import ContactFilter
from reconciler.providers.criaenvio.contatos.decide import idle
from reconciler.providers.criaenvio.contatos.lens import RELATIONS, Names
from reconciler.providers.criaenvio.contatos.relations import Relations
from reconciler.providers.criaenvio.contatos.sieve import Sieve
from reconciler.providers.criaenvio.contatos.standard import Standard
from reconciler.providers.criaenvio.contatos.wanted import WantedPeople
from reconciler.providers.criaenvio.listas import decide as lista
from reconciler.providers.criaenvio.pages import Rows
from reconciler.providers.criaenvio.survey import Reading, Survey, read
from reconciler.providers.criaenvio.sweep import sweep


def observe(survey: Survey) -> None:
    """The declared and remembered people: as objects only those about whom something may have to be decided."""
    roll, memory = survey.roll, survey.memory
    if not (roll or memory.people):
        return
    standard = _standard(survey)
    before = survey.client.count.get(str(calls.SEARCH), 0)
    found = read(_Search(survey, _relations(survey)), WantedPeople(standard), partial(Sieve, standard))
    sieve, turnout = found.reader, found.reader.turnout
    survey.routes.append(_route(found, survey.client.count.get(str(calls.SEARCH), 0) - before))
    Relations(survey, standard, sieve).complete()
    if found.whole and turnout.whole:
        survey.members.update(turnout.members())
        survey.seats.update(sieve.seats)
    survey.found["contato"] = tuple(sieve.kept.values())
    survey.totals["contato"] = _total(found)
    survey.people = sifted(sieve)


def _standard(survey: Survey) -> Standard:
    """What live people are held against; how much of it is the ledger's word, `refresh` says."""
    memory, names = survey.memory, _names(survey)
    standard = Standard.of(survey.roll, memory.people, memory.stamp, names)
    if survey.refresh is Refresh.FULL or not names.meanings.within(memory.sight.meanings):
        return standard
    relying = standard.relying(Witness(survey.secret, memory.sight.epoch))
    return relying.without_reading() if survey.refresh is Refresh.NONE else relying


def of_stamps(client: Client, stamp: Callable[[str], bytes], wanted: Collection[bytes]) -> list[Bond]:
    """Who among all contatos has one of these stamps. Raises Failure."""
    chosen = ContactFilter(status="todos")
    found = sweep(lambda page: calls.glance(client, chosen, page=page), lambda: _Known(stamp, wanted))
    return [Bond(known, live_id) for known, live_id in found.ids.items()]


@dataclass(slots=True)
class _Known:
    """Rows of people with some stamps: live id by stamp."""

    stamp: Callable[[str], bytes]
    wanted: Collection[bytes]
    ids: dict[bytes, str] = field(default_factory=dict)

    def take(self, rows: Rows) -> None:
        """The rows of one more page."""
        stamps = ((self.stamp(str(row.get("email") or "").lower()), str(row["id"])) for row in rows)
        self.ids.update((known, live_id) for known, live_id in stamps if known in self.wanted)


def _route(found: Reading[Sieve], made: int) -> Route:
    """How the people were found."""
    taken, other = (Way.PAGES, Way.LOOK_UPS) if found.whole else (Way.LOOK_UPS, Way.PAGES)
    return Route("contatos", taken, made, () if found.other is None else ((other, found.other),))


def _total(found: Reading[Sieve]) -> int:
    """How many contatos there are, or at least how many were found."""
    sieve = found.reader
    if found.whole:
        return sieve.rows
    return sieve.passed + len(sieve.kept) if found.total is None else found.total


def sifted(sieve: Sieve) -> Sifted:
    """What is left of the people who went through the sieve, for the planner. Raises RowChangedError."""
    declared = tuple(sieve.standard.roll.read(sieve.closer))
    warned = ((idle(Address("contato", ""), None), sieve.idle - MANY),) if sieve.idle > MANY else ()
    meanings = sieve.standard.names.meanings
    return Sifted(declared, sieve.passed, sieve.adopted, warned, sieve.trusted, sieve.bonds, meanings)


def _names(survey: Survey) -> Names:
    """What the declared listas and campos are in the account, by the engine's own matching."""
    parts = (*survey.declared("campo"), *survey.declared("lista"))
    scene = Scene(parts, survey.live, survey.memory, Terms(survey.clock.now()))
    for kind in (campo.KIND, lista.KIND):
        for _ in match(kind, scene):
            pass  # the plan tells what is blocked
    ids = {address: found.observed.id for address, found in scene.matches.items() if found.observed is not None}
    return Names(
        {live_id: address.key for address, live_id in ids.items() if address.kind == lista.KIND.name},
        {address.key: live_id for address, live_id in ids.items() if address.kind == campo.KIND.name},
    )


def _relations(survey: Survey) -> tuple[str, ...]:
    """The relations that at least one declared contact may need."""
    fields: set[str] = {field for shape in survey.roll.shapes for field in shape.fields}
    leaving = len(survey.memory.people) > len(survey.roll)
    if ("ativo" in fields or leaving) and survey.declared("envio"):
        fields.add("listas")
    return tuple(relation for field, relation in RELATIONS.items() if field in fields)


@dataclass(slots=True)
class _Search:
    """The contacts' search with every status; it asks for relations once the listing has advertised them.

    That a *listing* takes embeds is not documented, but answers advertise them (recorded): asked for, checked that the
    rows carry them, else left. Once they did, the ledger says so, and nobody waits for the advertisement; once they did
    not, they are not asked for again for some days.
    """

    survey: Survey
    relations: tuple[str, ...]
    embeds: tuple[str, ...] | None = None

    def __call__(self, page: int, *, ids: Iterable[str] = (), email: str | None = None) -> Page:
        chosen = ContactFilter(status="todos", id=tuple(ids), email=email)
        if self.embeds is None:
            self.embeds = self._remembered()
        if self.embeds is None:
            answer = calls.glance(self.survey.client, chosen, page=page)
            self.embeds = tuple(relation for relation in self._sought() if relation in answer.embeds)
            if not self.embeds or not answer.rows:
                return answer
        answer = calls.glance(self.survey.client, chosen, page=page, embeds=self.embeds)
        if answer.rows and self.embeds:
            self._learn([relation for relation in self.embeds if answer.carries(relation)])
        return answer

    def _sought(self) -> tuple[str, ...]:
        """The relations that are not known to be asked for in vain."""
        known = self.survey.memory.embeds
        vain = known.lacking if known is not None and known.fresh(self.survey.now) else frozenset()
        return tuple(relation for relation in self.relations if relation not in vain)

    def _remembered(self) -> tuple[str, ...] | None:
        """What to ask for, if the ledger says of each relation that is sought that the listing carries it."""
        known, sought = self.survey.memory.embeds, self._sought()
        carried = known.carried if known is not None else frozenset()
        return sought if carried.issuperset(sought) else None

    def _learn(self, carried: Sequence[str]) -> None:
        """The rows carry these relations: no others are asked for any more, and what is new is to be remembered."""
        asked, now = frozenset(self.embeds or ()), self.survey.now
        known = self.survey.embeds or self.survey.memory.embeds or Embeds(frozenset(), frozenset(), now)
        self.survey.embeds = known.learned(asked, frozenset(carried), now)
        self.embeds = tuple(carried)
