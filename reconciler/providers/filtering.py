"""What a vendor's listing may be asked for: checked before anything is sent. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TypeAlias

from reconciler.engine.channels import Scalar

Equal: TypeAlias = Mapping[str, Sequence[Scalar]]
"""Fields of an observation, and the values of which each has to have one."""

Between: TypeAlias = Mapping[str, tuple[datetime | None, datetime | None]]
"""Fields of an observation, and the times, aware, between which each has to lie; None is open."""


class InvalidFilterError(ValueError):
    """A filter that the vendor does not have: `field`, `reason` and `remedy`; nothing was sent."""

    def __init__(self, field: str, reason: str, remedy: str) -> None:
        super().__init__(f"{field}: {reason}; {remedy}")
        self.field = field
        self.reason = reason
        self.remedy = remedy


def require_word(field: str, value: str | None, words: Sequence[str]) -> None:
    """Raises `InvalidFilterError` unless `value` is left out or one of `words`."""
    if value is not None and value not in words:
        raise InvalidFilterError(field, f"{value!a} is none of its values", f"write one of {', '.join(words)}")


def require_number(field: str, value: object, least: int, most: int) -> None:
    """Raises `InvalidFilterError` unless `value` is left out or a whole number from `least` to `most`."""
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InvalidFilterError(field, f"{value!a} is out of its range", f"write a whole number, {least} to {most}")


def require_days(after: tuple[str, date | None], before: tuple[str, date | None]) -> None:
    """Raises `InvalidFilterError` unless two days, each left out or a date without a time, are in their order.

    Each comes with the name of its filter.
    """
    for field, value in (after, before):
        if value is not None and type(value) is not date:
            raise InvalidFilterError(field, f"{value!a} is not a day", "write it as yyyy-mm-dd")
    if after[1] is not None and before[1] is not None and after[1] > before[1]:
        raise InvalidFilterError(
            after[0], f"{after[1]} is after {before[0]}, {before[1]}", "write the earlier day first"
        )


def only(equal: Equal, field: str) -> Scalar:
    """The one value that `field` has to have; None if there is none, or a choice."""
    values = equal.get(field, ())
    return values[0] if len(values) == 1 else None
