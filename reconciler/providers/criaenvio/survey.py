"""Reading an account for one plan: what is wanted, what was read so far, and the cheapest way to find some of many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from reconciler.engine.model import Binding, Declared, Observed
from reconciler.engine.scene import Live, Memory
from reconciler.providers.criaenvio.client import Client, Page, rows
from reconciler.transport import Clock

_IDS = 100
"""How many ids one search names: a page holds no more rows (reference: 100 at most)."""


Search: TypeAlias = Callable[..., Page]
"""A kind's search, bound to its client: (page, and `ids` or one text filter of the kind; without any, everything)."""


@dataclass(slots=True)
class Survey:
    """What one plan reads. Each kind's `observe` takes what it needs from `wanted` and adds to `found`."""

    client: Client
    zone: ZoneInfo
    clock: Clock
    wanted: Mapping[str, Sequence[Declared]]
    memory: Memory
    found: dict[str, tuple[Observed, ...]] = field(default_factory=dict)
    members: dict[str, int] = field(default_factory=dict)
    seats: dict[str, int] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)

    @property
    def live(self) -> Live:
        """What was read so far, as the engine takes it."""
        return Live(self.found, self.members, self.seats, self.totals)

    def declared(self, kind: str) -> Sequence[Declared]:
        """The declared resources of one kind."""
        return self.wanted.get(kind, ())

    def bindings(self, kind: str) -> Iterator[Binding]:
        """What the ledger remembers of one kind, declared or not."""
        return (binding for _, binding in self.memory.bindings() if binding.kind == kind and binding.id)

    def known_id(self, declared: Declared) -> str | None:
        """The live id that the ledger or a pin gives for a declared resource."""
        binding = self.memory.of(declared.address)
        return (binding.id if binding else None) or declared.id

    def unsettled(self, declared: Declared) -> bool:
        """Whether the ledger holds a call for a declared resource whose outcome is not known."""
        token = self.memory.token(declared.address)
        return any(self.memory.token(intent.address) == token for intent in self.memory.open_intents())

    def any_of(self, kind: str) -> bool:
        """Whether anything of this kind is declared or remembered: otherwise nothing is read for it."""
        return bool(self.declared(kind)) or any(True for _ in self.bindings(kind))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Some objects of a large collection: by id, and by one text filter each (which may find others beside them).

    `everything` says that only the whole collection will do.
    """

    ids: Sequence[str] = ()
    texts: Sequence[tuple[str, str]] = ()
    everything: bool = False

    @property
    def cost(self) -> int:
        """Calls needed when they are looked up instead of listed."""
        return ceil(len(self.ids) / _IDS) + len(self.texts)


@dataclass(frozen=True, slots=True)
class Haul:
    """Rows by id, whether they are the whole collection, and its size where it is known."""

    rows: Mapping[str, Mapping[str, Any]]
    whole: bool
    total: int | None


def fetch(search: Search, wanted: Wanted) -> Haul:
    """Read what is wanted by the cheaper of two routes: all pages, or look-ups. The first page's `total` decides.

    Ids that a look-up does not show are not there: filters by id are exact (reference: "lista de ids").
    """
    if not wanted.everything:
        if wanted.cost == 0:
            return Haul({}, whole=False, total=None)
        if wanted.cost == 1:
            return Haul(_by_id(_looked_up(search, wanted)), whole=False, total=None)
    first = search(1)
    if not wanted.everything and ceil(first.total / max(first.per_page, 1)) - 1 > wanted.cost:
        return Haul(_by_id(_looked_up(search, wanted)), whole=False, total=first.total)
    unread = [first]  # a listing that has to be read again is read from its first page
    whole = _by_id(rows(lambda page: unread.pop() if page == 1 and unread else search(page)))
    return Haul(whole, whole=True, total=len(whole))


def _looked_up(search: Search, wanted: Wanted) -> Iterator[Mapping[str, Any]]:
    ids = sorted(wanted.ids)
    for start in range(0, len(ids), _IDS):
        yield from rows(partial(search, ids=tuple(ids[start : start + _IDS])))
    for name, value in wanted.texts:
        yield from rows(partial(search, **{name: value}))


def _by_id(found: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {str(row["id"]): row for row in found if row.get("id")}
