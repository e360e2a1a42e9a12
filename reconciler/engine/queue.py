"""Which changes may be made now: their needs done, their resource idle, no other send under way. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from reconciler.engine.model import Address, Change, Outcome, Status
from reconciler.engine.order import followers, needs

_BAD = frozenset({Status.FAILED, Status.UNKNOWN, Status.SKIPPED})


@dataclass(frozen=True, slots=True)
class Unit:
    """Changes that are made together: one, or those of a batch; `alone` when no other such unit may run beside it."""

    changes: tuple[Change, ...]
    place: int
    alone: bool


class Queue:
    """The units of one plan, handed out in the plan's order as they become free.

    A change waits until everything that it needs is done, and until the earlier changes of its own resource are over,
    whatever came of those. What needs something that was not done is skipped, and nothing else is.
    """

    def __init__(self, changes: Sequence[Change], alone: Callable[[Change], bool]) -> None:
        """Each unit stands where its last change stands in the plan."""
        self._status: dict[str, Status] = {}
        self._needs = needs(changes)
        self._units = {unit.place: unit for unit in _units(changes, alone)}
        self._of = {change.id: unit.place for unit in self._units.values() for change in unit.changes}
        self._waits = self._nodes(changes)
        self._after = followers(self._waits)
        self._left = {node: len(waits) for node, waits in self._waits.items()}
        self._ready: dict[bool, list[int]] = {True: [], False: []}
        self._skips: list[Outcome] = []
        self._reached: set[str] = set()
        for node in [node for node, count in self._left.items() if not count]:
            self._free(node)

    def _nodes(self, changes: Iterable[Change]) -> dict[str, set[str]]:
        """What waits for what, between units (by place, as text) and groups."""
        waits: dict[str, set[str]] = {str(place): set() for place in self._units}
        last: dict[Address, str] = {}
        for name, needed in self._needs.items():
            node = self._node(name)
            waits.setdefault(node, set()).update(other for need in needed if (other := self._node(need)) != node)
        for change in changes:
            node = self._node(change.id)
            before = last.get(change.address)
            if before is not None and before != node and node not in waits[before]:
                waits[node].add(before)
            last[change.address] = node
        return waits

    def _node(self, name: str) -> str:
        return str(self._of[name]) if name in self._of else name

    def take(self, *, sending: bool) -> Unit | None:
        """The next unit that may be made now, or None; `sending` while a unit that must be alone is under way."""
        heaps = [self._ready[alone] for alone in ((False,) if sending else (True, False)) if self._ready[alone]]
        if not heaps:
            return None
        unit = self._units[heappop(min(heaps, key=lambda heap: heap[0]))]
        changes = tuple(change for change in unit.changes if self._status.get(change.id) is not Status.SKIPPED)
        self._reached.update(change.id for change in unit.changes)
        return Unit(changes, unit.place, unit.alone)

    def give_back(self, unit: Unit) -> None:
        """`unit` was taken and not begun: it is handed out again."""
        heappush(self._ready[unit.alone], unit.place)
        self._reached.difference_update(change.id for change in self._units[unit.place].changes)

    def settle(self, unit: Unit, outcomes: Iterable[Outcome]) -> None:
        """Record what came of `unit`, and free what waited for it."""
        for outcome in outcomes:
            self._status[outcome.change.id] = outcome.status
        self._over(str(unit.place))

    def skipped(self) -> Iterator[Outcome]:
        """What has been skipped since the last call."""
        found, self._skips = self._skips, []
        return iter(found)

    def pending(self) -> Iterator[Outcome]:
        """What was never reached."""
        for unit in self._units.values():
            for change in unit.changes:
                if change.id not in self._reached and change.id not in self._status:
                    yield Outcome(change, Status.PENDING, "the run ended before it")

    def _over(self, node: str) -> None:
        """One node is over: free what waited for it, without recursion (chains can be long)."""
        over = [node]
        while over:
            for follower in self._after.get(over.pop(), ()):
                self._left[follower] -= 1
                if not self._left[follower] and self._free(follower):
                    over.append(follower)

    def _free(self, node: str) -> bool:
        """A node waits no longer: hand it out, or, for a group or a unit that is skipped whole, say that it is over."""
        if not node.isdigit():
            bad = self._cause(self._needs[node])
            self._status[node] = Status.DONE if bad is None else Status.SKIPPED
            return True
        unit = self._units[int(node)]
        for change in unit.changes:
            cause = self._cause(self._needs[change.id])
            if cause is not None:
                self._status[change.id] = Status.SKIPPED
                self._skips.append(Outcome(change, Status.SKIPPED, f"waits for {cause}, which was not done"))
        if all(self._status.get(change.id) is Status.SKIPPED for change in unit.changes):
            return True
        heappush(self._ready[unit.alone], unit.place)
        return False

    def _cause(self, needed: Iterable[str]) -> str | None:
        """The first of `needed` that was not done; a group stands for its first."""
        bad = min((need for need in needed if self._status.get(need) in _BAD), default=None)
        if bad is None or bad in self._of:
            return bad
        return self._cause(self._needs[bad])


def _units(changes: Sequence[Change], alone: Callable[[Change], bool]) -> Iterator[Unit]:
    """Changes as they are made: one by one, but those of a batch together, where its last one stands."""
    batches: dict[str, list[Change]] = {}
    ends: Mapping[str, int] = {change.batch: place for place, change in enumerate(changes) if change.batch is not None}
    for place, change in enumerate(changes):
        if change.batch is None:
            yield Unit((change,), place, alone(change))
            continue
        batch = batches.setdefault(change.batch, [])
        batch.append(change)
        if ends[change.batch] == place:
            yield Unit(tuple(batch), place, any(alone(member) for member in batch))
