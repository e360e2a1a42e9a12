"""One page of a listing as data. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from reconciler.transport import UnexpectedError

NUMBER = 100
"""Rows asked for in every listing: the most that the reference names. Some resources may stay at 30 all the same."""

Row: TypeAlias = dict[str, Any]


class Record(Protocol):
    """A row of which only what is needed was decoded."""

    @property
    def id(self) -> str:
        """Its id."""

    def row(self) -> Row:
        """The same as any row is, as far as it was decoded."""


R_co = TypeVar("R_co", bound=Record, covariant=True)


@dataclass(frozen=True, slots=True)
class Packed(Generic[R_co]):
    """The rows of a page as records, with the names of the relations that all of them carry."""

    records: Sequence[R_co]
    relations: frozenset[str]

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Row]:
        return (record.row() for record in self.records)


Rows: TypeAlias = Sequence[Row] | Packed[Any]


def ids_of(rows: Rows) -> list[str]:
    """The ids of a page's rows."""
    return [record.id for record in rows.records] if isinstance(rows, Packed) else [str(row["id"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing: the vendor's rows as decoded, and what the answer says about the whole.

    `total` counts all rows of all pages; when the answer does not tell (`counted` is false) it is the rows of this
    page. `per_page` is what the server really used. `embeds` names the relations that the resource offers.
    """

    rows: Rows
    total: int
    per_page: int
    current_page: int = 1
    embeds: tuple[str, ...] = ()
    counted: bool = True

    def carries(self, relation: str) -> bool:
        """Whether every row carries this relation."""
        if isinstance(self.rows, Packed):
            return relation in self.rows.relations
        return all(relation in row for row in self.rows)


def listing(document: dict[str, object]) -> Page:
    """The page that an answer holds. Raises UnexpectedError when it holds no list of records with ids."""
    found = _rows(document.get("data"))
    told = document.get("pagination")
    pagination = told if isinstance(told, dict) else {}
    total = _number(pagination.get("total"))
    embeds = document.get("embeds")
    return Page(
        rows=found,
        total=len(found) if total is None else total,
        per_page=_number(pagination.get("per_page")) or max(len(found), 1),
        current_page=_number(pagination.get("current_page")) or 1,
        embeds=tuple(map(str, embeds)) if isinstance(embeds, list) else (),
        counted=total is not None,
    )


def embedded(record: dict[str, Any], name: str) -> Page | None:
    """The relation `name` that a record carries (`grupos`, `campos`, `contatos`, `listas`, `mensagem`, `remetente`).

    None when the record does not carry it. Read alike are `{"data": [...], "pagination": {...}}`, a bare list, a
    single record in place of a list, and the vendor's `""` for none (reference, GET /envios/{id}, `remetente`).
    """
    value = record.get(name)
    if name not in record or value is None:
        return None
    if value == "":
        return listing({"data": []})
    document = value if isinstance(value, dict) and "data" in value else {"data": value}
    if isinstance(document["data"], dict):
        document = {**document, "data": [document["data"]]}
    return listing(document)


def _rows(data: object) -> Rows:
    if isinstance(data, Packed):
        return data
    if not isinstance(data, list):
        raise UnexpectedError("without the list of records that it should hold")
    try:
        ids = [row["id"] for row in data]
    except (KeyError, TypeError):
        raise UnexpectedError("with a record that has no id") from None
    if not {*map(type, ids)} <= {str, int, bool} or "" in ids:
        raise UnexpectedError("with a record that has no id")
    return data


def _number(value: object) -> int | None:
    """A count, also when it comes as text (`"22"`, `"22.0"`), or None."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = int(float(value))
    except (ValueError, OverflowError):
        return None
    return number if number >= 0 else None
