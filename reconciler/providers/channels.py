"""Looks at the other channels: each source once for all who ask for it, and one that cannot be read stops nobody."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from reconciler.engine.channels import Bulk, Observation
from reconciler.engine.check import Channels, Check, Condition, Elsewhere, UnreadableError, Verdict, Where
from reconciler.engine.judging import judged, unread
from reconciler.transport import Failure


class _Errand(NamedTuple):
    """What is asked of a source at once: an address has its own path (a conversation) within some of them."""

    source: str
    path: tuple[Condition, ...] = ()


class _Brought(NamedTuple):
    """What a source showed, or why it could not be read."""

    observations: Sequence[Observation]
    problem: str = ""


def look(channels: Channels, checks: Iterable[Check], whole: Collection[str], now: datetime) -> Elsewhere:
    """The verdicts on `checks`, as of `now`, and the bulk sends of the sources read; all of those of `whole`."""
    asked: dict[_Errand, list[Check]] = {_Errand(source): [] for source in whole}
    for check in checks:
        path = tuple(condition for condition in check.where.conditions if condition.path)
        asked.setdefault(_Errand(check.source, path), []).append(check)
    verdicts: dict[str, Verdict] = {}
    bulks: dict[tuple[str, str], Bulk] = {}
    problems: dict[str, str] = {}
    for errand, sharing in sorted(asked.items(), key=lambda item: (item[0].source, str(item[0].path))):
        brought = _read(channels, errand.source, Where() if errand.source in whole else _covering(sharing))
        if brought.problem:
            problems[errand.source] = brought.problem
        for check in sharing:
            found = unread(check, brought.problem) if brought.problem else judged(check, brought.observations, now)
            verdicts[str(check.address)] = found
        bulks |= {(bulk.source, bulk.id): bulk for item in brought.observations if (bulk := item.bulk) is not None}
    return Elsewhere(dict(sorted(verdicts.items())), tuple(bulks.values()), problems, frozenset(whole))


def _read(channels: Channels, source: str, where: Where) -> _Brought:
    try:
        return _Brought(tuple(channels.read(source, where)))
    except (UnreadableError, Failure) as problem:
        return _Brought((), str(problem))


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
