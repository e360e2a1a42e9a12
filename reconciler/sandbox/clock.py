"""The account's own clock: it runs with the real one, from where it was set, in every process that opens the state."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from reconciler.sandbox import moments
from reconciler.sandbox.account import set_setting, setting
from reconciler.sandbox.store import Store


class Clock:
    """Reads and moves the account's time, which is kept with the account (as the distance from the real time)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def now(self) -> datetime:
        """The account's time, aware, UTC."""
        with self._store.transaction() as db:
            return moments.moment(instant(db))

    def set(self, moment: datetime) -> None:
        """Set the clock (aware moment).

        Setting it back undoes nothing that has happened; but what only follows from the time, which is how far the
        other channels' bulk sends and messages are, is shown as it was then.
        """
        with self._store.transaction() as db:
            place(db, moments.instant(moment))

    def advance(self, by: timedelta) -> None:
        """Move the clock on; what falls due meanwhile happens, in order, before the next request is answered."""
        with self._store.transaction() as db:
            place(db, instant(db) + by // timedelta(microseconds=1))

    def stop(self) -> None:
        """Let time stand still, for comparisons to the byte."""
        with self._store.transaction() as db:
            set_setting(db, "relogio_parado", instant(db))

    def start(self) -> None:
        """Let time run again, from where it stands."""
        with self._store.transaction() as db:
            stands = instant(db)
            set_setting(db, "relogio_parado", "")
            place(db, stands)

    @property
    def stopped(self) -> bool:
        """Whether time stands still."""
        with self._store.transaction() as db:
            return bool(setting(db, "relogio_parado"))


def instant(db: sqlite3.Connection) -> int:
    """The account's time, microseconds since 1970."""
    return instant_of({name: setting(db, name) for name in ("relogio_parado", "relogio_desvio")})


def instant_of(settings: Mapping[str, str]) -> int:
    """The same, from settings that were read."""
    stopped = settings["relogio_parado"]
    return int(stopped) if stopped else _real() + int(settings["relogio_desvio"])


def place(db: sqlite3.Connection, at: int) -> None:
    """Set the account's time; a clock that stands still goes on standing, there."""
    set_setting(db, "relogio_desvio", at - _real())
    if setting(db, "relogio_parado"):
        set_setting(db, "relogio_parado", at)


def _real() -> int:
    return time.time_ns() // 1000
