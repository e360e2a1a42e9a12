"""Reading an account for one plan: what is wanted, what was read so far, and the cheapest way to find some of many."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from math import ceil
from typing import Any, Generic, Protocol, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from reconciler.engine.model import Binding, Declared, Observed
from reconciler.engine.roll import Roll
from reconciler.engine.route import Route
from reconciler.engine.scene import Live, Memory, Sifted
from reconciler.engine.sight import Embeds, Refresh
from reconciler.providers.criaenvio.client import Client, Page, rows
from reconciler.providers.criaenvio.pages import Rows
from reconciler.providers.criaenvio.sweep import Reader, sweep
from reconciler.transport import Clock

IDS = 100
"""How many ids one search names: a page holds no more rows (reference: 100 at most)."""


R = TypeVar("R", bound=Reader)

Search: TypeAlias = Callable[..., Page]
"""A kind's search, bound to its client: (page, and `ids` or one text filter of the kind; without any, everything)."""


@dataclass(slots=True)
class Survey:
    """What one plan reads. Each kind's `observe` takes what it needs from what is declared and adds to `found`.

    The declared people are not among `resources`: they are the `roll`. With `refresh` and `secret`, which is made of
    the account's key, the ledger's word is taken for some of them.
    """

    client: Client
    zone: ZoneInfo
    clock: Clock
    resources: Sequence[Declared]
    roll: Roll
    memory: Memory
    refresh: Refresh = Refresh.FULL
    secret: bytes = b""
    found: dict[str, tuple[Observed, ...]] = field(default_factory=dict)
    members: dict[str, int] = field(default_factory=dict)
    seats: dict[str, int] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)
    people: Sifted = field(default_factory=Sifted)
    routes: list[Route] = field(default_factory=list)
    embeds: Embeds | None = None

    @property
    def live(self) -> Live:
        """What was read so far, as the engine takes it."""
        routes = tuple(self.routes)
        return Live(self.found, self.members, self.seats, self.totals, self.people, routes, self.embeds)

    @property
    def now(self) -> datetime:
        """The API's time, as of its last answer; this machine's until there is one."""
        return self.client.server_time or self.clock.now()

    def declared(self, kind: str) -> Sequence[Declared]:
        """The declared resources of one kind."""
        return [item for item in self.resources if item.address.kind == kind]

    def bindings(self, kind: str) -> Iterator[Binding]:
        """What the ledger remembers of one kind, declared or not."""
        return (binding for _, binding in self.memory.bindings(kind) if binding.id)

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


class Sought(Protocol):
    """Some objects of a large collection, which can be looked up instead of listed."""

    @property
    def everything(self) -> bool:
        """Whether only the whole collection will do."""

    def cost(self, limit: int) -> int:
        """Calls needed when they are looked up; where it is more than `limit`, anything that is."""

    def parts(self) -> Iterator[Mapping[str, Any]]:
        """What each look-up names: `ids`, or one text filter (which may find others beside them)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Few enough objects to be held: by id, and by one text filter each."""

    ids: Sequence[str] = ()
    texts: Sequence[tuple[str, str]] = ()
    everything: bool = False

    def cost(self, _limit: int) -> int:
        """Calls needed when they are looked up instead of listed."""
        return ceil(len(self.ids) / IDS) + len(self.texts)

    def parts(self) -> Iterator[Mapping[str, Any]]:
        """What each look-up names."""
        ids = sorted(self.ids)
        yield from ({"ids": tuple(ids[start : start + IDS])} for start in range(0, len(ids), IDS))
        yield from ({name: value} for name, value in self.texts)


@dataclass(frozen=True, slots=True)
class Reading(Generic[R]):
    """What a collection was read into, whether that is all of it, and its size, if that was told and it is not.

    `other` is the least that the other route would have cost, where that is known.
    """

    reader: R
    whole: bool
    total: int | None = None
    other: int | None = None


def read(search: Search, sought: Sought, begin: Callable[[], R]) -> Reading[R]:
    """Read what is sought by the cheaper of two routes: all pages, or look-ups. The first page's `total` decides.

    Ids that a look-up does not show are not there: filters by id are exact (reference: "lista de ids").
    """
    if not sought.everything:
        few = sought.cost(1)
        if few <= 1:
            return Reading(_looked_up(search, sought, begin) if few else begin(), whole=False)
    first = search(1)
    pages = ceil(first.total / max(first.per_page, 1)) - 1
    cost = None if sought.everything else sought.cost(pages)
    if cost is not None and pages > cost:
        return Reading(_looked_up(search, sought, begin), whole=False, total=first.total, other=pages + 1)
    unread = [first]  # a listing that has to be read again is read from its first page
    reader = sweep(lambda page: unread.pop() if page == 1 and unread else search(page), begin)
    return Reading(reader, whole=True, other=cost)


def _looked_up(search: Search, sought: Sought, begin: Callable[[], R]) -> R:
    reader = begin()
    for part in sought.parts():
        reader.take(rows(partial(search, **part)))
    return reader


@dataclass(frozen=True, slots=True)
class Haul:
    """Rows by id, few enough to be held."""

    rows: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def take(self, rows: Rows) -> None:
        """The rows of one more page."""
        self.rows.update((str(row["id"]), row) for row in rows)


def fetch(search: Search, wanted: Wanted) -> Haul:
    """The rows of what is wanted, and of what was found beside it."""
    return read(search, wanted, Haul).reader
