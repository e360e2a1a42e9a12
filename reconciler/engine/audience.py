"""Counts people, not objects: whom a send reaches once the plan's contact changes are made. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from reconciler.engine.model import Action, Address, Audience, Change

SENDS = frozenset({Action.SCHEDULE, Action.RESCHEDULE, Action.REPLACE, Action.RESUME})
"""Actions after which people get mail."""


class Reach(NamedTuple):
    """People behind some lists: how many, and whether that is exact or an upper bound (None: not known at all)."""

    people: int | None
    exact: bool


class Crowd:
    """The lists' people as a plan leaves them: whole memberships where they were read, else the account's counts."""

    def __init__(
        self,
        counts: Mapping[str, int | None],
        members: Mapping[str, frozenset[str]],
        changes: Iterable[Change],
        who: Callable[[Address], str] = lambda address: address.key,
    ) -> None:
        """`counts` maps lista key → people now (None: not known), `members` → who they are, where that is known.

        `who` says under which name `members` knows the one whom an address stands for.
        """
        moved: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for change in changes:
            for key, people in change.moves:
                moved[key][who(change.address)] += people
        self._counts = {
            key: None if count is None else max(0, count + moved[key].total()) for key, count in counts.items()
        }
        self._members = {key: _moved(known, moved[key]) for key, known in members.items()}

    def of(self, keys: Iterable[str]) -> Reach:
        """Everybody behind the lists `keys`, counted once where memberships are known."""
        wanted = sorted(set(keys))
        if all(key in self._members for key in wanted):
            return Reach(len(frozenset[str]().union(*(self._members[key] for key in wanted))), exact=True)
        counted = [self._of_one(key) for key in wanted]
        if any(count is None for count in counted):
            return Reach(None, exact=False)
        return Reach(sum(count for count in counted if count is not None), exact=len(wanted) == 1)

    def audience(self, keys: Iterable[str], start: datetime | None) -> Audience | None:
        """The audience of one send; None when the account does not say how many."""
        wanted = sorted(set(keys))
        reach = self.of(wanted)
        if reach.people is None:
            return None
        return Audience(reach.people, reach.exact, start, tuple((key, self.of([key]).people or 0) for key in wanted))

    def counted(self, key: str) -> int | None:
        """The account's own count of one list as the plan leaves it, which is what the account will show then."""
        return self._counts.get(key)

    def _of_one(self, key: str) -> int | None:
        return len(self._members[key]) if key in self._members else self._counts.get(key)


def _moved(members: frozenset[str], moves: Mapping[str, int]) -> frozenset[str]:
    left = {who for who, people in moves.items() if people < 0}
    return (members - left) | {who for who, people in moves.items() if people > 0}


def reached(changes: Iterable[Change], crowd: Crowd) -> tuple[int, bool]:
    """Everybody whom the sends among `changes` reach, each counted once, and whether that is exact."""
    keys = {key for change in changes if change.audience for key, _ in change.audience.lists}
    reach = crowd.of(keys)
    return (reach.people or 0, reach.exact) if keys else (0, True)
