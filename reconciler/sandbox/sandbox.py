"""A running sandbox, as the rest of the program and the tests hold it."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from reconciler.sandbox import schema, seeding
from reconciler.sandbox.account import assume
from reconciler.sandbox.assumptions import Assumptions
from reconciler.sandbox.clock import Clock
from reconciler.sandbox.control import Control
from reconciler.sandbox.faults import Faults
from reconciler.sandbox.history import History
from reconciler.sandbox.seed import read
from reconciler.sandbox.server import Server
from reconciler.sandbox.service import Service
from reconciler.sandbox.store import StateError, Store
from reconciler.sandbox.vendors import CRIAENVIO, MINDO, OGMMA, VENDORS

NOT_IMITATED = """\
What the sandbox does not imitate: no e-mail and no message ever leaves it; recipients do not open, click, bounce or
unsubscribe (figures of opens, clicks and rejections stay 0; who is to unsubscribe must be made to, through
/_sandbox/edits); a contact's quality never changes; calls are not limited unless a fault is ordered or a limit assumed
(of Ogmma's it is, 60 a minute); there are no screens, imports, invoices or bounces, and no TLS; keys are compared, not
managed; html is rewritten in a way of its own, not in the vendor's. Of Ogmma and Mindo there are only the calls that
list bulk sends and the messages of a conversation: those come from the seed and go on with the clock, evenly, and
nothing can be sent, so that no key is a test key; templates, channels and contacts there are but what bulk sends and
messages say of them. And whatever a vendor does that its documents do not say is an assumption, listed at
/_sandbox/assumptions."""


class Sandbox:
    """One simulated account, with every vendor, behind HTTP on loopback. Made by `open`; close it, or use a `with`."""

    def __init__(self, server: Server, control: Control) -> None:
        self._server = server
        self._control = control

    @classmethod
    def open(
        cls,
        state: Path | None = None,
        seed: Path | Mapping[str, Any] | None = None,
        *,
        port: int = 0,
        key: str | Mapping[str, str] | None = None,
        assumptions: Mapping[str, Any] | None = None,
    ) -> Sandbox:
        """Start a sandbox.

        Args:
            state: SQLite file that keeps the account; made if missing, with its folder. None: in memory.
            seed: what a new account holds (a JSON file, or the same as a mapping); not looked at if `state` has one.
            port: on 127.0.0.1; 0 takes a free one.
            key: the only key that opens Criaenvio's API; or those of several, by name (`criaenvio`, `ogmma`, `mindo`).
                What has none is opened by any key that is not empty. They are kept in memory only.
            assumptions: names and values of `Assumptions` that differ from the seed's (or the kept account's).

        Raises:
            SeedError: the seed is not as it must be.
            StateError: the state file cannot be used, or the port is taken.
            AssumptionError: there is no such assumption, or not with that value.
        """
        store = Store(state)
        try:
            _prepare(store, seed, assumptions or {})
            server = _listen(port)
        except BaseException:
            store.close()
            raise
        return cls._serving(store, server, {CRIAENVIO.name: key} if isinstance(key, str) else key or {})

    @classmethod
    def private(cls, seed: Mapping[str, Any], key: str) -> Sandbox:
        """Start a sandbox in memory for an account whose people exist: only `key` opens any of it.

        The simulator's own calls, which show everything to whoever is on this machine, are not answered over HTTP.
        Raises SeedError, StateError.
        """
        store = Store(None)
        try:
            _prepare(store, seed, {})
            server = _listen(0)
        except BaseException:
            store.close()
            raise
        server.screens = False
        return cls._serving(store, server, {vendor.name: key for vendor in VENDORS})

    @classmethod
    def _serving(cls, store: Store, server: Server, keys: Mapping[str, str]) -> Sandbox:
        service = Service(store, keys, server.address)
        clock = Clock(store)
        faults = Faults(lambda: clock.now().timestamp())
        server.control = Control(store, service, clock, faults, History(store, service))
        server.start()
        return cls(server, server.control)

    @property
    def url(self) -> str:
        """The base address of Criaenvio's API, `http://127.0.0.1:PORT/v1`."""
        return self._server.address + CRIAENVIO.base

    @property
    def ogmma_url(self) -> str:
        """The base address of Ogmma's API, `http://127.0.0.1:PORT/ogmma/v1`."""
        return self._server.address + OGMMA.base

    @property
    def mindo_url(self) -> str:
        """The base address of Mindo's API, `http://127.0.0.1:PORT/mindo`."""
        return self._server.address + MINDO.base

    @property
    def clock(self) -> Clock:
        """The account's clock."""
        return self._control.clock

    @property
    def faults(self) -> Faults:
        """The queue of misbehaviour."""
        return self._control.faults

    @property
    def history(self) -> History:
        """Every request to any vendor, and every e-mail."""
        return self._control.history

    @property
    def assumptions(self) -> Assumptions:
        """What is assumed of the vendors."""
        return self._control.assumptions

    def now(self) -> datetime:
        """The account's time, aware, UTC."""
        return self._control.clock.now()

    def assume(self, **wanted: Any) -> None:
        """Assume otherwise, from the next request on. Raises AssumptionError."""
        self._control.assume(wanted)

    def edit(self, section: str, ident: str, **wanted: Any) -> None:
        """Change a record as in its vendor's screens: sections and fields as in a seed. Raises EditError."""
        self._control.edit(section, ident, wanted)

    def remove(self, section: str, ident: str) -> None:
        """Delete a record as in the vendor's screens. Raises EditError."""
        self._control.remove(section, ident)

    def state(self) -> dict[str, Any]:
        """The whole account in the form of a seed, without clock and history."""
        return self._control.state()

    def counts(self) -> dict[str, int]:
        """How many records there are of each kind, and the credits left."""
        return self._control.counts()

    def close(self) -> None:
        """Stop serving, finish what is in hand, and close the state. Closing twice is harmless."""
        if not self._server.closing.is_set():
            self._server.stop()
            self._control.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _prepare(store: Store, seed: Path | Mapping[str, Any] | None, assumptions: Mapping[str, Any]) -> None:
    """Fill a new state, leave one that has an account as it is, and assume what is wanted."""
    wanted = read(seed) if store.version() is None else None
    try:
        with store.transaction() as db:
            if wanted and store.version() is None:  # another process may have been faster
                seeding.write(db, wanted)
            else:
                schema.complete(db)
            assume(db, assumptions)
    except sqlite3.Error as error:
        raise StateError(f"the sandbox's state {store.path} cannot be written: {error}") from error


def _listen(port: int) -> Server:
    try:
        return Server(port)
    except (OSError, OverflowError) as error:
        taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        why = "is taken" if taken else f"cannot be used ({error})"
        raise StateError(f"port {port} {why}; choose another, or 0 for a free one") from error
