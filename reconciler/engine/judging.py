"""A check beside what its source shows → a verdict. Pure.

What is relied upon: a bulk send does not go back (it waits, runs, ends), it has its number of recipients from the
beginning, and sent, delivered, read, failed and progress only grow. Its figures stay once it has ended, but for
delivered and read, which receipts may still add to, up to all who have not failed. A figure holds if every value fits
that it may still come to have, and is broken if none does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from fractions import Fraction
from math import isfinite

from reconciler.engine.channels import Bulk, Observation, Phase, Scalar
from reconciler.engine.check import (
    AgeIs,
    AmountIs,
    Check,
    Condition,
    Expectation,
    FieldIs,
    Figure,
    FigureIs,
    Ground,
    Ruling,
    StatusIs,
    Verdict,
)

_RANK = {Phase.WAITING: 0, Phase.RUNNING: 1, Phase.ENDED: 2}
_BY_RECEIPTS = frozenset({Figure.DELIVERED, Figure.READ})
_HUNDRED = Fraction(100)
_NOT_TOLD = "not told"
_LIKENESS = 0.6
"""How alike two names have to be for one to be told in place of the other: 0 to 1."""
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


def judged(check: Check, observations: Iterable[Observation], now: datetime) -> Verdict:
    """The verdict on `check`, from everything (or more) that its `where` means in its source; `now` is aware."""
    seen = tuple(observations)
    met = [(item, check.where.met(item)) for item in seen]
    meant = [item for item, sure in met if sure]
    doubtful = [item for item, sure in met if sure is None]
    chosen, undated = _chosen(check, meant)
    high = None if check.most is not None and len(seen) >= check.most else len(meant) + len(doubtful)
    grounds = [
        *(_amount(check, one, len(meant), high) for one in check.expects if isinstance(one, AmountIs)),
        *(_ground(item, one, now) for item in chosen for one in check.expects if not isinstance(one, AmountIs)),
        *(_doubt(item, "one of them, perhaps") for item in doubtful),
        *(_doubt(item, "the newest of them, perhaps") for item in undated),
    ]
    bulks = tuple(item.bulk for item in (*chosen, *undated, *doubtful) if item.bulk is not None)
    ruling, reason = _summed_up(check, grounds, found=len(chosen), none=not meant)
    if ruling is Ruling.NOT_FOUND:
        reason += _nearest(check, seen, now)
    return Verdict(check, ruling, reason, tuple(grounds), bulks)


def unread(check: Check, why: str) -> Verdict:
    """The verdict on a check whose source could not be read, and why."""
    return Verdict(check, Ruling.NOT_READ, f"{check.source} was not read: {why}")


def _chosen(check: Check, meant: Sequence[Observation]) -> tuple[list[Observation], list[Observation]]:
    """The objects that have to be as expected, and those of which it is not known whether they are the newest."""
    if check.newest is None:
        return list(meant), []
    name = check.newest.field
    times = [(item, value) for item in meant if isinstance(value := item.fields.get(name), datetime)]
    latest = max((value for _, value in times), default=None)
    undated = [] if check.newest.later else [i for i in meant if not isinstance(i.fields.get(name), datetime)]
    return [item for item, value in times if value == latest], undated


def _summed_up(check: Check, grounds: Sequence[Ground], *, found: int, none: bool) -> tuple[Ruling, str]:
    """The worst ground decides. Where nothing is found, only a check of how many there are can hold."""
    rulings = {ground.ruling for ground in grounds}
    counts = none and any(isinstance(one, AmountIs) for one in check.expects)
    if not found and not (counts and rulings == {Ruling.HOLDS}) and not any(_telling(ground) for ground in grounds):
        return Ruling.NOT_FOUND, f"nothing in {check.source} is as `onde` says"
    ruling = next((one for one in (Ruling.BROKEN, Ruling.NOT_YET) if one in rulings), Ruling.HOLDS)
    if ruling is Ruling.HOLDS:
        return ruling, f"all {found} of them are as expected" if found > 1 else "as expected"
    told = "; ".join(dict.fromkeys(_told(ground, named=found > 1) for ground in grounds if ground.ruling is ruling))
    if found > 1:
        told += f" (all {found} of them have to be as expected)"
    if ruling is Ruling.BROKEN and check.newest is not None:
        told += "; a newer one would count in its place"
    return ruling, told


def _nearest(check: Check, seen: Collection[Observation], now: datetime) -> str:
    """What would be meant but for one thing, if that is nearly so: a name with a slip in it, another day."""
    conditions = [condition for condition in check.where.conditions if not condition.path]
    for condition in conditions:
        rest = [other for other in conditions if other is not condition]
        others = [item for item in seen if condition.met(item) is False and all(other.met(item) for other in rest)]
        if told := _near(condition, {item.fields.get(condition.field) for item in others}, now):
            return f"; the nearest has {condition.field} {told}"
    return ""


def _near(condition: Condition, values: Iterable[Scalar], now: datetime) -> str:
    if condition.among:
        texts = {str(value).casefold(): f"“{value}”" for value in sorted(values, key=str) if value is not None}
        found = (get_close_matches(wanted.casefold(), texts, 1, _LIKENESS) for wanted in condition.among)
        return next((texts[near[0]] for near in found if near), "")
    times = [value for value in values if isinstance(value, datetime)]
    return f"{max(times).astimezone(now.tzinfo):%d/%m/%Y %H:%M}" if times else ""


def _telling(ground: Ground) -> bool:
    """Whether a ground says more than that nothing was found."""
    return ground.ruling is Ruling.BROKEN or bool(ground.id)


def _told(ground: Ground, *, named: bool) -> str:
    who = f"{ground.title or ground.id}: " if ground.id and (named or not ground.wanted) else ""
    wanted = f", expected {ground.wanted}" if ground.wanted else ""
    return f"{who}{ground.name} {ground.shown}{wanted}"


def _ground(item: Observation, one: Expectation, now: datetime) -> Ground:
    """What one object shows of one expectation."""
    match one:
        case StatusIs():
            wanted, (ruling, shown) = " or ".join(one.wanted), _status(item.bulk, one)
        case FigureIs():
            wanted, (ruling, shown) = one.comparison.text, _figure(item.bulk, one)
        case FieldIs():
            wanted, value = " or ".join(one.wanted), item.fields.get(one.name)
            ruling = Ruling.HOLDS if value is not None and str(value) in one.wanted else Ruling.NOT_YET
            shown = _NOT_TOLD if value is None else str(value)
        case AgeIs():
            wanted, (ruling, shown) = one.comparison.text, _age(item.fields.get(one.field), one, now)
        case AmountIs():
            raise AssertionError("how many there are is about no single object")
    return Ground(item.id, _title(item), one.name, wanted, shown, ruling)


def _status(bulk: Bulk | None, one: StatusIs) -> tuple[Ruling, str]:
    """A status of before cannot come again, and the last one stays."""
    if bulk is None or not bulk.status:
        return Ruling.NOT_YET, _NOT_TOLD
    if bulk.phase is Phase.UNKNOWN:
        return Ruling.NOT_YET, f"{bulk.status}, which the vendor's documents do not name"
    if bulk.status in one.wanted:
        return Ruling.HOLDS, bulk.status
    may_come = bulk.phase is not Phase.ENDED and any(_RANK[p] >= _RANK[bulk.phase] for p in one.wanted.values())
    return Ruling.NOT_YET if may_come else Ruling.BROKEN, bulk.status


def _figure(bulk: Bulk | None, one: FigureIs) -> tuple[Ruling, str]:
    """Every value that the figure may still come to have, beside what is expected of it."""
    value = getattr(bulk, one.figure) if bulk is not None else None
    if bulk is None or value is None or not isfinite(value):
        return Ruling.NOT_YET, _NOT_TOLD
    low, high = _span(bulk, one.figure, Fraction(str(value)))
    shown = _shown(bulk, one.figure)
    if one.comparison.share:
        if bulk.total is None or bulk.total <= 0:
            return Ruling.NOT_YET, f"{shown}, of {'nobody' if bulk.total is not None else 'nobody knows how many'}"
        low, high = low / bulk.total, None if high is None else high / bulk.total
    fits = one.comparison.between(low, high)
    if fits is False:
        return Ruling.BROKEN, shown
    return Ruling.HOLDS if fits and bulk.phase is not Phase.UNKNOWN else Ruling.NOT_YET, shown


def _span(bulk: Bulk, figure: Figure, value: Fraction) -> tuple[Fraction, Fraction | None]:
    """The least and the most (None: not known) that a figure may come to be."""
    if bulk.phase is Phase.ENDED and figure not in _BY_RECEIPTS:
        return value, value
    if figure is Figure.PROGRESS:
        return value, max(value, _HUNDRED)
    if bulk.total is None:
        return value, None
    lost = 0 if figure is Figure.FAILED else bulk.failed or 0
    return value, max(value, Fraction(bulk.total - lost))


def _shown(bulk: Bulk, figure: Figure) -> str:
    """A figure as people read it: `8 of 500 (1.6 %)`, and whether it is the last word."""
    value = getattr(bulk, figure)
    if figure is Figure.PROGRESS:
        text = f"{value:g} %"
    elif bulk.total is not None and bulk.total > 0:
        text = f"{value} of {bulk.total} ({100 * value / bulk.total:.3g} %)"
    else:
        text = str(value)
    return text if bulk.phase is Phase.ENDED else f"{text} so far ({bulk.status})"


def _age(value: object, one: AgeIs, now: datetime) -> tuple[Ruling, str]:
    """Something newer may come at any time: an age is never broken."""
    if not isinstance(value, datetime):
        return Ruling.NOT_YET, _NOT_TOLD
    seconds = Fraction((now.astimezone(UTC) - value.astimezone(UTC)).total_seconds())
    return Ruling.HOLDS if one.comparison.fits(seconds) else Ruling.NOT_YET, _lasted(int(seconds))


def _lasted(seconds: int) -> str:
    """How long, in its two largest units: `2 d 3 h`."""
    parts, left = [], max(seconds, 0)
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        parts += [f"{count} {unit}"] if count else []
    return " ".join(parts[:2]) or "less than a minute"


def _amount(check: Check, one: AmountIs, count: int, high: int | None) -> Ground:
    """How many there are now; more may come, and they may become fewer where what is meant can change."""
    fits = one.comparison.between(Fraction(count), None if high is None else Fraction(high))
    ruling = Ruling.HOLDS if fits else Ruling.NOT_YET
    for_good = check.where.lasting and check.most is None
    if fits is False and for_good and one.comparison.between(Fraction(count), None) is False:
        ruling = Ruling.BROKEN
    more = " or more" if high is None else "" if high == count else f" to {high}"
    return Ground("", "", one.name, one.comparison.text, f"{count}{more}", ruling)


def _doubt(item: Observation, why: str) -> Ground:
    """An object of which it cannot be told whether it is meant: nothing holds until it can."""
    status = f"status {item.bulk.status}" if item.bulk is not None and item.bulk.phase is Phase.UNKNOWN else "no time"
    return Ground(item.id, _title(item), f"{why}:", "", f"it has {status}", Ruling.NOT_YET)


def _title(item: Observation) -> str:
    return item.bulk.title if item.bulk is not None else ""
