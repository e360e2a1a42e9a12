"""Looks at the other channels: each source once for all who ask for it, and one that cannot be read stops nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from reconciler.engine.channels import Bulk, Observation
from reconciler.engine.check import (
    Channels,
    Check,
    Condition,
    Elsewhere,
    NobodyAskedError,
    UnreadableError,
    Verdict,
    Where,
)
from reconciler.engine.judging import judged, unread
from reconciler.engine.model import Call
from reconciler.transport import Failure, GaveUp


class _Errand(NamedTuple):
    """What is asked of a source at once: an address has its own path (a conversation) within some of them."""

    source: str
    path: tuple[Condition, ...] = ()

    @property
    def vendor(self) -> str:
        """Whose source it is."""
        return self.source.partition(".")[0]


class _Brought(NamedTuple):
    """What a source showed, or why it could not be read.

    `told`: the configuration has been warned of that. `down`: its vendor was asked again and again, and in vain.
    """

    observations: Sequence[Observation]
    problem: str = ""
    told: bool = False
    down: bool = False


def look(
    channels: Channels,
    checks: Iterable[Check],
    whole: Collection[str],
    now: datetime,
    only: Collection[str] | None = None,
) -> Elsewhere:
    """The verdicts on `checks`, as of `now`, and the bulk sends of the sources read; all of those of `whole`.

    With `only` (addresses) just those are looked at, by the same calls as when all of them are. A vendor that is down
    is waited for once, and not again for each of its conversations.
    """
    verdicts: dict[str, Verdict] = {}
    bulks: dict[tuple[str, str], Bulk] = {}
    problems: dict[str, str] = {}
    down: dict[str, str] = {}
    readings: list[tuple[frozenset[str], tuple[Call, ...]]] = []
    for errand, sharing in _errands(checks, whole):
        names = frozenset(str(check.address) for check in sharing)
        if only is not None and names.isdisjoint(only):
            continue
        before = Counter(channels.count)
        if errand.vendor in down:
            brought = _Brought((), f"not asked, since {errand.vendor} does not answer ({down[errand.vendor]})")
        else:
            brought = _read(channels, errand.source, Where() if errand.source in whole else _covering(sharing))
        readings.append((names, _calls(Counter(channels.count) - before)))
        if brought.down:
            down[errand.vendor] = brought.problem
        if brought.problem and not brought.told:
            problems.setdefault(errand.source, brought.problem)
        for check in sharing:
            found = unread(check, brought.problem) if brought.problem else judged(check, brought.observations, now)
            verdicts[str(check.address)] = found
        bulks |= {(bulk.source, bulk.id): bulk for item in brought.observations if (bulk := item.bulk) is not None}
    in_order = dict(sorted(verdicts.items()))
    return Elsewhere(in_order, tuple(bulks.values()), problems, frozenset(whole), tuple(readings))


def _errands(checks: Iterable[Check], whole: Collection[str]) -> list[tuple[_Errand, list[Check]]]:
    asked: dict[_Errand, list[Check]] = {_Errand(source): [] for source in whole}
    for check in checks:
        path = tuple(condition for condition in check.where.conditions if condition.path)
        asked.setdefault(_Errand(check.source, path), []).append(check)
    return sorted(asked.items(), key=lambda item: (item[0].source, str(item[0].path)))


def _calls(counted: Counter[str]) -> tuple[Call, ...]:
    """Counted operations (`GET /bulk`) one by one."""
    return tuple(Call(method, path) for method, _, path in (name.partition(" ") for name in sorted(counted.elements())))


def _read(channels: Channels, source: str, where: Where) -> _Brought:
    try:
        return _Brought(tuple(channels.read(source, where)))
    except (UnreadableError, Failure) as problem:
        return _Brought(
            (), str(problem), isinstance(problem, NobodyAskedError), isinstance(problem, GaveUp) and problem.later
        )


def _covering(checks: Sequence[Check]) -> Where:
    """What all of the checks ask for: a source that can leave out the rest may do so.

    Not by what may change: a status that no document names may stand for any, and has to be seen to be doubted.
    """
    named = [{item.field: item for item in check.where.conditions if not item.changes} for check in checks]
    shared = [name for name in named[0] if all(name in conditions for conditions in named)]
    return Where(tuple(_either([conditions[name] for conditions in named]) for name in shared))


def _either(conditions: Sequence[Condition]) -> Condition:
    """What meets one of these conditions on one field, or stands between them."""
    texts = tuple(dict.fromkeys(chain.from_iterable(condition.among for condition in conditions)))
    since = [condition.since for condition in conditions if condition.since is not None]
    before = [condition.before for condition in conditions if condition.before is not None]
    return replace(
        conditions[0],
        among=texts,
        since=min(since) if len(since) == len(conditions) else None,
        before=max(before) if len(before) == len(conditions) else None,
    )
