"""Looking records of this account up, numbering new ones, and how its answers write times."""

# ruff: noqa: S608 - names of tables and columns are ours, values are bound

from __future__ import annotations

from reconciler.sandbox import moments
from reconciler.sandbox.account import Account, Row, setting
from reconciler.sandbox.criaenvio.answers import missing
from reconciler.sandbox.criaenvio.ids import nth
from reconciler.sandbox.refusal import Refusal


def find(account: Account, table: str, ident: str, refusal: Refusal | None = None) -> Row:
    """The row with that id, or the documented 404."""
    row = account.one(f"SELECT * FROM {table} WHERE id = ?", ident)
    if row is None:
        raise refusal or missing()
    return row


def existing(account: Account, table: str, idents: list[str]) -> dict[str, int]:
    """Ids that exist, with their place in the table."""
    marks = ",".join("?" * len(idents))
    rows = account.all(f"SELECT id, seq FROM {table} WHERE id IN ({marks})", *idents)
    return {row["id"]: row["seq"] for row in rows}


def new_id(account: Account, table: str) -> str:
    """An id that no record of the table ever had."""
    while True:
        ident = nth(table, account.next(table) - 1)
        if account.one(f"SELECT 1 FROM {table} WHERE id = ?", ident) is None:
            return ident


def credits_left(account: Account) -> int:
    """How many people can still be written to."""
    return int(setting(account.db, "creditos"))


def stamp(account: Account, at: int | None, *, fraction: bool = False) -> str | None:
    """An instant in the account's local time, as answers carry it."""
    return None if at is None else moments.stamp(at, account.zone, fraction=fraction)
