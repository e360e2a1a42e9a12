"""Which column of a file of contacts holds which field, and what a row's cells therefore say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from reconciler.config.findings import Findings
from reconciler.config.source import Source
from reconciler.config.sources import COLUMNS, ContatosDe, is_column
from reconciler.config.translate import suggestion
from reconciler.engine.model import Finding, Severity

_BETWEEN_KEYS: Final = re.compile(r"[\s,;|]+")
VALUES: Final = "campos."
"""What the name of a column begins with that holds values of a campo."""


def columns_of(
    header: list[str], offsets: list[int], source: Source, spec: ContatosDe, findings: Findings
) -> dict[str, int] | None:
    """Field → index of its column; None when the rows cannot be read without what is missing.

    `offsets` says where in `source`, the header's own line, each name begins.
    """
    wanted = spec.colunas or {name: name for name in header if is_column(name)}
    found = [*_missing(header, wanted, source)]
    for index, name in enumerate(header):
        if name in header[:index] and name in wanted.values():
            summary, remedy = f"two columns are called {name!r}", "rename one of them"
            found.append(source.finding("duplicate-column", offsets[index], summary, remedy=remedy, width=len(name)))
        if spec.colunas is None and name and not is_column(name):
            findings.add(_not_read(name, offsets[index], source))
    findings.extend(found)
    return None if found else {field: header.index(column) for field, column in wanted.items()}


def _missing(header: list[str], wanted: Mapping[str, str], source: Source) -> Iterator[Finding]:
    there = f"the columns are: {', '.join(name for name in header if name) or 'none'}"
    width = len(source.text.rstrip()) or 1
    if "email" not in wanted:
        remedy = "map it: `colunas: {email: NAME OF THE COLUMN}`"
        summary = "no column holds the e-mail"
        yield source.finding("missing-column", 0, summary, reason=there, remedy=remedy, width=width)
    for column in dict.fromkeys(wanted.values()):
        if column not in header:
            lowered = {name.lower(): name for name in header}
            near = suggestion(column, lowered)
            remedy = near or "correct colunas, or add the column"
            summary = f"there is no column {column!r}"
            yield source.finding("missing-column", 0, summary, reason=there, remedy=remedy, value=column, width=width)


def _not_read(name: str, at: int, source: Source) -> Finding:
    return source.finding(
        "column-not-read",
        at,
        f"the column {name!r} is not read",
        severity=Severity.WARNING,
        reason="its name is no field of a contato",
        remedy=suggestion(name, COLUMNS) or "map it with colunas, or leave it as it is",
        value=name,
        width=len(name),
    )


def keys_in(cell: str) -> set[str]:
    """The keys that stand in a cell."""
    return {key for key in _BETWEEN_KEYS.split(cell) if key}


def said(cells: list[str], fields: Mapping[str, int]) -> dict[str, Any]:
    """What a row says, in the form of a contato in YAML; an empty cell says nothing."""
    values: dict[str, Any] = {}
    for field, index in fields.items():
        cell = cells[index].strip()
        if not cell:
            continue
        if "\r" in cell:
            cell = cell.replace("\r\n", "\n")
        if field.startswith(VALUES):
            values.setdefault("campos", {})[field.removeprefix(VALUES)] = cell
        elif field == "listas":
            values["listas"] = sorted(keys_in(cell))
        else:
            values[field] = cell.lower() if field == "ativo" else cell
    return values
