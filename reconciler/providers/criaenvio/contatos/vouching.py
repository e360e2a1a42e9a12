"""What an apply leaves in the ledger of how people were seen: before its calls, and after them.

Whoever is about to be changed is known to be as nothing from before the first call on: a run that is killed half-way
leaves nobody of whom the ledger says what is no longer so. All of it is written many at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from reconciler.engine.bond import Bond
from reconciler.engine.model import Action, Address, Declared, Outcome, Status
from reconciler.engine.plan import Plan
from reconciler.engine.roll import Roll
from reconciler.engine.scene import Scene
from reconciler.engine.sight import Embeds, Meanings, Sight, Witness
from reconciler.providers.criaenvio.campos.decide import KIND as CAMPO
from reconciler.providers.criaenvio.contatos.decide import KIND as CONTATO
from reconciler.providers.criaenvio.listas.decide import KIND as LISTA


class Register(Protocol):
    """The ledger, as far as it keeps people, and how they were seen."""

    @property
    def sight(self) -> Sight:
        """Under which meanings its digests hold."""

    def see(self, sight: Sight) -> None:
        """They hold under this sight from now on."""

    def carries(self, embeds: Embeds) -> None:
        """What the listing of people carries."""

    def bind(self, bonds: Iterable[Bond]) -> None:
        """Remember these people."""

    def vouch(self, seen: Iterable[tuple[bytes, int]]) -> None:
        """Take these digests for those of the people with these stamps."""

    def doubt(self, stamps: Iterable[bytes]) -> None:
        """Of the people with these stamps it is not known any more how they are. Durable when it returns."""


@dataclass(frozen=True, slots=True)
class Vouching:
    """How people were seen when a plan was made, and what came of them when it was applied."""

    plan: Plan
    scene: Scene
    roll: Roll
    secret: bytes

    def begin(self, register: Register) -> None:
        """Before the first call: who is as declared, and of whom nothing is known until the calls are made."""
        live = self.scene.live
        if live.embeds is not None:
            register.carries(live.embeds)
        if live.people.meanings is None:
            return
        sight = register.sight.now(live.people.meanings)
        register.see(sight)
        register.bind(live.people.bonds(Witness(self.secret, sight.epoch)))
        register.doubt(self.scene.memory.stamp(address.key) for address in self._changed())

    def end(self, register: Register, outcomes: Collection[Outcome], ids: Mapping[Address, str]) -> None:
        """After the last call: who was made to be as declared. `ids` are the live ids of all addresses now."""
        seen = self.scene.live.people.meanings
        if seen is None:
            return
        made = self._made(outcomes, ids)
        meanings = Meanings({**seen.lists, **made[LISTA.name]}, {**seen.fields, **made[CAMPO.name]})
        witness = Witness(self.secret, register.sight.epoch)
        done = self._done(outcomes, meanings)
        register.vouch((self.scene.memory.stamp(email), witness.digest(self.roll.said(place))) for email, place in done)
        register.see(Sight(register.sight.epoch, meanings))

    def _changed(self) -> Iterator[Address]:
        return iter({change.address for change in self.plan.changes if change.address.kind == CONTATO.name})

    def _made(self, outcomes: Iterable[Outcome], ids: Mapping[Address, str]) -> Mapping[str, dict[str, str]]:
        """The listas and campos that were created, key → id: nobody is in one, or has a value, but by this run."""
        made: dict[str, dict[str, str]] = {LISTA.name: {}, CAMPO.name: {}}
        for outcome in outcomes:
            address, action = outcome.change.address, outcome.change.action
            if address.kind in made and action is Action.CREATE and outcome.status is Status.DONE and address in ids:
                made[address.kind][address.key] = ids[address]
        return made

    def _done(self, outcomes: Iterable[Outcome], meanings: Meanings) -> Iterator[tuple[str, int]]:
        """Everybody, by e-mail and place, of whom each part of the declaration was made so, or was so before."""
        undone = {outcome.change.address for outcome in outcomes if outcome.status is not Status.DONE}
        for address in self._changed():
            item, place = self.scene.declared.get(address), self.roll.find(address.key)
            if item is None or place is None or place in self.roll.special:
                continue
            if address not in undone and address not in self.scene.blocked and _all_live(item, meanings):
                yield address.key, place


def _all_live(item: Declared, meanings: Meanings) -> bool:
    """Whether all that is referred to is live: what is not is waited for, and no difference yet."""
    lists = cast("frozenset[str]", item.fields.get("listas") or frozenset())
    values = cast("Mapping[str, str]", item.fields.get("campos") or {})
    return lists <= meanings.lists.keys() and values.keys() <= meanings.fields.keys()
