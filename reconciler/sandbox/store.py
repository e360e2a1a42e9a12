"""Where a simulated account is kept: one SQLite file (or memory), every change durable before it is answered."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.sandbox.schema import VERSION

_WAIT_FOR_OTHERS = 15.0  # seconds that another process may hold the file


class StateError(Exception):
    """A state file that cannot be opened or is none of ours. The text says which, why and what to do."""


class Store:
    """One connection, used by one thread at a time; other processes may have the same file open."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.RLock()
        self.path = path
        try:
            self._db = _connect(path)
        except (OSError, sqlite3.Error) as error:
            raise StateError(f"the sandbox's state {path} cannot be opened: {error}. Name another file.") from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """The connection, for one change that happens whole or not at all."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.rollback()
                raise
            self._db.commit()

    def version(self) -> str | None:
        """What made this state; None for an empty one.

        Raises:
            StateError: if the file is not a sandbox's, or of another version.
        """
        try:
            tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if not tables:
                return None
            row = self._db.execute("SELECT valor FROM conta WHERE nome = 'versao'").fetchone()
        except sqlite3.Error as error:
            raise StateError(f"{self.path} is not the state of a sandbox ({error}). Name another file.") from error
        if row is None or row[0] != VERSION:
            found = row[0] if row else "unknown"
            raise StateError(
                f"{self.path} was written by another version of the sandbox ({found}, this one reads {VERSION}). "
                "Remove it to begin anew, or name another file."
            )
        return VERSION

    def close(self) -> None:
        """Close the file; what was answered is in it."""
        with self._lock:
            self._db.close()


def _connect(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # an account holds addresses of people
    db = sqlite3.connect(path or ":memory:", timeout=_WAIT_FOR_OTHERS, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    try:
        # With a write-ahead log, what is committed survives the death of the process without waiting for the disk.
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        if path is None:  # what is in memory stays there: sorting much would else go to a temporary file
            db.execute("PRAGMA temp_store = MEMORY")
    except sqlite3.Error:
        db.close()
        raise
    return db
