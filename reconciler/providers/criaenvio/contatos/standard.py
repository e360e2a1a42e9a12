"""What live people are held against: who is declared, who is remembered, and whose remembrance is relied on. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final, Self

from reconciler.engine.columns import Table
from reconciler.engine.people import Bonds
from reconciler.engine.roll import Roll
from reconciler.engine.sight import Witness
from reconciler.providers.criaenvio.contatos.lens import Names

_HEAPS: Final = 64


@dataclass(frozen=True, slots=True)
class Standard:
    """What rows are held against.

    `pins` are live ids, `formers` e-mails that have to do with somebody about whom stamp and digest do not say all;
    `bound` counts the live ids that the ledger remembers, and that are to be read. With a `witness` its word is relied
    on; `unread` then says whom it is taken for so that nothing of them is read: place on the roll → 1 + place among the
    remembered, or 0 (empty: for nobody).
    """

    roll: Roll
    people: Table
    stamp: Callable[[str], bytes]
    names: Names
    pins: frozenset[str]
    formers: frozenset[str]
    bound: int
    witness: Witness | None = None
    unread: array[int] = field(default_factory=lambda: array("I"))

    @classmethod
    def of(cls, roll: Roll, people: Bonds, stamp: Callable[[str], bytes], names: Names) -> Standard:
        """The standard of a roll and a memory, whose word is not relied on."""
        bound, shared = _bound(people.table)
        pins = shared | {item.id for item in roll.special.values() if item.id}
        formers = frozenset(item.former.lower() for item in roll.special.values() if item.former)
        return cls(roll, people.table, stamp, names, frozenset(pins), formers, bound)

    def relying(self, witness: Witness) -> Self:
        """The same, relying on the ledger's word, which is of this witness."""
        return replace(self, witness=witness)

    def without_reading(self) -> Self:
        """The same, so that nobody is read for whom the ledger's word can be taken. Raises RowChangedError."""
        unread = array("I", bytes(4 * len(self.roll)))
        trusted = 0
        for place, item in enumerate(self.roll.read(self.roll)):
            known = self.people.place(self.stamp(item.address.key))
            if known is not None and self._is_plain(place, item.address.key, known) and self.says(place, known):
                unread[place] = known + 1
                trusted += 1
        return replace(self, unread=unread, bound=self.bound - trusted)

    def says(self, place: int, known: int | None) -> bool:
        """Whether the ledger's word is that somebody, remembered at `known`, is as is declared at `place` now."""
        if known is None or self.witness is None:
            return False
        return self.people.seen(known) == self.witness.digest(self.roll.said(place))

    def is_odd(self, place: int, live_id: str, email: str, known: int | None) -> bool:
        """Whether more has to do with a live one than the e-mail and the digest."""
        other = self.is_bound(live_id) if known is None else self.people.policy(known) is not None
        return other or place in self.roll.special or live_id in self.pins or email in self.formers

    def is_bound(self, live_id: str) -> bool:
        """Whether the ledger remembers anybody under this id."""
        return bool(self.people) and next(self.people.places_of_id(live_id), None) is not None

    def to_be_read(self) -> Iterator[int]:
        """The places of everybody who is remembered and of whom something has to be read."""
        taken = bytearray(len(self.people) + 1)
        for known in self.unread:
            taken[known] = 1
        return (place for place in range(len(self.people)) if not taken[place + 1])

    def _is_plain(self, place: int, email: str, known: int) -> bool:
        live_id = self.people.id(known)
        return bool(live_id) and not self.is_odd(place, live_id, email, known)


def _bound(people: Table) -> tuple[int, frozenset[str]]:
    """How many live ids are remembered, and those that more than one person is bound to."""
    heaps = [array("q") for _ in range(_HEAPS)]
    for place in range(len(people)):
        live_id = people.id(place)
        if live_id:
            mark = hash(live_id)
            heaps[mark & _HEAPS - 1].append(mark)
    distinct = sum(len(set(heap)) for heap in heaps)
    if distinct == sum(map(len, heaps)):
        return distinct, frozenset()
    ids = (people.id(place) for place in range(len(people)))
    return distinct, frozenset(each for each in ids if each and sum(1 for _ in people.places_of_id(each)) > 1)
