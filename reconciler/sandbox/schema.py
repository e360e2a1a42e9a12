"""The tables of a sandbox: those that all vendors share, and each vendor's own. Times are microseconds since 1970."""

from __future__ import annotations

import sqlite3

from reconciler.sandbox.criaenvio import schema as criaenvio
from reconciler.sandbox.mindo import records as mindo
from reconciler.sandbox.ogmma import records as ogmma

VERSION = "criaenvio-sandbox-1"
"""What marks a state as one that this version reads; it was named when there was one vendor."""

_SHARED = """
CREATE TABLE conta (nome TEXT PRIMARY KEY, valor TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE contadores (tipo TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE requests (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    query TEXT NOT NULL, body_sha256 TEXT, status INTEGER, effect INTEGER NOT NULL, fault TEXT, result TEXT);
CREATE TABLE late (seq INTEGER PRIMARY KEY, due INTEGER NOT NULL, request INTEGER NOT NULL, method TEXT NOT NULL,
    path TEXT NOT NULL, query TEXT NOT NULL, content_type TEXT NOT NULL, body BLOB NOT NULL);
"""


def create(db: sqlite3.Connection) -> None:
    """Make every table of a new state."""
    _run(db, _SHARED + criaenvio.TABLES)
    complete(db)


def complete(db: sqlite3.Connection) -> None:
    """Make the tables that a state lacks which is from before there were other channels than e-mail."""
    _run(db, ogmma.TABLES + mindo.TABLES)


def _run(db: sqlite3.Connection, statements: str) -> None:
    """One by one: `executescript` would end the transaction."""
    for statement in statements.split(";"):
        db.execute(statement)
