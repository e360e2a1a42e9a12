"""Who is who: which live object each declared address stands for, or why nobody can tell. Pure.

In this order: a pinned `id`, the ledger's binding, the natural key, the natural key before a rename. An object belongs
to at most one address; where two live objects answer and nothing decides between them, the address is blocked and both
are listed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field

from reconciler.engine.kind import Kind
from reconciler.engine.model import OPEN_OUTCOME, Binding, Blocked, Declared, Observed
from reconciler.engine.scene import Match, Scene


@dataclass(slots=True)
class _Register:
    """The live objects of one kind, and which of them are spoken for."""

    by_id: dict[str, Observed]
    owner: dict[str, Declared] = field(default_factory=dict)

    def claim(self, declared: Declared, observed: Observed) -> Blocked | None:
        """Give `observed` to `declared`, unless it is another's."""
        other = self.owner.setdefault(observed.id, declared)
        if other is declared:
            return None
        reason = f"{other.address} already stands for the live object {observed.id}"
        remedy = "let one of the two addresses go, or pin each with its own id:"
        return Blocked(declared.address, None, reason, remedy, (observed.id,), declared.place)


def match(kind: Kind, scene: Scene) -> Iterator[Blocked]:
    """Fill `scene.matches` for every declared resource of `kind`; yield those that nobody can tell."""
    register = _Register({observed.id: observed for observed in scene.live.of(kind.name)})
    rest: list[tuple[Declared, Binding | None]] = []
    for declared in scene.of_kind(kind.name):
        binding = scene.memory.of(declared.address)
        blocked = _by_id(kind, declared, binding, register, scene)
        if blocked is not None:
            yield blocked
        elif declared.address not in scene.matches:
            rest.append((declared, binding))
    yield from _by_natural_key(kind, rest, register, scene)


def _by_id(
    kind: Kind, declared: Declared, binding: Binding | None, register: _Register, scene: Scene
) -> Blocked | None:
    """Match by pin or by binding."""
    pinned = declared.id
    if pinned is not None and pinned not in register.by_id and not (binding and pinned in binding.former_ids):
        reason = f"id: {pinned} pins it to an object that is not in the account"
        return Blocked(declared.address, None, reason, "correct or remove the id", (), declared.place)
    wanted = binding.id if binding and (pinned is None or pinned in binding.ids) else pinned
    observed = register.by_id.get(wanted) if wanted else None
    if observed is None or _set_aside(kind, observed, declared, scene):
        return None
    blocked = register.claim(declared, observed)
    if blocked is None:
        scene.matches[declared.address] = Match(observed, binding)
    return blocked


def _set_aside(kind: Kind, observed: Observed, declared: Declared, scene: Scene) -> bool:
    """Whether a call whose outcome is unknown was about to put another object in this one's place.

    Only one that has come to its end meanwhile: until then it is still the one that the address stands for.
    """
    intent = scene.open_intent(declared.address)
    return intent is not None and intent.evidence.get("replaces") == observed.id and kind.over(observed)


def _by_natural_key(
    kind: Kind, rest: list[tuple[Declared, Binding | None]], register: _Register, scene: Scene
) -> Iterator[Blocked]:
    """Match what pin and binding left over, among the objects that nobody owns yet."""
    index: dict[Hashable, list[Observed]] = defaultdict(list)
    for observed in register.by_id.values():
        key = kind.natural_live(observed, scene)
        if key is not None and observed.id not in register.owner:
            index[key].append(observed)
    taken = {kind.natural(item, scene): item for item in register.owner.values()}
    for declared, binding in rest:
        twin = taken.setdefault(kind.natural(declared, scene), declared)
        if twin is not declared:
            yield _twin(declared, twin)
            continue
        found = list(_candidates(kind, declared, binding, index, scene))
        chosen = found[0] if len(found) == 1 else kind.prefer(found) if found else None
        if chosen is None and found:
            yield _ambiguous(declared, found, scene)
            continue
        blocked = register.claim(declared, chosen) if chosen else None
        if blocked is not None:
            yield blocked
            continue
        scene.matches[declared.address] = Match(chosen, binding, (binding.id or None) if binding else None)


def _candidates(
    kind: Kind,
    declared: Declared,
    binding: Binding | None,
    index: dict[Hashable, list[Observed]],
    scene: Scene,
) -> Iterator[Observed]:
    """Live objects with the natural key, else with the one before the rename; never one that we put aside ourselves."""
    past = binding.former_ids if binding else ()
    for key in (kind.natural(declared, scene), kind.former(declared, scene)):
        found = [
            item for item in index.get(key, ()) if item.id not in past and not _set_aside(kind, item, declared, scene)
        ]
        if found:
            yield from found
            return


def _twin(declared: Declared, other: Declared) -> Blocked:
    reason = f"{other.address} ({other.place}) declares the very same object"
    return Blocked(declared.address, None, reason, "remove one of the two, or make them differ", (), declared.place)


def _ambiguous(declared: Declared, found: list[Observed], scene: Scene) -> Blocked:
    ids = tuple(sorted(item.id for item in found))
    reason = f"{len(ids)} live objects answer to it ({', '.join(ids)}) and nothing decides between them"
    remedy = (
        f"pin one with id: (id: {ids[0]}, for instance), or: reconciler resolve {declared.address} --adopt {ids[0]}"
    )
    rule = OPEN_OUTCOME if scene.open_intent(declared.address) else ""
    return Blocked(declared.address, None, reason, remedy, ids, declared.place, rule=rule)
