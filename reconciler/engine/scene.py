"""What a decision may look at: declared, live and remembered state, and what has been decided so far. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from reconciler.engine.audience import Crowd
from reconciler.engine.bond import Bond
from reconciler.engine.check import Elsewhere
from reconciler.engine.model import (
    Action,
    Address,
    Binding,
    Blocked,
    Change,
    Declared,
    Finding,
    Intent,
    Observed,
)
from reconciler.engine.people import Bonds
from reconciler.engine.route import Route
from reconciler.engine.rules import Rules
from reconciler.engine.sight import Embeds, Meanings, Sight, Witness
from reconciler.engine.waiting import Waiting


class Memory(Protocol):
    """The ledger's read side."""

    @property
    def fresh(self) -> bool:
        """Whether live sends may have been made on behalf of a ledger before this one, which was lost."""

    def token(self, address: Address) -> str:
        """The name under which the ledger keeps `address` (a keyed hash where the key is personal data)."""

    def of(self, address: Address) -> Binding | None:
        """What is remembered of `address`."""

    def bindings(self, kind: str = "") -> Iterable[tuple[str, Binding]]:
        """All that is remembered of one kind (empty: of every kind), as (token, binding)."""

    @property
    def people(self) -> Bonds:
        """What is remembered of people, as of now: a table, since of them there are too many for a binding each."""

    @property
    def sight(self) -> Sight:
        """Under which meanings the digests in `people` hold."""

    @property
    def embeds(self) -> Embeds | None:
        """What the listing of people was found to carry, if that was found out."""

    def stamp(self, email: str) -> bytes:
        """What stands for the person of this address (in lower case) in `people`: 16 bytes, in hex those of `token`."""

    def open_intents(self) -> Iterable[Intent]:
        """Calls that were begun and whose outcome nobody recorded."""


@dataclass(frozen=True, slots=True)
class Sifted:
    """What is left when declared and live people were compared while they were read, without an object for each.

    `declared` are those about whom something may have to be decided: what is live of them is among `Live.objects`. Of
    the others, who are as declared, `adopted` counts those whom the ledger does not know. `warned` are
    warnings that the decisions would have made of them: what each would say, and how many. `trusted` counts those for
    whom the ledger's word was taken, in whole or in part. `bonds` gives what the ledger should hold of who is as
    declared, as far as it does not, with the digests of a witness; `meanings` are those under which they were seen
    (None: nobody was looked for).
    """

    declared: tuple[Declared, ...] = ()
    passed: int = 0
    adopted: int = 0
    warned: tuple[tuple[Finding, int], ...] = ()
    trusted: int = 0
    bonds: Callable[[Witness], Iterable[Bond]] = lambda _: ()
    meanings: Meanings | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """What was read from the account.

    `objects` maps kind → live objects. `members` maps lista id → everybody whom a send to it reaches, a bit each, for
    lists whose whole membership was read; `seats` says which bit is whose, by live id, as far as they are `objects`.
    `totals` counts the live objects of a kind, where known. `people` are those who were compared as they were read,
    `routes` the ways in which they were, and `embeds` what their listing was found to carry, if that is news.
    """

    objects: Mapping[str, tuple[Observed, ...]] = field(default_factory=dict)
    members: Mapping[str, int] = field(default_factory=dict)
    seats: Mapping[str, int] = field(default_factory=dict)
    totals: Mapping[str, int] = field(default_factory=dict)
    people: Sifted = field(default_factory=Sifted)
    routes: tuple[Route, ...] = ()
    embeds: Embeds | None = None

    def of(self, kind: str) -> tuple[Observed, ...]:
        """The live objects of one kind, as far as they were read."""
        return self.objects.get(kind, ())


@dataclass(frozen=True, slots=True)
class Terms:
    """What the planning is bound by.

    `now` is aware; `rules` are the account's; `on_removal` maps kind → policy; `allow` is what `--allow` lets pass.
    `quiet` is how long an unknown outcome may still change (request deadline + longest server delay). `no_sends` says
    why no send may be scheduled, moved or resumed now, if that is so. `elsewhere` is what the other channels show.
    """

    now: datetime
    rules: Rules = field(default_factory=Rules)
    on_removal: Mapping[str, str] = field(default_factory=dict)
    allow: frozenset[str] = frozenset()
    quiet: timedelta = timedelta(seconds=150)
    no_sends: str = ""
    elsewhere: Elsewhere = field(default_factory=Elsewhere)

    def allows(self, rule: str, address: Address) -> bool:
        """Whether `--allow RULE=ADDRESS` was given."""
        return f"{rule}={address}" in self.allow


@dataclass(frozen=True, slots=True)
class Match:
    """Which live object an address stands for. `gone` is the bound id that is no longer live."""

    observed: Observed | None = None
    binding: Binding | None = None
    gone: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A declared resource seen from one that refers to it: its live id, or the changes that make it.

    `blocked` when there is neither.
    """

    key: str
    id: str | None
    needs: tuple[str, ...]
    blocked: bool


class Scene:
    """Filled kind by kind, in dependency order, so that later decisions see earlier ones.

    `crowd` counts people as the decisions taken so far leave them; the planner sets it anew before each kind.
    """

    crowd: Crowd

    def __init__(self, declared: Iterable[Declared], live: Live, memory: Memory, terms: Terms) -> None:
        self.declared: dict[Address, Declared] = {item.address: item for item in declared}
        self.live = live
        self.memory = memory
        self.terms = terms
        self.matches: dict[Address, Match] = {}
        self.changes: dict[Address, dict[Action, Change]] = {}
        self.blocked: dict[Address, list[Blocked]] = {}
        self.waiting: dict[Address, Waiting] = {}
        self._of_kind: dict[str, list[Declared]] = {}
        for item in sorted(self.declared.values(), key=lambda item: item.address):
            self._of_kind.setdefault(item.address.kind, []).append(item)
        self._references: dict[Address, Reference] = {}
        self.intents: dict[str, Intent] = {memory.token(intent.address): intent for intent in memory.open_intents()}

    def of_kind(self, kind: str) -> Sequence[Declared]:
        """Declared resources of one kind, by key, whatever order they were written in."""
        return self._of_kind.get(kind, ())

    def match(self, address: Address) -> Match:
        """What `address` stands for in the account."""
        return self.matches.get(address, Match())

    def planned(self, address: Address, action: Action) -> Change | None:
        """The change already decided for `address`, if there is one of this action."""
        return self.changes.get(address, {}).get(action)

    def settle(self, crowd: Crowd) -> None:
        """Go on to the next kind: what has been decided so far stands, and may be referred to."""
        self.crowd = crowd
        self._references.clear()

    def reference(self, kind: str, key: str) -> Reference:
        """How something else may refer to `kind.key` in this plan: a resource of an earlier kind, so that it stands."""
        address = Address(kind, key)
        if address not in self._references:
            self._references[address] = self._reference(address)
        return self._references[address]

    def _reference(self, address: Address) -> Reference:
        observed = self.match(address).observed
        made = self.changes.get(address, {})
        needs = tuple(change.id for change in made.values() if change.action in _MAKES)
        return Reference(
            address.key, observed.id if observed else None, needs, observed is None and Action.CREATE not in made
        )

    def open_intent(self, address: Address) -> Intent | None:
        """A call for `address` whose outcome is not known."""
        return self.intents.get(self.memory.token(address))

    def all_changes(self) -> Iterator[Change]:
        """Everything decided so far."""
        return (change for made in self.changes.values() for change in made.values())


_MAKES = frozenset({Action.CREATE, Action.UPDATE, Action.ACTIVATE})
