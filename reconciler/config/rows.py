"""What a reader of a file of contacts gives for each row, and what the file's entry adds to all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from reconciler.config.accepting import Accepted
from reconciler.config.findings import Findings
from reconciler.config.lines import Lines
from reconciler.config.sources import ContatosDe
from reconciler.config.spot import Spot
from reconciler.engine.roll import Position


@dataclass(frozen=True, slots=True)
class Row:
    """One contact of a file: what it says, in the form of a contato in YAML, and a way to find its cells again."""

    values: dict[str, Any]
    spot: Callable[[], Spot]


def completed(values: dict[str, Any], spec: ContatosDe) -> dict[str, Any]:
    """What a row says, with the listas of all rows of its file, and `ativo` where it does not say that itself."""
    if spec.listas and isinstance(own := values.get("listas", []), list):
        values["listas"] = [*spec.listas.difference(_texts(own)), *own]
    if spec.ativo is not None:
        values.setdefault("ativo", "true" if spec.ativo else "false")
    return values


def _texts(items: list[Any]) -> Iterator[str]:
    return (item for item in items if isinstance(item, str))


Rows: TypeAlias = list[tuple[Position, Accepted | Row]]
"""Some rows that follow each other: where each begins, and what it says, as accepted or as it stands."""


class Reader(Protocol):
    """Reads one file of contacts."""

    def rows(self, lines: Lines, findings: Findings) -> Iterator[Rows]:
        """Every row, some at a time. Raises Broken when the rest cannot be read."""

    def row(self, lines: Lines) -> Row | None:
        """The row at which `lines` stand, in a file whose `rows` were read before. May raise Broken."""
