"""`max_por_contato`: how many sends one person gets within a time, planned and live ones taken together. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import cast

from reconciler.engine.audience import SENDS
from reconciler.engine.model import Action, Address, Audience, Change, Finding, Observed
from reconciler.engine.review import refuse, rules_of
from reconciler.engine.scene import Scene
from reconciler.providers.criaenvio.envios.natural import OPEN
from reconciler.providers.criaenvio.envios.twins import TWINS

RULE = "max_por_contato"
_REACHING = (OPEN - {"suspenso"}) | {"concluído"}
"""Live statuses of a send that people get, or have got."""
_STOPPED = frozenset({Action.CANCEL, Action.PAUSE, Action.CANCEL_TWINS})


@dataclass(frozen=True, slots=True)
class Sending:
    """One send: when it starts (in UTC), who gets it (a bit each), or None where that is not known; how many."""

    name: str
    start: datetime
    who: int | None
    people: int | None


def frequency(change: Change, audience: Audience, scene: Scene) -> Iterator[Finding]:
    """Refuse a send with which somebody would get more than the rule lets them."""
    limit = rules_of(change.address, scene).max_por_contato
    if limit is None or scene.terms.allows(RULE, change.address):
        return
    most, within = limit
    sendings = sorted(_sendings(scene), key=lambda item: (item.start, item.name))
    own = (audience.start or scene.terms.now).astimezone(UTC)
    found = [
        beyond(str(change.address), among, most)
        for last in sendings
        if own <= last.start < own + within
        and len(among := [item for item in sendings if last.start - within < item.start <= last.start]) > most
    ]
    worst = max(found, key=lambda each: each.people, default=None)
    if worst is not None and worst.people:
        bound = "" if worst.exact else "up to "
        days = f"{within.total_seconds() / 86_400:g} d"
        people = f"{worst.people} {'person' if worst.people == 1 else 'people'}"
        told = f"{bound}{people} would get more than {most} {'send' if most == 1 else 'sends'} within {days}"
        why = "" if worst.exact else ": not everybody's lists are known"
        summary = f"{told} ({', '.join(worst.names)}{why}); at most {most} are allowed ({RULE})"
        yield refuse(RULE, change, summary, "move data_de_inicio, or choose other lists")


@dataclass(frozen=True, slots=True)
class Beyond:
    """How many people get too many of the sends `names`, and whether that is a count (else it is an upper bound)."""

    people: int
    exact: bool
    names: tuple[str, ...]


def beyond(own: str, among: Sequence[Sending], most: int) -> Beyond:
    """Who of those whom `own` reaches is in more than `most` of the sends.

    Somebody may be in every send of which it is not known whom it reaches: so many fewer of the others are enough.
    """
    known = [item.who for item in among if item.who is not None]
    needed = most + 1 - (len(among) - len(known))
    mine = next((item for item in among if item.name == own), None)
    names = tuple(item.name for item in among)
    if needed <= 0:
        counted = [item.people for item in among if item.people is not None]
        return Beyond(mine.people if mine and mine.people is not None else sum(counted), exact=False, names=names)
    times = [0] * (needed + 1)  # times[n]: who is in at least n of them
    for who in known:
        for number in range(needed, 1, -1):
            times[number] |= times[number - 1] & who
        times[1] |= who
    found = times[needed] if mine is None or mine.who is None else times[needed] & mine.who
    return Beyond(found.bit_count(), exact=len(known) == len(among), names=names)


def _sendings(scene: Scene) -> Iterator[Sending]:
    """Every send that people get, as the plan leaves it: those that it makes or moves, and live ones that were read."""
    planned: set[str] = set()
    for change in scene.all_changes():
        if change.audience is not None and change.action in SENDS:
            keys = [key for key, _ in change.audience.lists]
            start = (change.audience.start or scene.terms.now).astimezone(UTC)
            yield Sending(str(change.address), start, scene.crowd.who(keys), change.audience.people)
        if change.address.kind == "envio" and change.live_id is not None and change.action in SENDS | _STOPPED:
            planned.update(_ended(change))
    addresses = {found.observed.id: address for address, found in scene.matches.items() if found.observed is not None}
    for observed in scene.live.of("envio"):
        began = observed.fields["data_de_inicio"]
        if observed.id not in planned and observed.fields["estado"] in _REACHING and isinstance(began, datetime):
            yield _live(observed, began, addresses.get(observed.id), scene)


def _ended(change: Change) -> frozenset[str]:
    """The live sends that a change stops, or makes another of."""
    if change.action is Action.CANCEL_TWINS:
        return cast("frozenset[str]", change.values[TWINS])
    return frozenset({str(change.live_id)})


def _live(observed: Observed, start: datetime, address: Address | None, scene: Scene) -> Sending:
    """A live send. Its lists are those of its record where that was read, else those that are declared."""
    name = str(address) if address is not None else f"id {observed.id}"
    lists = observed.fields.get("listas")
    if isinstance(lists, frozenset):
        keys = {scene.reference("lista", item.address.key).id: item.address.key for item in scene.of_kind("lista")}
        if all(live_id in keys for live_id in lists):
            return _by_keys(name, start, [keys[live_id] for live_id in lists], scene)
        masks = [_who(live_id, keys, scene) for live_id in lists]
        known = [mask for mask in masks if mask is not None]
        who = reduce(or_, known, 0) if len(known) == len(masks) else None
        return Sending(name, start.astimezone(UTC), who, None if who is None else who.bit_count())
    declared = scene.declared.get(address) if address is not None else None
    if declared is None:
        return Sending(name, start.astimezone(UTC), None, None)
    return _by_keys(name, start, sorted(cast("frozenset[str]", declared.fields["listas"])), scene)


def _by_keys(name: str, start: datetime, keys: Sequence[str], scene: Scene) -> Sending:
    return Sending(name, start.astimezone(UTC), scene.crowd.who(keys), scene.crowd.of(keys).people)


def _who(live_id: str, keys: Mapping[str | None, str], scene: Scene) -> int | None:
    """The people of one list, as the plan leaves it if it is declared."""
    key = keys.get(live_id)
    return scene.live.members.get(live_id) if key is None else scene.crowd.who([key])
