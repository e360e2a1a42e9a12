"""Answers that are not quite as documented: numbers as texts, fields too many, null or missing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reconciler.sandbox.account import Json

_MORE: Json = {"externalReference": "ref-1", "costs": {"currency": "BRL", "amount": 12.5}, "tags": ["natal"], "v": 2}


@dataclass(frozen=True, slots=True)
class Distortion:
    """What is wrong with every record of an answer. `nulls` and `absent` name its outermost fields."""

    numbers_as_texts: bool = False
    more: bool = False
    nulls: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    def of(self, record: Json) -> Json:
        """The record as it is answered."""
        shown = {name: None if name in self.nulls else value for name, value in record.items()}
        shown = (_MORE if self.more else {}) | {name: value for name, value in shown.items() if name not in self.absent}
        return self.numbers(shown)

    def numbers(self, shown: Json) -> Json:
        """The figures of a page, or a record's, as they are answered."""
        return {name: _text(value) for name, value in shown.items()} if self.numbers_as_texts else shown


def _text(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _text(inner) for name, inner in value.items()}
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
