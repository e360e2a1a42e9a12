"""Counts people, not objects: whom a send reaches once the plan's contact changes are made. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce
from itertools import combinations
from operator import or_
from types import MappingProxyType
from typing import NamedTuple

from reconciler.engine.model import Action, Audience, Change
from reconciler.engine.overlap import Overlap

SENDS = frozenset({Action.SCHEDULE, Action.RESCHEDULE, Action.REPLACE, Action.RESUME})
"""Actions after which people get mail."""


_OVERLAPPING, _PAIRED = 2, 24
"""How many lists can overlap at all, and up to how many of them each pair is looked at."""


class Reach(NamedTuple):
    """People behind some lists: how many, and whether that is exact or an upper bound (None: not known at all)."""

    people: int | None
    exact: bool


class Crowd:
    """The lists' people as a plan leaves them: whole memberships where they were read, else the account's counts.

    A membership is a bitmap, an int in which everybody has a bit of their own, the same one in every list (their
    *seat*): a million people take 122 KiB a list.
    """

    def __init__(
        self,
        counts: Mapping[str, int | None],
        members: Mapping[str, int],
        changes: Iterable[Change],
        seats: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        """`counts` maps lista key → people now (None: not known), `members` → who they are, where that is known.

        `seats` says which bit of `members` is whose, by live id, for everybody live who may move.
        """
        moved: defaultdict[str, Counter[int | str]] = defaultdict(Counter)
        for change in changes:
            for key, people in change.moves:
                moved[key][_who(change, seats)] += people
        self._counts = {
            key: None if count is None else max(0, count + moved[key].total()) for key, count in counts.items()
        }
        seating = _Seating(max((known.bit_length() for known in members.values()), default=0))
        for moves in moved.values():
            seating.reserve(moves)
        self._members = {key: _moved(known, moved[key], seating) for key, known in members.items()}

    def of(self, keys: Iterable[str]) -> Reach:
        """Everybody behind the lists `keys`, counted once where memberships are known."""
        wanted = sorted(set(keys))
        if all(key in self._members for key in wanted):
            return Reach(reduce(or_, (self._members[key] for key in wanted), 0).bit_count(), exact=True)
        counted = [self._of_one(key) for key in wanted]
        if any(count is None for count in counted):
            return Reach(None, exact=False)
        return Reach(sum(count for count in counted if count is not None), exact=len(wanted) == 1)

    def who(self, keys: Iterable[str]) -> int | None:
        """Everybody behind the lists `keys`, a bit each; None where a membership is not known."""
        wanted = set(keys)
        return reduce(or_, (self._members[key] for key in wanted), 0) if wanted <= self._members.keys() else None

    def audience(self, keys: Iterable[str], start: datetime | None) -> Audience | None:
        """The audience of one send; None when the account does not say how many."""
        wanted = sorted(set(keys))
        reach = self.of(wanted)
        if reach.people is None:
            return None
        lists = tuple((key, self.of([key]).people or 0) for key in wanted)
        return Audience(reach.people, reach.exact, start, lists, self._overlap(wanted))

    def _overlap(self, wanted: Sequence[str]) -> Overlap | None:
        """How lists overlap; None of one, and where a membership is not known."""
        if len(wanted) < _OVERLAPPING or not all(key in self._members for key in wanted):
            return None
        once = several = 0
        for members in (self._members[key] for key in wanted):
            several |= once & members
            once |= members
        only = tuple((key, (self._members[key] & ~several).bit_count()) for key in wanted)
        pairs = combinations(wanted, 2) if len(wanted) <= _PAIRED else ()
        shared = ((one, other, (self._members[one] & self._members[other]).bit_count()) for one, other in pairs)
        found = sorted((pair for pair in shared if pair[2]), key=lambda pair: (-pair[2], pair))
        return Overlap(only, several.bit_count(), tuple(found))

    def counted(self, key: str) -> int | None:
        """The account's own count of one list as the plan leaves it, which is what the account will show then."""
        return self._counts.get(key)

    def _of_one(self, key: str) -> int | None:
        return self._members[key].bit_count() if key in self._members else self._counts.get(key)


def _who(change: Change, seats: Mapping[str, int]) -> int | str:
    """The one whom a change is about: as live, since who gets another address in this plan is one person, not two."""
    return str(change.address) if change.live_id is None else seats.get(change.live_id, f"={change.live_id}")


class _Seating:
    """The bits of everybody who moves; who had none so far gets one that is free in every list."""

    def __init__(self, free: int) -> None:
        self.free = free
        self._given: dict[str, int] = {}

    def reserve(self, people: Iterable[int | str]) -> None:
        """Leave to everybody who has a seat the one that they have."""
        self.free = max((self.free, *(seat + 1 for seat in people if isinstance(seat, int))))

    def of(self, who: int | str) -> int:
        """The seat of one person."""
        if isinstance(who, int):
            return who
        return self._given.setdefault(who, self.free + len(self._given))


def _moved(members: int, moves: Mapping[int | str, int], seating: _Seating) -> int:
    """Set and clear the bits of those who move: all in one pass, since an int cannot be changed in place."""
    steps = [(seating.of(who), people) for who, people in moves.items() if people]
    if not steps:
        return members
    size = max(members.bit_length(), 1 + max(seat for seat, _ in steps))
    bits = bytearray(members.to_bytes(-(-size // 8), "little"))
    for seat, people in steps:
        if people > 0:
            bits[seat >> 3] |= 1 << (seat & 7)
        else:
            bits[seat >> 3] &= ~(1 << (seat & 7))
    return int.from_bytes(bits, "little")


def reached(changes: Iterable[Change], crowd: Crowd) -> tuple[int, bool]:
    """Everybody whom the sends among `changes` reach, each counted once, and whether that is exact."""
    keys = {key for change in changes if change.audience for key, _ in change.audience.lists}
    reach = crowd.of(keys)
    return (reach.people or 0, reach.exact) if keys else (0, True)
