"""Declared, observed and remembered state → plan. Pure and deterministic, whatever order its inputs come in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reconciler.engine.audience import Crowd, reached
from reconciler.engine.kind import Case, Decision, Kind, Orphan
from reconciler.engine.matching import match
from reconciler.engine.model import Action, Address, Binding, Blocked, Change, Finding, Severity
from reconciler.engine.order import ordered
from reconciler.engine.plan import Plan
from reconciler.engine.review import review, until
from reconciler.engine.scene import Scene
from reconciler.engine.waiting import Waiting

MANY = 3
"""From how many warnings of one rule on personal resources they are counted instead of listed."""

_FOUND = "found live by its natural key or id: it is ours from now on"


class _Warnings:
    """Warnings as they come: those about people are counted, and only a few of many alike are held."""

    def __init__(self, private: set[str]) -> None:
        self._private = private
        self._others: list[Finding] = []
        self._alike: dict[tuple[str, str], list[Finding]] = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, finding: Finding, times: int = 1) -> None:
        """One more, or many that say the same."""
        if finding.address is None or finding.address.kind not in self._private:
            self._others.append(finding)
            return
        name = (finding.rule, finding.summary)
        self._counts[name] += times
        held = self._alike.setdefault(name, [])
        if len(held) < MANY:
            held.append(finding)

    def told(self) -> Iterator[Finding]:
        """All of them, many alike about people as one with their number."""
        yield from self._others
        for (rule, summary), count in sorted(self._counts.items()):
            held = self._alike[(rule, summary)]
            if count < MANY:
                yield from held
            else:
                first = held[0]
                kind = first.address.kind if first.address else ""
                yield Finding(Severity.WARNING, rule, f"{count} × {kind}: {summary}", first.reason, first.remedy)


@dataclass(slots=True)
class _Draft:
    """A plan being filled. `adopted` counts the people found live who were not known."""

    scene: Scene
    warnings: _Warnings
    adopted: int = 0

    def take(self, decisions: Iterable[Decision]) -> None:
        """File what was decided, where later decisions see it."""
        for decision in decisions:
            match decision:
                case Change():
                    self.scene.changes.setdefault(decision.address, {})[decision.action] = decision
                case Blocked():
                    self.scene.blocked.setdefault(decision.address, []).append(decision)
                case Waiting():
                    self.scene.waiting[decision.address] = decision
                case Finding():
                    self.warnings.add(decision)

    def decide(self, kind: Kind) -> None:
        """What to do about every declared resource of `kind` that could be matched."""
        for declared in self.scene.of_kind(kind.name):
            found = self.scene.matches.get(declared.address)
            if found is None:
                continue
            case = Case(kind, declared, found.observed, found.binding)
            if found.observed is not None and (found.binding is None or found.binding.id != found.observed.id):
                self._adopt(case)
            self.take(kind.decide(case, self.scene))

    def _adopt(self, case: Case) -> None:
        if case.kind.private:
            self.adopted += 1
        else:
            self.take([case.change(Action.ADOPT, _FOUND, calls=())])


def plan(account: str, kinds: Sequence[Kind], scene: Scene) -> Plan:
    """What to do so that the account shows what is declared, and what not to do without a person.

    `kinds` come in dependency order (what is referred to before what refers). `scene` is fresh: it is filled here.
    """
    private = {kind.name for kind in kinds if kind.private}
    draft, people = _Draft(scene, _Warnings(private)), scene.live.people
    for finding, times in people.warned:
        draft.warnings.add(finding, times)
    for kind in kinds:
        draft.take(match(kind, scene))
        draft.take(_released(kind, scene))
        scene.settle(_crowd(scene, kinds))
        draft.decide(kind)
    changes = ordered(scene.all_changes(), {kind.name: rank for rank, kind in enumerate(kinds)})
    audience = reached(changes, _crowd(scene, kinds))
    guards = {kind.name: kind.guard for kind in kinds}
    refusals = [finding for change in changes for finding in guards[change.address.kind](change, scene)]
    refusals += review(changes, audience[0], scene)
    return Plan(
        account=account,
        changes=changes,
        blocked=tuple(item for _, found in sorted(scene.blocked.items()) for item in found),
        waiting=tuple(item for _, item in sorted(scene.waiting.items())),
        verdicts=tuple(scene.terms.elsewhere.verdicts.values()),
        warnings=(*draft.warnings.told(), *_renames(changes, private), *_unread(scene)),
        refusals=tuple(refusals),
        until=until(changes, scene),
        keep=dict(_bindings(scene)),
        reached=audience,
        adopted=draft.adopted + people.adopted,
    )


def _released(kind: Kind, scene: Scene) -> Iterator[Decision]:
    """What to do about live objects of `kind` that the ledger says are ours and the YAML no longer declares."""
    declared = {scene.memory.token(item.address) for item in scene.of_kind(kind.name)}
    claimed = {found.observed.id for found in scene.matches.values() if found.observed is not None}
    live = {observed.id: observed for observed in scene.live.of(kind.name) if observed.id not in claimed}
    for token, binding in sorted(_remembered(kind, scene), key=lambda item: item[0]):
        observed = live.get(binding.id)
        if token in declared or observed is None:
            continue
        del live[observed.id]  # two addresses that a rename left behind let it go once
        key = binding.key if binding.key is not None else str(observed.fields.get("email") or observed.id).lower()
        policy = binding.on_removal or scene.terms.on_removal.get(kind.name, "manter")
        yield from kind.release(Orphan(kind, Address(kind.name, key), observed, policy), scene)


def _remembered(kind: Kind, scene: Scene) -> Iterable[tuple[str, Binding]]:
    """What the ledger holds of `kind`, by token; of people only what has to do with those among the live objects."""
    if not kind.private:
        return scene.memory.bindings(kind.name)
    people = scene.memory.people
    return (
        (
            f"{kind.name}.#{people.stamp(place).hex()}",
            Binding(kind.name, None, people.id(place), people.former(place), on_removal=people.policy(place)),
        )
        for observed in scene.live.of(kind.name)
        for place in people.places_of_id(observed.id)
    )


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


def _unread(scene: Scene) -> Iterator[Finding]:
    """Sources of other channels that could not be read: nothing else waits for them."""
    for source, why in sorted(scene.terms.elsewhere.unread.items()):
        remedy = "run it again; what waits for a check of it stays unscheduled until then"
        yield Finding(Severity.WARNING, "not-read", f"{source} was not read: {why}", remedy=remedy)


def _renames(changes: Sequence[Change], private: set[str]) -> Iterator[Finding]:
    """A resource that appears while one of its kind is let go may be a rename that nobody told us about."""
    made = {change.address.kind for change in changes if change.action is Action.CREATE} - private
    for change in changes:
        taken = change.place is None and change.action in (Action.DEACTIVATE, Action.DELETE)
        if taken and change.address.kind in made:
            summary = f"{change.address} is let go while another {change.address.kind} is created: is that a rename?"
            remedy = "write nome_anterior: with the old name under the new key"
            yield Finding(Severity.WARNING, "rename", summary, remedy=remedy, address=change.address)
