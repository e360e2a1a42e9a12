"""Declared, observed and remembered state → plan. Pure and deterministic, whatever order its inputs come in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.engine.audience import Crowd, reached
from reconciler.engine.kind import Case, Decision, Kind, Orphan
from reconciler.engine.matching import match
from reconciler.engine.model import Action, Address, Binding, Blocked, Change, Finding, Severity
from reconciler.engine.order import ordered
from reconciler.engine.plan import Plan
from reconciler.engine.review import review
from reconciler.engine.scene import Scene

_MANY = 3
"""From how many warnings of one rule on personal resources they are counted instead of listed."""


@dataclass(slots=True)
class _Draft:
    """A plan being filled."""

    scene: Scene
    warnings: list[Finding]

    def take(self, decisions: Iterable[Decision]) -> None:
        """File what was decided, where later decisions see it."""
        for decision in decisions:
            match decision:
                case Change():
                    self.scene.changes.setdefault(decision.address, {})[decision.action] = decision
                case Blocked():
                    self.scene.blocked.setdefault(decision.address, []).append(decision)
                case Finding():
                    self.warnings.append(decision)


def plan(account: str, kinds: Sequence[Kind], scene: Scene) -> Plan:
    """What to do so that the account shows what is declared, and what not to do without a person.

    `kinds` come in dependency order (what is referred to before what refers). `scene` is fresh: it is filled here.
    """
    draft = _Draft(scene, [])
    for kind in kinds:
        draft.take(match(kind, scene))
        draft.take(_released(kind, scene))
        scene.settle(_crowd(scene, kinds))
        draft.take(_decided(kind, scene))
    changes = ordered(scene.all_changes(), {kind.name: rank for rank, kind in enumerate(kinds)})
    people = reached(changes, _crowd(scene, kinds))
    guards = {kind.name: kind.guard for kind in kinds}
    refusals = [finding for change in changes for finding in guards[change.address.kind](change, scene)]
    refusals += review(changes, people[0], scene)
    private = {kind.name for kind in kinds if kind.private}
    return Plan(
        account=account,
        changes=changes,
        blocked=tuple(item for _, found in sorted(scene.blocked.items()) for item in found),
        warnings=tuple(_gathered(draft.warnings, private)) + tuple(_renames(changes, private)),
        refusals=tuple(refusals),
        keep=dict(_bindings(scene)),
        reached=people,
    )


def _decided(kind: Kind, scene: Scene) -> Iterator[Decision]:
    """What to do about every declared resource of `kind` that could be matched."""
    for declared in scene.of_kind(kind.name):
        found = scene.matches.get(declared.address)
        if found is None:
            continue
        case = Case(kind, declared, found.observed, found.binding)
        if found.observed is not None and (found.binding is None or found.binding.id != found.observed.id):
            yield case.change(Action.ADOPT, "found live by its natural key or id: it is ours from now on", calls=())
        yield from kind.decide(case, scene)


def _released(kind: Kind, scene: Scene) -> Iterator[Decision]:
    """What to do about live objects of `kind` that the ledger says are ours and the YAML no longer declares."""
    declared = {scene.memory.token(item.address) for item in scene.of_kind(kind.name)}
    claimed = {found.observed.id for found in scene.matches.values() if found.observed is not None}
    live = {observed.id: observed for observed in scene.live.of(kind.name) if observed.id not in claimed}
    for token, binding in sorted(scene.memory.bindings(), key=lambda item: item[0]):
        observed = live.get(binding.id)
        if binding.kind != kind.name or token in declared or observed is None:
            continue
        del live[observed.id]  # two addresses that a rename left behind let it go once
        key = binding.key if binding.key is not None else str(observed.fields.get("email") or observed.id).lower()
        policy = binding.on_removal or scene.terms.on_removal.get(kind.name, "manter")
        yield from kind.release(Orphan(kind, Address(kind.name, key), observed, policy), scene)


def _crowd(scene: Scene, kinds: Sequence[Kind]) -> Crowd:
    """The people behind every declared list, as what has been decided so far leaves them."""
    counts: dict[str, int | None] = {}
    members: dict[str, int] = {}
    for kind in kinds:
        for declared in scene.of_kind(kind.name) if kind.headcount else ():
            observed, key = scene.match(declared.address).observed, declared.address.key
            counts[key] = kind.headcount(observed) if kind.headcount and observed else 0
            known = scene.live.members.get(observed.id) if observed else 0
            if known is not None:
                members[key] = known
    return Crowd(counts, members, scene.all_changes(), scene.live.seats)


def _bindings(scene: Scene) -> Iterator[tuple[Address, Binding]]:
    """What the ledger should hold for every address that was found live."""
    for address, found in scene.matches.items():
        if found.observed is None:
            if found.binding is not None:
                yield address, found.binding
            continue
        known = found.binding or Binding(address.kind, address.key, found.observed.id)
        if known.id != found.observed.id:
            known = replace(
                known, id=found.observed.id, former_ids=tuple(i for i in known.ids if i), sent={}, stored={}
            )
        yield address, replace(known, on_removal=scene.declared[address].on_removal)


def _gathered(warnings: Iterable[Finding], private: set[str]) -> Iterator[Finding]:
    """Warnings as they are, but many alike about people as one with their number."""
    alike: Mapping[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in warnings:
        if finding.address is None or finding.address.kind not in private:
            yield finding
        else:
            alike[(finding.rule, finding.summary)].append(finding)
    for (rule, summary), found in sorted(alike.items()):
        if len(found) < _MANY:
            yield from found
        else:
            first = found[0]
            yield Finding(
                Severity.WARNING,
                rule,
                f"{len(found)} × {first.address.kind if first.address else ''}: {summary}",
                first.reason,
                first.remedy,
            )


def _renames(changes: Sequence[Change], private: set[str]) -> Iterator[Finding]:
    """A resource that appears while one of its kind is let go may be a rename that nobody told us about."""
    made = {change.address.kind for change in changes if change.action is Action.CREATE} - private
    for change in changes:
        taken = change.place is None and change.action in (Action.DEACTIVATE, Action.DELETE)
        if taken and change.address.kind in made:
            summary = f"{change.address} is let go while another {change.address.kind} is created: is that a rename?"
            remedy = "write nome_anterior: with the old name under the new key"
            yield Finding(Severity.WARNING, "rename", summary, remedy=remedy, address=change.address)
