"""A vendor's loosely typed JSON object as the fields of an observation, and figures out of such fields. Pure.

Nothing is lost and nothing is guessed: what is as documented becomes a number or a time, and anything else is kept as
it came, to be shown.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum

from reconciler.engine.channels import Bulk, Phase, Scalar

DEEPEST = 4
"""How many names a dotted name may have; what is nested deeper is kept as JSON text."""

_MOST = 10**12
"""People that no bulk send has: a count beyond it is none."""

# "1.000" may be a thousand as Brazilians write it: a count has one zero or two behind its point, or is no count.
_COUNT = re.compile(r"-?[0-9]{1,15}(?:\.0{1,2})?")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_MOMENT = re.compile(
    r"(?P<year>[0-9]{4})-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?"
    r"(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})"
)
# Some languages write "no time" as the first moment that they can (0001-01-01T00:00:00Z), others as the last one.
_FIRST_YEAR, _LAST_YEAR = 1970, 9000


class Kind(Enum):
    """What a field holds by the vendor's documents."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    MOMENT = "moment"


def fields_of(row: Mapping[str, object], kinds: Mapping[str, Kind]) -> dict[str, Scalar]:
    """Every field of `row` by its dotted name, those that `kinds` names read as they are documented.

    Numbers may come as text ("22"), texts as numbers. A time without an offset stays the text that it is: of which
    zone it is nobody says, and hours matter here.
    """
    return {name: _read(value, kinds.get(name)) for name, value in _flat(row)}


def word(value: Scalar) -> str:
    """A text as one; empty if it is missing or no text."""
    return value if isinstance(value, str) else ""


def count(value: Scalar) -> int | None:
    """A number of people, or None where the field holds none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST else None


def percentage(value: Scalar) -> float | None:
    """0 to 100, or None where the field holds no such number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        return None
    return float(value)


def moment(value: Scalar) -> datetime | None:
    """An aware time, or None where the field holds none."""
    return value if isinstance(value, datetime) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Anatomy:
    """Which of a vendor's fields tell what of a bulk send. `phases` says how far each documented status is.

    `counts` maps the counts of `Bulk` to the fields that tell them; what a vendor does not tell is left out.
    """

    phases: Mapping[str, Phase]
    id: str
    title: str
    created: str
    ended: str
    progress: str
    status: str = "status"
    counts: Mapping[str, str] = field(default_factory=dict)

    def bulk(self, source: str, fields: Mapping[str, Scalar]) -> Bulk:
        """The bulk send that these fields show; what cannot be one of its figures is not told."""
        status = word(fields.get(self.status))
        return Bulk(
            source=source,
            id=word(fields.get(self.id)),
            title=word(fields.get(self.title)),
            status=status,
            phase=self.phases.get(status, Phase.UNKNOWN),
            progress=percentage(fields.get(self.progress)),
            created=moment(fields.get(self.created)),
            ended=moment(fields.get(self.ended)),
            **{name: count(fields.get(told)) for name, told in self.counts.items()},
        )


def _flat(row: Mapping[str, object], before: str = "", depth: int = 1) -> Iterator[tuple[str, object]]:
    for name, value in row.items():
        whole = before + _clean(name)
        if isinstance(value, dict) and value and depth < DEEPEST:
            yield from _flat(value, f"{whole}.", depth + 1)
        else:
            yield whole, value


def _read(value: object, kind: Kind | None) -> Scalar:
    if isinstance(value, str):
        return _text(_clean(value), kind)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # JSON has no such numbers, but some servers write them
    if isinstance(value, int | float):
        if kind is Kind.COUNT and _whole(value):
            return int(value)
        return str(value) if kind is Kind.TEXT else value
    return _json(value)


def _text(text: str, kind: Kind | None) -> Scalar:
    bare = text.strip()
    if kind is Kind.COUNT and _COUNT.fullmatch(bare):
        return int(bare.partition(".")[0])
    if kind is Kind.NUMBER and _NUMBER.fullmatch(bare):
        return float(bare)
    if kind is Kind.MOMENT and (found := _MOMENT.fullmatch(bare)) and _FIRST_YEAR <= int(found["year"]) <= _LAST_YEAR:
        try:
            return datetime.fromisoformat(bare.upper()).astimezone(UTC)
        except ValueError:  # the 30th of February, 25 o'clock
            return text
    return text


def _whole(value: float) -> bool:
    """Whether a number is a whole one, however it is written (492.0)."""
    return isinstance(value, int) or value.is_integer()


def _json(value: object) -> str:
    try:
        return _clean(json.dumps(value, ensure_ascii=False))
    except RecursionError:
        return "(nested too deeply)"


def _clean(text: str) -> str:
    """`text` without halves of surrogate pairs, which no output could write."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
