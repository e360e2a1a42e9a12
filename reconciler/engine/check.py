"""Checks on the other channels as data: which objects are meant, what is expected of them, what came of it. Pure."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Protocol, TypeAlias

from reconciler.engine.channels import Bulk, Observation, Phase
from reconciler.engine.model import Address, Call, Place


class Operator(StrEnum):
    """How a figure is compared with the one that is written."""

    AT_MOST = "<="
    LESS = "<"
    AT_LEAST = ">="
    MORE = ">"
    EXACTLY = "="


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure that is written, such as `<= 2%`.

    `value` is a number of people, a share (0 to 1) of all recipients if `share`, a percentage (0 to 100) of progress,
    or seconds. `text` is how it was written.
    """

    operator: Operator
    value: Fraction
    text: str
    share: bool = False

    def fits(self, figure: Fraction) -> bool:
        """Whether one figure is as it is written."""
        return _COMPARED[self.operator](figure, self.value)

    def between(self, low: Fraction, high: Fraction | None) -> bool | None:
        """Whether every figure from `low` to `high` (None: without end) fits, or none does; None if only some do."""
        if self.operator is Operator.EXACTLY:
            if low == high:
                return self.fits(low)
            return None if low <= self.value and (high is None or self.value <= high) else False
        first = self.fits(low)
        last = self.fits(high) if high is not None else self.operator in (Operator.AT_LEAST, Operator.MORE)
        return first if first is last else None


_COMPARED: Mapping[Operator, Callable[[Fraction, Fraction], bool]] = {
    Operator.AT_MOST: operator.le,
    Operator.LESS: operator.lt,
    Operator.AT_LEAST: operator.ge,
    Operator.MORE: operator.gt,
    Operator.EXACTLY: operator.eq,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """What one field of an object must be: one of some texts, or a time from `since` until before `before`.

    `changes` tells fields that may become another in the object's life, such as its status; `path` those that are a
    part of the address that is asked.
    """

    field: str
    among: tuple[str, ...] = ()
    since: datetime | None = None
    before: datetime | None = None
    changes: bool = False
    path: bool = False

    def met(self, observation: Observation) -> bool | None:
        """Whether `observation` meets it; None where that cannot be told.

        A status that no document names may mean any of those that one does; a creation that is not told, any time.
        """
        value = observation.fields.get(self.field)
        if self.among:
            bulk = observation.bulk
            if bulk is not None and bulk.phase is Phase.UNKNOWN and self.changes and str(value) == bulk.status:
                return None
            return value is not None and str(value) in self.among
        if not isinstance(value, datetime):
            return False if self.changes else None
        return (self.since is None or value >= self.since) and (self.before is None or value < self.before)


@dataclass(frozen=True, slots=True)
class Where:
    """Which objects of a source are meant: those that meet every condition. None at all means all of them."""

    conditions: tuple[Condition, ...] = ()

    def met(self, observation: Observation) -> bool | None:
        """Whether `observation` is meant; None where that cannot be told. What was asked by its address is there."""
        found = [condition.met(observation) for condition in self.conditions if not condition.path]
        return False if False in found else None if None in found else True

    @property
    def lasting(self) -> bool:
        """Whether an object that is meant will be meant for ever."""
        return not any(condition.changes for condition in self.conditions)


class Figure(StrEnum):
    """A count or share that a bulk send shows: the name of the field of `Bulk`."""

    PROGRESS = "progress"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StatusIs:
    """The status of a bulk send is one of these. `wanted` maps the vendor's words to how far each is."""

    wanted: Mapping[str, Phase]
    name: str = "status"


@dataclass(frozen=True, slots=True)
class FigureIs:
    """A figure of a bulk send, in the end. `name` is its name in the YAML."""

    name: str
    figure: Figure
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class FieldIs:
    """A field of the object, named as the vendor names it, is one of these texts now."""

    name: str
    wanted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgeIs:
    """How long ago a time of the object was, in seconds. `name` is that of the age in the YAML."""

    name: str
    field: str
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class AmountIs:
    """How many objects are meant."""

    name: str
    comparison: Comparison


Expectation: TypeAlias = StatusIs | FigureIs | FieldIs | AgeIs | AmountIs


@dataclass(frozen=True, slots=True)
class Newest:
    """Of several objects only the one whose time `field` is the latest is meant. `later`: it has none at first."""

    field: str
    later: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """One declared check: every object that `where` means has to be as expected, or only the `newest` of them.

    `most` is how many objects a reading of the source can show, if that is bounded.
    """

    address: Address
    place: Place
    source: str
    where: Where
    expects: tuple[Expectation, ...]
    newest: Newest | None = None
    most: int | None = None


class Ruling(StrEnum):
    """What came of a check, best first.

    `holds` is final as far as figures go: what may still grow beyond what is expected does not hold yet. `broken` means
    that the objects which were found cannot come to be as expected any more.
    """

    HOLDS = "holds"
    NOT_YET = "not-yet"
    NOT_FOUND = "not-found"
    NOT_READ = "not-read"  # the source could not be read
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing that a verdict rests on: what was expected, what is shown, and the ruling on just that.

    `id` and `title` name the object; they are empty for what is about all of them.
    """

    id: str
    title: str
    name: str
    wanted: str
    shown: str
    ruling: Ruling


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a check, why in words, and the grounds. `bulks` are the bulk sends that it is about."""

    check: Check
    ruling: Ruling
    reason: str
    grounds: tuple[Ground, ...] = ()
    bulks: tuple[Bulk, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether what waits for it may go on."""
        return self.ruling is Ruling.HOLDS


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What the other channels show: the verdict on every check by its address, and the bulk sends that were read.

    `unread` says why a source that was asked could not be read; of those in `whole` all bulk sends were asked for.
    `readings` are the checks (addresses) that were looked at together, and the calls which that took.
    """

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    bulks: tuple[Bulk, ...] = ()
    unread: Mapping[str, str] = field(default_factory=dict)
    whole: frozenset[str] = frozenset()
    readings: tuple[tuple[frozenset[str], tuple[Call, ...]], ...] = ()

    def again(self, checks: Collection[str]) -> tuple[Call, ...]:
        """The calls that it takes to look at some checks once more."""
        return tuple(call for sharing, calls in self.readings if not sharing.isdisjoint(checks) for call in calls)


class UnreadableError(Exception):
    """A source that cannot be asked, and why, in words."""


class NobodyAskedError(UnreadableError):
    """A source of a vendor that the account does not name: whoever loaded the account has been warned of that."""


class Channels(Protocol):
    """How the other channels are read."""

    @property
    def count(self) -> Mapping[str, int]:
        """Requests sent so far per operation, repeats included."""

    def bulks(self) -> Iterable[str]:
        """The sources of bulk sends that there is a key for: a rule that looks at all of them asks these."""

    def read(self, source: str, where: Where, /) -> Iterable[Observation]:
        """All objects of a source that meet `where`, and perhaps others.

        Raises UnreadableError, or the transport's Failure.
        """


@dataclass(frozen=True, slots=True)
class NoChannels:
    """Stands where no channel is read, and says why."""

    why: str = "no other channel is read here"

    @property
    def count(self) -> Mapping[str, int]:
        """None."""
        return {}

    def bulks(self) -> Iterable[str]:
        """None."""
        return ()

    def read(self, _source: str, _where: Where, /) -> Iterable[Observation]:
        """Raise UnreadableError."""
        raise UnreadableError(self.why)
