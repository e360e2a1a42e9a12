"""What is remembered of one person, and of many on a sheet, as it is written down. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from operator import lt
from sys import byteorder
from typing import Final, NamedTuple

STAMP: Final = 16
"""Bytes of a stamp."""


class Bond(NamedTuple):
    """What is remembered of one person.

    `id` is the live contact's (empty: nothing live stands for the person any more), `policy` what is to become of it
    when it is no longer declared (`ao_remover`; None: whatever the account says), `former` are ids that it had before,
    oldest first. `seen` is a keyed digest of the declaration that the live contact was last found or made to be as
    (64 bits, see `engine.sight`; 0: not known).
    """

    stamp: bytes
    id: str
    policy: str | None = None
    former: tuple[str, ...] = ()
    seen: int = 0


class Sheet(NamedTuple):
    """Some bonds in columns, in the order of their stamps, as they are written down.

    `stamps` are joined; `policies` and `seen` have one for each, and are empty when nobody has one; `former` is by row,
    only for those who have former ids.
    """

    stamps: bytes
    ids: Sequence[str]
    policies: Sequence[str | None]
    former: Mapping[int, tuple[str, ...]]
    seen: Sequence[int] = ()

    @classmethod
    def of(cls, bonds: Sequence[Bond]) -> Sheet:
        """`bonds`, which are in order, in columns."""
        policies = [bond.policy for bond in bonds]
        former = {row: bond.former for row, bond in enumerate(bonds) if bond.former}
        stamps = b"".join([bond.stamp for bond in bonds])
        seen = [bond.seen for bond in bonds]
        return cls(
            stamps, [bond.id for bond in bonds], policies if any(policies) else (), former, seen if any(seen) else ()
        )

    def bonds(self) -> Iterator[Bond]:
        """Row by row. Raises ValueError if the columns do not have one length, or stamps are not in order."""
        self.halves()
        policies = self.policies or [None] * len(self.ids)
        digests = self.seen or [0] * len(self.ids)
        for row, (live_id, policy, seen) in enumerate(zip(self.ids, policies, digests, strict=True)):
            stamp = self.stamps[row * STAMP : (row + 1) * STAMP]
            yield Bond(stamp, live_id, policy, self.former.get(row, ()), seen)

    def halves(self) -> array[int]:
        """The stamps, two numbers each. Raises ValueError if columns differ in length, or stamps are not in order."""
        rows = len(self.ids)
        if len(self.stamps) != STAMP * rows or not {len(self.policies), len(self.seen)} <= {0, rows}:
            raise ValueError("its columns differ in length")
        halves = array("Q", self.stamps)
        if byteorder == "little":
            halves.byteswap()
        pairs = list(zip(halves[::2], halves[1::2], strict=True))
        if not all(map(lt, pairs, pairs[1:])):
            raise ValueError("stamps are not in order")
        return halves
