"""Creations of which there are many, written into the journal some hundreds at a time, before the first of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Final, Protocol

from reconciler.engine.model import Address, Change, Outcome, Status

AT_ONCE: Final = 500
"""So many creations stand in one entry at most: so many syncs fewer, and so many addresses to look for after a kill."""


class Announcing(Protocol):
    """The part of a journal that takes announcements."""

    def announce(self, addresses: Sequence[Address]) -> None:
        """Each of `addresses` may be created from now on. Durable when it returns."""

    def withdraw(self, addresses: Sequence[Address]) -> None:
        """Of what was announced, these were not created, and will not be."""


class Herald:
    """Announces the creations of one run. For objects that the server itself knows by their natural key.

    What came of an announced creation is seen by that key, however often a run is killed. So one entry serves for
    hundreds, and a binding ends what was announced; what was not made is withdrawn when the run ends. Used from several
    threads: whoever comes while another announces waits until that is durable.
    """

    def __init__(self, journal: Announcing, creations: Iterable[Change]) -> None:
        """`creations` in the order in which they will be made, more or less."""
        self._journal = journal
        self._later = deque(creations)
        self._unmade = {change.id: change.address for change in self._later}
        self._told: set[str] = set()
        self._lock = Lock()

    def announce(self, change: Change) -> None:
        """To be called before `change` is made; it, and the next ones, are announced unless they were."""
        with self._lock:
            if change.id not in self._unmade or change.id in self._told:
                return
            some = {change.id: change.address}
            while self._later and len(some) < AT_ONCE:
                other = self._later.popleft()
                if other.id not in self._told:
                    some[other.id] = other.address
            self._journal.announce(tuple(some.values()))
            self._told.update(some)

    def heard(self, outcomes: Iterable[Outcome]) -> None:
        """What came of some changes: whatever was made, or may have been, is not to be withdrawn."""
        with self._lock:
            for outcome in outcomes:
                if outcome.status in (Status.DONE, Status.UNKNOWN):
                    self._unmade.pop(outcome.change.id, None)

    def close(self) -> None:
        """Withdraw what was announced and not made; to be called when nothing is made any more."""
        with self._lock:
            left = [address for name, address in self._unmade.items() if name in self._told]
            if left:
                self._journal.withdraw(left)
            self._told.clear()
