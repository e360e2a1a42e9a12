"""Records that nobody makes through an API: seeded, edited by hand, and shown. A section is one flat table."""

# ruff: noqa: S608 - names of tables and columns are ours, values are bound

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from reconciler.sandbox.account import Account, Row
from reconciler.sandbox.moments import moment, parse_local
from reconciler.sandbox.seed_fields import EditError, Field, Record, SeedError, check_ids, checked


@dataclass(frozen=True, slots=True)
class When:
    """The account's present (microseconds since 1970) and zone, in which seeds write times."""

    now: int
    zone: ZoneInfo

    def at(self, text: str | None) -> int | None:
        """The instant that a seed's time means."""
        return None if text is None else parse_local(text, self.zone)

    def iso(self, at: int | None) -> str | None:
        """An instant as `Sandbox.state` writes it."""
        return None if at is None else moment(at).astimezone(self.zone).isoformat()


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of record.

    `name` is vendor and section (`ogmma.lotes`), `fields` is what a seed may say of one, `table` has `seq`, `id` and
    `columns`. `stored` makes a row's columns of a checked record (raising SeedError, with the place, for values that
    contradict each other), `seeded` makes the record again. `edited` is the columns that a row gets by an edit of the
    fields in `editable`; it raises EditError, or SeedError for values that contradict each other.
    """

    name: str
    fields: Mapping[str, Field]
    table: str
    columns: tuple[str, ...]
    new_id: Callable[[int], str]
    stored: Callable[[str, Record, When], Record]
    seeded: Callable[[Row, When], Record]
    edited: Callable[[Row, Record, When], Record]
    editable: frozenset[str]

    def read(self, given: Any) -> list[Record]:
        """The section of a seed, checked record by record.

        Raises:
            SeedError: with the place of what is not as it must be.
        """
        if not isinstance(given, list):
            raise SeedError(f"{self.name}: must be a list")
        records = [checked(f"{self.name}[{index}]", item, self.fields) for index, item in enumerate(given)]
        check_ids(self.name, records)
        return records

    def write(self, db: sqlite3.Connection, records: list[Record], when: When) -> None:
        """Fill the empty table. Raises SeedError for values that contradict each other."""
        taken, drawn = {item["id"] for item in records}, 0
        marks = ", ".join("?" * (len(self.columns) + 1))
        for index, item in enumerate(records):
            ident = item["id"]
            while ident is None or (item["id"] is None and ident in taken):
                ident, drawn = self.new_id(drawn), drawn + 1
            row = self.stored(f"{self.name}[{index}]", item, when)
            values = [ident, *(row[column] for column in self.columns)]
            db.execute(f"INSERT INTO {self.table} (id, {', '.join(self.columns)}) VALUES ({marks})", values)

    def state(self, account: Account) -> list[Record]:
        """The records as a seed says them."""
        when = When(account.now, account.zone)
        rows = account.all(f"SELECT * FROM {self.table} ORDER BY seq")
        return [{"id": row["id"]} | self.seeded(row, when) for row in rows]

    def edit(self, account: Account, ident: str, wanted: Mapping[str, Any]) -> None:
        """Change a record's fields.

        Raises:
            EditError: for something that does not exist, a value that does not fit, or a change that cannot be.
        """
        row = account.one(f"SELECT * FROM {self.table} WHERE id = ?", ident)
        if row is None:
            raise EditError(f"{self.name}: there is no {ident!r}")
        for name, value in wanted.items():
            if name not in self.editable:
                raise EditError(
                    f"{self.name}: {name!r} cannot be edited; these can: {', '.join(sorted(self.editable))}"
                )
            known = self.fields[name]
            if not known.fits(value) and not (value is None and not known.required):
                raise EditError(f"{self.name}.{name}: must be {known.what}, not {value!r}")
        try:
            changed = self.edited(row, dict(wanted), When(account.now, account.zone))
        except SeedError as error:
            raise EditError(str(error)) from error
        marks = ", ".join(f"{column} = ?" for column in self.columns)
        values = [changed[column] for column in self.columns]
        account.run(f"UPDATE {self.table} SET {marks} WHERE seq = ?", *values, row["seq"])
