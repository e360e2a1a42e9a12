"""A plan in outline, as a file can keep it: hashes and words instead of values; and how two outlines differ. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from reconciler.engine.model import Action


@dataclass(frozen=True, slots=True)
class Step:
    """One change in outline.

    `name` is its address, `kind.#<keyed hash>` where the key is personal data (`private`). `hash` is of its canonical
    form: of all of it, or, where the plan itself makes what it acts upon (`made`), of what is written only. `rest` is
    the latter in every case, empty where it was not kept; that of a replacement is that of the new send alone.
    `wording` says why, `fields` what becomes of each field: both for people, empty if private. `people` and `start`
    (ISO 8601, or `agora`) are a send's.
    """

    name: str
    action: Action
    hash: str
    rest: str = ""
    made: bool = False
    private: bool = False
    wording: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    irreversible: bool = False
    people: int | None = None
    start: str | None = None

    @property
    def id(self) -> str:
        """Names this step within its plan."""
        return f"{self.name}/{self.action}"

    @property
    def kind(self) -> str:
        """The resource's kind."""
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Outline:
    """What is compared of a plan: its digest, how many people it reaches (at most, unless `exact`), its steps."""

    digest: str
    people: int
    exact: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """By which share (0…1) head-counts may differ: of the whole plan, and of each send by name."""

    total: float
    sends: Mapping[str, float] = field(default_factory=dict)


class Heads(NamedTuple):
    """How many people a send, or the whole plan (no name), was to reach and reaches now; `beyond` what is tolerated."""

    name: str
    reviewed: int
    now: int
    beyond: bool


class Pair(NamedTuple):
    """One step as it was reviewed, and as it is now."""

    reviewed: Step
    now: Step


@dataclass(frozen=True, slots=True)
class Differences:
    """What a plan has that was not reviewed, what it no longer has, what is otherwise in it, and other head-counts."""

    new: tuple[Step, ...] = ()
    gone: tuple[Step, ...] = ()
    different: tuple[Pair, ...] = ()
    heads: tuple[Heads, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything differs that a person must agree to."""
        return bool(self.new or self.gone or self.different or any(heads.beyond for heads in self.heads))


def compare(reviewed: Outline, now: Outline, tolerance: Tolerance) -> Differences:
    """How the plan `now` differs from the reviewed one."""
    found = _paired(reviewed, now, _same)
    left = {step.id for step in now.steps}
    gone = tuple(step for step in reviewed.steps if step.id not in left)
    beyond = abs(now.people - reviewed.people) > tolerance.total * reviewed.people
    total = Heads("", reviewed.people, now.people, beyond)
    return _differences(found, gone, (*_counted(found, tolerance), *((total,) if total.reviewed != total.now else ())))


def compare_rest(reviewed: Outline, now: Outline, tolerance: Tolerance) -> Differences:
    """What of the plan `now` is not the rest of the reviewed one, of which some has been done already.

    A step is of the rest if it is as reviewed; or if it goes on with what the reviewed plan itself made, which is live
    by now; or if it is a new send whose predecessor the reviewed plan has cancelled to replace it.
    """
    found = _paired(reviewed, now, _of_the_rest)
    more = now.people > (1 + tolerance.total) * reviewed.people
    total = (Heads("", reviewed.people, now.people, beyond=True),) if more else ()
    return _differences(found, (), (*_counted(found, tolerance), *total))


_Agreed: TypeAlias = Callable[[Step, Step], bool]
_Paired: TypeAlias = tuple["Step | None", Step, bool]


def _paired(reviewed: Outline, now: Outline, agreed: _Agreed) -> list[_Paired]:
    """Every step of now beside the reviewed one that it corresponds to, and whether that one covers it."""
    known = {step.id: step for step in reviewed.steps}
    found: list[_Paired] = []
    for step in now.steps:
        before = known.get(step.id)
        if before is None and step.action is Action.SCHEDULE:
            replaced = known.get(f"{step.name}/{Action.REPLACE}")
            before = replaced if replaced is not None and agreed(replaced, step) else None
        found.append((before, step, before is not None and agreed(before, step)))
    return found


def _same(before: Step, step: Step) -> bool:
    return (before.action, before.hash) == (step.action, step.hash)


def _of_the_rest(before: Step, step: Step) -> bool:
    if _same(before, step):
        return True
    goes_on = before.made or (before.action, step.action) == (Action.REPLACE, Action.SCHEDULE)
    return goes_on and bool(before.rest) and before.rest == step.rest


def _differences(found: Iterable[_Paired], gone: tuple[Step, ...], heads: tuple[Heads, ...]) -> Differences:
    found = tuple(found)
    return Differences(
        new=tuple(step for before, step, _ in found if before is None),
        gone=gone,
        different=tuple(Pair(before, step) for before, step, same in found if before is not None and not same),
        heads=heads,
    )


def _counted(found: Iterable[_Paired], tolerance: Tolerance) -> Iterator[Heads]:
    """Sends in both plans whose head-count is another."""
    for before, step, _ in found:
        if before is None or before.people is None or step.people is None or before.people == step.people:
            continue
        share = tolerance.sends.get(step.name, tolerance.total)
        beyond = abs(step.people - before.people) > share * before.people
        yield Heads(step.name, before.people, step.people, beyond)
