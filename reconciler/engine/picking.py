"""Of the objects that a source shows, those that are wanted, one by one as they come. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from reconciler.engine.channels import Observation
from reconciler.engine.check import Newest, Where


class Picking:
    """Iterate over what meets `where`, or over the newest of that. `count` says how many there were so far.

    `unsure` counts those that are left out since what is asked is not told of them. Of the newest only one moment's are
    held; all else goes through.
    """

    def __init__(self, observations: Iterable[Observation], where: Where, newest: Newest | None) -> None:
        self.count = 0
        self.unsure = 0
        self._observations = observations
        self._where = where
        self._newest = newest

    def __iter__(self) -> Iterator[Observation]:
        for each in self._met() if self._newest is None else self._latest(self._newest.field):
            self.count += 1
            yield each

    def _met(self) -> Iterator[Observation]:
        for each in self._observations:
            met = self._where.met(each)
            self.unsure += met is None
            if met:
                yield each

    def _latest(self, name: str) -> Iterator[Observation]:
        """The one whose time is the latest, or all of those."""
        latest: datetime | None = None
        found: list[Observation] = []
        for each in self._met():
            value = each.fields.get(name)
            if not isinstance(value, datetime):
                continue
            if latest is None or value > latest:
                latest, found = value, []
            if value == latest:
                found.append(each)
        yield from found
