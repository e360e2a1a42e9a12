"""Who is as declared, and not known to the ledger: held in a few bytes each, until an apply binds them. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from reconciler.engine.spool import Spool


class Adoptions:
    """Place on the roll, live id and e-mail (in lower case) of each."""

    def __init__(self) -> None:
        self.places = array("I")
        self._people = Spool()

    def add(self, place: int, live_id: str, email: str) -> None:
        """One more."""
        self.places.append(place)
        self._people.append((live_id, email))

    def id_of(self, place: int) -> str:
        """The live id of the one at a place."""
        found: str = self._people[self.places.index(place)][0]
        return found

    def __iter__(self) -> Iterator[tuple[int, str, str]]:
        return ((place, *person) for place, person in zip(self.places, self._people, strict=True))
