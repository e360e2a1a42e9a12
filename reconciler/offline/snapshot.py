"""A whole account at one moment, as it was read: what a snapshot file holds, and what a rehearsal is played on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from reconciler.app import api_time
from reconciler.config import Account
from reconciler.engine.bond import Bond
from reconciler.engine.channels import Observation
from reconciler.engine.check import Channels, NoChannels, UnreadableError, Where
from reconciler.engine.model import Address, Intent, Observed
from reconciler.engine.people import Bonds
from reconciler.engine.sight import NOTHING_SEEN
from reconciler.ledger import State
from reconciler.ledger.state import SANDBOX
from reconciler.ledger.uses import Uses
from reconciler.offline.packing import packed
from reconciler.offline.veil import Veil
from reconciler.providers.criaenvio.census import Keep, Known, census, people
from reconciler.providers.criaenvio.client import Client
from reconciler.providers.sources import SOURCES
from reconciler.reach import Reach
from reconciler.transport import Failure

RECENT: Final = timedelta(days=90)
"""How long ago an envio may have started for its lists to be read, if nothing else asks for them: a call each."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One account as of `observed` (aware), in the zone in which it tells times.

    `objects` are the live objects of every kind but contatos, which are `people`, packed. `memory` is its ledger.
    `bulks` are the bulk sends of the other channels by source, `unread` says why one of those could not be read.
    `simulated`: the account was on this machine, where clocks are moved at will. `check` tells the key with which
    people were veiled; it is empty where nobody can have that key, and where they are as they are.
    """

    account: str
    observed: datetime
    zone: ZoneInfo
    objects: Mapping[str, tuple[Observed, ...]]
    people: Sequence[bytes] = field(repr=False)
    memory: State
    bulks: Mapping[str, tuple[Observation, ...]] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    simulated: bool = False
    check: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """Reads the bulk sends of a snapshot, and whatever else from `beyond`."""

    snapshot: Snapshot
    beyond: Channels = field(default_factory=lambda: NoChannels("a snapshot holds nothing about single people"))

    @property
    def count(self) -> Mapping[str, int]:
        """Requests sent so far."""
        return self.beyond.count

    def bulks(self) -> Iterable[str]:
        """The sources of bulk sends that there was a key for."""
        return sorted({*self.snapshot.bulks, *self.snapshot.unread})

    def read(self, source: str, where: Where, /) -> Iterable[Observation]:
        """All objects of a source that are kept. Raises UnreadableError, or the transport's Failure."""
        if source in self.snapshot.unread:
            raise UnreadableError(self.snapshot.unread[source])
        if source in self.snapshot.bulks:
            return self.snapshot.bulks[source]
        if SOURCES[source].bulk:
            raise UnreadableError(f"the snapshot has nothing of {SOURCES[source].vendor}: the account did not name it")
        return self.beyond.read(source, where)


def taken(account: Account, client: Client, memory: State, reach: Reach) -> Snapshot:
    """The account as it is. Raises the transport's Failure; nothing is written, whatever the client may do."""
    return _taken(account, client, memory, reach, packed)


def veiled(account: Account, client: Client, memory: State, reach: Reach, veil: Veil) -> Snapshot:
    """The same with people behind keyed hashes, from the moment on at which they are read."""
    snapshot = _taken(account, client, memory, reach, lambda person: packed(veil.live(person)))
    return replace(snapshot, memory=_restamped(memory, veil), check=veil.check)


def _taken(
    account: Account, client: Client, memory: State, reach: Reach, pack: Callable[[Observed], bytes]
) -> Snapshot:
    known = Known(
        _ids(account, memory, "mensagem"),
        _ids(account, memory, "envio"),
        None if memory.fresh else api_time(client, reach) - RECENT,
    )
    found = census(client, known, account.zone)
    held: list[bytes] = []

    def begin() -> Keep:
        held.clear()
        return lambda person: held.append(pack(person))

    people(client, begin, values=bool(found["campo"]))
    bulks, unread = _bulks(reach.channels)
    return Snapshot(
        account=account.name,
        observed=api_time(client, reach).astimezone(account.zone).replace(microsecond=0),
        zone=account.zone,
        objects=found,
        people=held,
        memory=memory.copy(),
        bulks=bulks,
        unread=unread,
        simulated=reach.loopback,
    )


def _ids(account: Account, memory: State, kind: str) -> frozenset[str]:
    """The live ids that are remembered, and those that are declared."""
    known = {live_id for _, binding in memory.bindings(kind) for live_id in binding.ids}
    return frozenset(known | {item.id or "" for item in account.declared if item.address.kind == kind} - {""})


def _bulks(channels: Channels) -> tuple[dict[str, tuple[Observation, ...]], dict[str, str]]:
    """The bulk sends of the other channels, by source, and why some could not be read."""
    found: dict[str, tuple[Observation, ...]] = {}
    unread: dict[str, str] = {}
    for source in sorted(channels.bulks()):
        try:
            found[source] = tuple(
                _impersonal(item, SOURCES[source].kinds.keys() - SOURCES[source].personal)
                for item in channels.read(source, Where())
            )
        except (UnreadableError, Failure) as failure:
            unread[source] = str(failure)
    return found, unread


def _impersonal(item: Observation, told: frozenset[str] | set[str]) -> Observation:
    """A bulk send with the documented fields only, and without phone numbers: nobody knows what is in the others."""
    return replace(item, fields={name: value for name, value in item.fields.items() if name in told})


def _restamped(memory: State, veil: Veil) -> State:
    """What the ledger remembers, with the stamps that it would give to veiled people."""
    identity = replace(veil.identity, origin=SANDBOX)

    def stamp(old: bytes) -> bytes:
        return identity.stamp(veil.of_stamp(old))

    def bond(old: Bond) -> Bond:
        ids = [veil.live_id(live_id) if live_id else "" for live_id in (old.id, *old.former)]
        return Bond(stamp(old.stamp), ids[0], old.policy, tuple(ids[1:]))

    def intent(old: Intent) -> Intent:
        if old.address.kind != "contato":
            return old
        key = f"#{stamp(memory.stamp_of(old.address)).hex()}"
        return replace(old, id=veil.live_id(old.id), address=Address(old.address.kind, key), evidence={})

    return replace(
        memory.copy(),
        identity=identity,
        people=Bonds(map(bond, memory.people)),
        begun={new.id: new for new in map(intent, memory.begun.values())},
        announced=set(map(stamp, memory.announced)),
        findings=(),
        uses=Uses(),
        tempo=None,
        sight=NOTHING_SEEN,
        embeds=None,
    )
