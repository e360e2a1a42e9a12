"""The simulated account as one request sees it: its rows, its time, its zone and what is assumed of the vendors."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from reconciler.sandbox.assumptions import Assumptions

Row = sqlite3.Row
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """One account at one instant (`now`, microseconds since 1970). `address` is the server's, for links."""

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

    def next(self, counter: str) -> int:
        """The next number of a counter, from 1; no number comes twice."""
        self.run("INSERT INTO contadores VALUES (?, 1) ON CONFLICT DO UPDATE SET n = n + 1", counter)
        return self.number("SELECT n FROM contadores WHERE tipo = ?", counter)


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
