"""What the engine asks of one kind of resource, as data and pure functions. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from reconciler.engine.diff import Same, deltas
from reconciler.engine.model import (
    Action,
    Address,
    Binding,
    Blocked,
    Call,
    Change,
    Declared,
    Delta,
    Finding,
    Observed,
)
from reconciler.engine.scene import Scene
from reconciler.engine.waiting import Waiting

Decision: TypeAlias = Change | Blocked | Waiting | Finding


@dataclass(frozen=True, slots=True)
class Case:
    """One declared resource beside the live object that it stands for (None: there is none yet)."""

    kind: Kind
    declared: Declared
    observed: Observed | None
    binding: Binding | None

    @property
    def address(self) -> Address:
        """The resource's address."""
        return self.declared.address

    def change(self, action: Action, reason: str, **rest: Any) -> Change:
        """A change of this resource; `rest` are further fields of Change. Calls are the kind's own for `action`."""
        given: dict[str, Any] = {"calls": self.kind.calls.get(action, ()), "place": self.declared.place} | rest
        return Change(self.address, action, reason, live_id=self.observed.id if self.observed else None, **given)

    def block(self, action: Action | None, reason: str, remedy: str) -> Blocked:
        """A difference of this resource that a person must decide about."""
        found = (self.observed.id,) if self.observed else ()
        return Blocked(self.address, action, reason, remedy, found, self.declared.place)

    def differences(self) -> tuple[Delta, ...]:
        """The declared fields that the live object shows otherwise."""
        wanted = {name: self.declared.fields[name] for name in self.kind.fields if name in self.declared.fields}
        live = self.observed.fields if self.observed else {}
        return deltas(wanted, live, binding=self.binding, same=self.kind.same)


@dataclass(frozen=True, slots=True)
class Orphan:
    """A live object that the ledger says is ours and the YAML no longer declares, with the policy for it."""

    kind: Kind
    address: Address
    observed: Observed
    policy: str

    def change(self, action: Action, reason: str, **rest: Any) -> Change:
        """A change that lets the object go."""
        given: dict[str, Any] = {"calls": self.kind.calls.get(action, ())} | rest
        return Change(self.address, action, reason, live_id=self.observed.id, **given)

    def block(self, action: Action, reason: str, remedy: str) -> Blocked:
        """A letting go that a person must decide about."""
        return Blocked(self.address, action, reason, remedy, (self.observed.id,))


def create_or_update(case: Case, _scene: Scene) -> Iterator[Decision]:
    """The default decision: what is missing is created with all that is declared, what differs is updated."""
    found = case.differences()
    if case.observed is None:
        values = {name: value for name, value in case.declared.fields.items() if name in case.kind.fields}
        yield case.change(Action.CREATE, "declared, and not in the account", deltas=found, values=values)
    elif found:
        yield case.change(
            Action.UPDATE, differs(found), deltas=found, values={delta.field: delta.after for delta in found}
        )


def differs(found: Iterable[Delta]) -> str:
    """The reason of an update, naming the fields."""
    return f"{', '.join(delta.field for delta in found)} not as declared"


def keep(_orphan: Orphan, _scene: Scene) -> Iterator[Decision]:
    """Letting go of a kind that stays as it is."""
    return iter(())


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of resource.

    `natural` gives the key under which a declared resource would be found live, `former` the one before its rename,
    `natural_live` that of a live object; None means that it has none. `prefer` picks among live objects with equal
    keys, or None when a person must. `fields` are those that create and update compare; `same` compares one by meaning.
    `calls` are the requests per action. `private` kinds have personal data for a key. A kind that gathers people
    (lists) says in `headcount` how many people a send to a live one reaches (None: the account does not say).
    `over` tells a live object that has come to its end, in whose place another may have been put.
    """

    name: str
    fields: tuple[str, ...]
    natural: Callable[[Declared, Scene], Hashable | None]
    natural_live: Callable[[Observed, Scene], Hashable | None]
    former: Callable[[Declared, Scene], Hashable | None]
    calls: Mapping[Action, tuple[Call, ...]]
    prefer: Callable[[Sequence[Observed]], Observed | None] = lambda _: None
    decide: Callable[[Case, Scene], Iterable[Decision]] = create_or_update
    release: Callable[[Orphan, Scene], Iterable[Decision]] = keep
    guard: Callable[[Change, Scene], Iterable[Finding]] = lambda _change, _scene: ()
    same: Mapping[str, Same] = field(default_factory=dict)
    headcount: Callable[[Observed], int | None] | None = None
    over: Callable[[Observed], bool] = lambda _: False
    private: bool = False
