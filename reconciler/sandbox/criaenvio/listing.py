"""Searching and paging, alike for every resource: filters by substring and id list, 30 rows a page, at most 100."""

# ruff: noqa: S608 - names of tables and columns are ours, values are bound

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from reconciler.sandbox.account import Account, Json, Row
from reconciler.sandbox.criaenvio.call import BASE, Call, split
from reconciler.sandbox.moments import SECOND

_DEFAULT, _MOST = 30, 100


@dataclass(slots=True)
class Where:
    """The conditions of a search, gathered one by one."""

    clauses: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)

    def add(self, clause: str, *values: object) -> None:
        """Add a condition in SQL, with the values of its marks."""
        self.clauses.append(clause)
        self.values.extend(values)

    def contains(self, column: str, wanted: str | None) -> None:
        """Keep rows whose (case-folded) column has `wanted` in it: filters match substrings."""
        if wanted:
            self.add(f"instr({column}, ?) > 0", wanted.casefold())

    def among(self, column: str, wanted: str | None) -> None:
        """Keep rows whose column is one of a comma list; an empty filter filters nothing."""
        items = split(wanted or "")
        if items:
            self.add(f"{column} IN ({','.join('?' * len(items))})", *items)

    @property
    def sql(self) -> str:
        """The conditions as the end of a query; also true if there is none."""
        return " AND ".join(["1", *self.clauses])


@dataclass(frozen=True, slots=True)
class Resource:
    """What a listing is made of: its name in paths, its table, and how a page of rows becomes JSON."""

    name: str
    table: str
    render: Callable[[Account, Call, list[Row]], list[Json]]
    embeds: tuple[str, ...] = ()
    columns: str = "*"


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows are asked for: the page, from 1, and how many it holds."""

    page: int
    number: int

    @property
    def rows(self) -> tuple[int, int]:
        """LIMIT and OFFSET."""
        return self.number, (self.page - 1) * self.number


def window(account: Account, resource: str, query: Mapping[str, str]) -> Window:
    """What `page` and `number` ask for; nonsense counts as not given, more than 100 as 100."""
    number = _whole(query.get("number")) or _DEFAULT
    if resource in account.assumptions.recursos_em_30:
        number = _DEFAULT
    return Window(_whole(query.get("page")) or 1, min(number, _MOST))


def pagination(account: Account, call: Call, asked: Window, *, total: int, count: int) -> Json:
    """The `pagination` of an answer. `links` is an empty list, or an object with the addresses that there are."""
    pages = -(-total // asked.number)

    def address(page: int) -> str:
        return f"{account.address}{BASE}{call.path}?{urlencode({**call.query, 'page': page})}"

    links = {}
    if asked.page < pages:
        links["next"] = address(asked.page + 1)
    if 1 < asked.page <= pages:
        links["previous"] = address(asked.page - 1)
    return {
        "total": total,
        "count": count,
        "per_page": asked.number,
        "current_page": asked.page,
        "total_pages": pages,
        "links": links or [],
    }


def search(account: Account, call: Call, resource: Resource, where: Where) -> Json:
    """One page of a resource. A page past the end is an empty list."""
    assumed = account.assumptions
    if assumed.atraso_da_listagem:
        where.add("criado <= ?", account.now - int(assumed.atraso_da_listagem * SECOND))
    asked = window(account, resource.name, call.query)
    total = account.number(f"SELECT count(*) FROM {resource.table} WHERE {where.sql}", *where.values)
    order = "DESC" if resource.name in assumed.mais_novos_primeiro else "ASC"
    found = account.all(
        f"SELECT {resource.columns} FROM {resource.table} WHERE {where.sql} ORDER BY seq {order} LIMIT ? OFFSET ?",
        *where.values,
        *asked.rows,
    )
    answer: Json = {
        "data": resource.render(account, call, found),
        "pagination": pagination(account, call, asked, total=total, count=len(found)),
    }
    return advertise(account, resource.embeds, answer)


def advertise(account: Account, embeds: tuple[str, ...], answer: Json) -> Json:
    """`answer` and the names of the resource's relations (recorded: `"embeds": ["grupos", "campos"]`)."""
    return answer | {"embeds": list(embeds)} if embeds and account.assumptions.embeds_anunciados else answer


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
