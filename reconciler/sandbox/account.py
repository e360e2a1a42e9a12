"""The simulated account as one request sees it: its rows, its time, its zone and what is assumed of the vendor."""

# ruff: noqa: S608 - names of tables and columns are ours, values are bound

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from reconciler.sandbox import moments
from reconciler.sandbox.answers import Refusal, missing
from reconciler.sandbox.assumptions import Assumptions
from reconciler.sandbox.ids import nth

Row = sqlite3.Row
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """What a route needs of a request: the id in the path (or ""), the query without the key, the body's fields."""

    path: str
    id: str
    query: Mapping[str, str]
    fields: Mapping[str, Any]

    @property
    def embeds(self) -> tuple[str, ...]:
        """The relations that are asked for."""
        return tuple(split(self.query.get("embeds", "")))


@dataclass(frozen=True, slots=True)
class Account:
    """One account at one instant (`now`, microseconds since 1970). `address` is the API's base URL, for links."""

    db: sqlite3.Connection
    now: int
    zone: ZoneInfo
    assumptions: Assumptions
    address: str

    def all(self, sql: str, *values: object) -> list[Row]:
        """All rows of a query."""
        return self.db.execute(sql, values).fetchall()

    def one(self, sql: str, *values: object) -> Row | None:
        """The first row of a query."""
        row: Row | None = self.db.execute(sql, values).fetchone()
        return row

    def number(self, sql: str, *values: object) -> int:
        """The one number that a query answers."""
        return int(self.db.execute(sql, values).fetchone()[0])

    def run(self, sql: str, *values: object) -> int:
        """Do a change; the number of rows that it touched."""
        return self.db.execute(sql, values).rowcount

    def find(self, table: str, ident: str, refusal: Refusal | None = None) -> Row:
        """The row with that id, or the documented 404."""
        row = self.one(f"SELECT * FROM {table} WHERE id = ?", ident)
        if row is None:
            raise refusal or missing()
        return row

    def known(self, table: str, idents: list[str]) -> dict[str, int]:
        """Ids that exist, with their place in the table."""
        marks = ",".join("?" * len(idents))
        rows = self.all(f"SELECT id, seq FROM {table} WHERE id IN ({marks})", *idents)
        return {row["id"]: row["seq"] for row in rows}

    def next(self, counter: str) -> int:
        """The next number of a counter, from 1; no number comes twice."""
        self.run("INSERT INTO contadores VALUES (?, 1) ON CONFLICT DO UPDATE SET n = n + 1", counter)
        return self.number("SELECT n FROM contadores WHERE tipo = ?", counter)

    def new_id(self, table: str) -> str:
        """An id that no record of the table ever had."""
        while True:
            ident = nth(table, self.next(table) - 1)
            if self.one(f"SELECT 1 FROM {table} WHERE id = ?", ident) is None:
                return ident

    @property
    def credits(self) -> int:
        """How many people can still be written to."""
        return int(setting(self.db, "creditos"))

    def stamp(self, at: int | None, *, fraction: bool = False) -> str | None:
        """An instant in the account's local time, as answers carry it."""
        return None if at is None else moments.stamp(at, self.zone, fraction=fraction)


def split(text: str) -> list[str]:
    """The items of a comma list, without blanks and empty ones, each once, in order."""
    return list(dict.fromkeys(item.strip() for item in text.split(",") if item.strip()))


def setting(db: sqlite3.Connection, name: str) -> str:
    """One of the account's settings: `fuso_horario`, `creditos`, `suposicoes`, `relogio_desvio`, `relogio_parado`."""
    return str(db.execute("SELECT valor FROM conta WHERE nome = ?", (name,)).fetchone()[0])


def settings(db: sqlite3.Connection) -> Mapping[str, str]:
    """All of the account's settings at once: every request needs most of them."""
    return dict(db.execute("SELECT nome, valor FROM conta").fetchall())


def set_setting(db: sqlite3.Connection, name: str, value: object) -> None:
    """Set one of the account's settings."""
    db.execute("INSERT OR REPLACE INTO conta VALUES (?, ?)", (name, str(value)))


def assumptions(db: sqlite3.Connection) -> Assumptions:
    """What the account assumes of the vendor."""
    return assumptions_of({"suposicoes": setting(db, "suposicoes")})


def assumptions_of(settings: Mapping[str, str]) -> Assumptions:
    """The same, from settings that were read."""
    return _assumptions(settings["suposicoes"])


def assume(db: sqlite3.Connection, wanted: Mapping[str, Any]) -> None:
    """Assume otherwise. Raises AssumptionError for a name or value that cannot be."""
    set_setting(db, "suposicoes", json.dumps(assumptions(db).changed(wanted).as_json()))


def zone(db: sqlite3.Connection) -> ZoneInfo:
    """The account's time zone."""
    return zone_of({"fuso_horario": setting(db, "fuso_horario")})


def zone_of(settings: Mapping[str, str]) -> ZoneInfo:
    """The same, from settings that were read."""
    return ZoneInfo(settings["fuso_horario"])


@lru_cache(maxsize=64)
def _assumptions(text: str) -> Assumptions:
    return Assumptions().changed(json.loads(text))
