"""Puts changes into the order in which they may be made: stop first, then build up, then send, then take down. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from heapq import heapify, heappop, heappush

from reconciler.engine.model import Action, Change

_SEQUENCE = (
    Action.ADOPT,
    Action.CREATE,
    Action.UPDATE,
    Action.UNSUBSCRIBE,
    Action.ACTIVATE,
    Action.SET_FIELDS,
    Action.SUBSCRIBE,
    Action.DEACTIVATE,
    Action.PAUSE,
    Action.CANCEL,
    Action.CANCEL_TWINS,
    Action.RESCHEDULE,
    Action.RESUME,
    Action.SCHEDULE,
    Action.REPLACE,
    Action.DELETE,
)
"""Within one resource, and among equals: what keeps mail unsent comes before what sends it."""

_STOPS = frozenset({Action.PAUSE, Action.CANCEL, Action.CANCEL_TWINS})


def ordered(changes: Iterable[Change], ranks: Mapping[str, int]) -> tuple[Change, ...]:
    """`changes`, each after all that it needs; among the free ones by stage, kind (`ranks`), key and action.

    The stages: what stops mail, what is declared, what is let go (kinds the other way round).
    """
    by_id = {change.id: change for change in changes}
    needed = needs(by_id.values())
    waits = {name: len(before) for name, before in needed.items()}
    after = followers(needed)
    ready = [(_place(by_id.get(name), ranks), name) for name, count in waits.items() if not count]
    heapify(ready)
    done: list[Change] = []
    while ready:
        _, name = heappop(ready)
        if name in by_id:
            done.append(by_id[name])
        for follower in after.get(name, ()):
            waits[follower] -= 1
            if not waits[follower]:
                heappush(ready, (_place(by_id.get(follower), ranks), follower))
    if len(done) != len(by_id):
        circle = ", ".join(sorted(set(by_id) - {change.id for change in done}))
        raise AssertionError(f"changes wait for each other: {circle}")
    return tuple(done)


def needs(changes: Iterable[Change]) -> dict[str, set[str]]:
    """What waits for what: each change's id, and each group, → the ids and groups of this plan before it."""
    found: dict[str, set[str]] = {}
    for change in changes:
        found.setdefault(change.id, set()).update(change.needs)
        for group in change.feeds:
            found.setdefault(group, set()).add(change.id)
    return {name: {need for need in needed if need in found} for name, needed in found.items()}


def followers(waits: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """The other way round: each id or group → those that wait for it."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, needed in waits.items():
        for other in needed:
            found[other].append(name)
    return found


def _place(change: Change | None, ranks: Mapping[str, int]) -> tuple[int, int, str, int]:
    """Where a change stands among the free ones; a group (None) takes no place of its own."""
    if change is None:
        return (-1, 0, "", 0)
    stage = 0 if change.action in _STOPS else 2 if change.place is None else 1
    rank = ranks[change.address.kind]
    return (stage, -rank if stage == 2 else rank, change.address.key, _SEQUENCE.index(change.action))
