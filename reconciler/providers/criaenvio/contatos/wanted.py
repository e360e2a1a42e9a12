"""Whom a plan has to find in the account: counted without looking at everybody, wherever that is enough. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from math import ceil
from typing import Any

from reconciler.engine.model import Declared
from reconciler.providers.criaenvio.contatos.standard import Standard
from reconciler.providers.criaenvio.survey import IDS


class WantedPeople:
    """Who is remembered or pinned by id, who else is declared by e-mail (a filter that finds substrings).

    The roll does not know who is remembered: its rows are read again to find out, but only where it could matter.
    """

    everything = False

    def __init__(self, standard: Standard) -> None:
        self._standard = standard
        self._pinned = sorted(item.id for item in standard.roll.special.values() if item.id and self._is_new(item.id))
        self._emails: tuple[str, ...] | None = None

    def cost(self, limit: int) -> int:
        """Calls needed when they are looked up; where it is more than `limit`, anything that is."""
        roll, people = self._standard.roll, self._standard.people
        by_id = ceil((self._standard.bound + len(set(self._pinned))) / IDS)
        if self._emails is not None:
            return by_id + len(self._emails)
        least = by_id + len(roll) - len(people) - len(roll.special)
        if max(by_id, least) > limit:
            return max(by_id, least)
        found = tuple(islice(self._unknown(), limit - by_id + 1))
        if by_id + len(found) <= limit:
            self._emails = tuple(sorted(found))
        return by_id + len(found)

    def parts(self) -> Iterator[Mapping[str, Any]]:
        """What each look-up names."""
        ids = chain(dict.fromkeys(self._pinned), self._bound())
        while part := tuple(islice(ids, IDS)):
            yield {"ids": part}
        emails = sorted(self._unknown()) if self._emails is None else self._emails
        yield from ({"email": email} for email in emails)

    def _is_new(self, live_id: str) -> bool:
        return next(self._standard.people.places_of_id(live_id), None) is None

    def _bound(self) -> Iterator[str]:
        """Every live id that is remembered and has to be read, once."""
        people, shared = self._standard.people, set[str]()
        for place in self._standard.to_be_read():
            live_id = people.id(place)
            if live_id in self._standard.pins:
                if live_id in shared:
                    continue
                shared.add(live_id)
            if live_id:
                yield live_id

    def _unknown(self) -> Iterator[str]:
        """The e-mails under which those may be found of whom no id is known, each once."""
        roll = self._standard.roll
        seen: set[str] = set()
        for item in roll.read(roll):
            if self._has_id(item):
                continue
            for email in (item.address.key, item.former.lower() if item.former else None):
                if email is not None and email not in seen:
                    seen.add(email)
                    yield email

    def _has_id(self, item: Declared) -> bool:
        people = self._standard.people
        place = people.place(self._standard.stamp(item.address.key))
        return bool(item.id or (place is not None and people.id(place)))
