"""To open a ledger for writing, to read it, to free it, to begin it anew: the same wherever it lives."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from reconciler.ledger import snapshot
from reconciler.ledger.errors import LedgerBusyError, LedgerError
from reconciler.ledger.file import FileStore
from reconciler.ledger.git import GitVault
from reconciler.ledger.home import FileHome, GitHome, Home, ObjectHome
from reconciler.ledger.lease import Claim, Lease
from reconciler.ledger.ledger import Ledger
from reconciler.ledger.objects import ObjectVault, require_library
from reconciler.ledger.replay import anew, check_lineage, check_owner, replay
from reconciler.ledger.shared import SharedStore
from reconciler.ledger.state import Identity, State
from reconciler.ledger.store import Hold, Store, Text

_READINGS = 3
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A ledger begun anew: its lineage, and where the one before it is kept (empty if there was none)."""

    lineage: str
    aside: str


def open_ledger(
    home: Home, *, account: str, origin: str, lineage: str | None = None, claim: Claim | None = None
) -> Ledger:
    """Open the ledger at `home` for writing; create it if there is none.

    `account` is the account's name; `origin` the API's base address, or `sandbox`: a ledger that was made for another
    account or another API is refused, and if `lineage` is given, so is every ledger but that one. `claim` says who
    writes (by default this process, which does not wait). A journal that an earlier run left behind is folded into the
    snapshot. Raises LedgerError, LedgerBusyError if another run has it.
    """
    claim = claim or Claim.here()
    state, hold = take(_store(home), claim, account=account, origin=origin, lineage=lineage)
    return Ledger(state, hold, beat=claim.term / 3)


def take(store: Store, claim: Claim, *, account: str, origin: str, lineage: str | None = None) -> tuple[State, Hold]:
    """The same for whatever keeps a ledger, down to what stands there and the lease of it: all that a Ledger is."""
    asked = _Asked(store, account, origin, lineage)
    moment, state = asked.read()
    hold = _held(store, claim)
    try:
        with hold.text() as text:
            if text.moment != moment:
                state = asked.state(text)
        if state is None:
            state = _new(account, origin, datetime.now(UTC) if hold.lease.fence > 1 else None)
            state.findings = (anew(store.name),) if state.rebuilt else ()
            hold.fold(snapshot.dump(state))
        elif text.journal:
            hold.fold(snapshot.dump(state))
    except BaseException:
        hold.close(None)
        raise
    return state, hold


def read_ledger(home: Home, *, account: str, origin: str, lineage: str | None = None) -> State:
    """Read the ledger at `home` as it is now, even while another writes it; nothing is written, created or locked.

    Where there is none the memory is empty and its lineage None. Parameters and errors as for `open_ledger`.
    """
    store = _store(home)
    _, state = _Asked(store, account, origin, lineage).read()
    if state is not None:
        return state
    state = forgotten(account, origin, datetime.now(UTC) if store.slot().fence else None)
    state.findings = (anew(store.name),) if state.rebuilt else ()
    return state


def forgotten(account: str, origin: str, rebuilt: datetime | None = None) -> State:
    """What is known without a ledger: nothing."""
    state = _new(account, origin, rebuilt)
    state.identity = replace(state.identity, lineage="")
    return state


def holder(home: Home) -> Lease | None:
    """Whose lease of the ledger at `home` stands now. Raises LedgerError."""
    return _store(home).slot().lease


def unlock_ledger(home: Home, id_: str) -> Lease:
    """Free the ledger at `home` from the lease of this id; its holder's next write fails. Raises LedgerError."""
    return _store(home).unlock(id_)


def rebuild_ledger(home: Home, *, account: str, origin: str, claim: Claim | None = None) -> Rebuilt:
    """Begin the ledger at `home` anew under a new lineage, marked as rebuilt now, whatever stands there.

    What stands there is kept aside. Raises LedgerError, LedgerBusyError if a run is writing it.
    """
    now = datetime.now(UTC)
    hold = _held(_store(home), claim or Claim.here())
    try:
        state = _new(account, origin, now)
        aside = hold.start_over(snapshot.dump(state), f"{now:%Y%m%dT%H%M%SZ}")
    finally:
        hold.close(None)
    return Rebuilt(state.identity.lineage, aside)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A store, and which ledger is expected there."""

    store: Store
    account: str
    origin: str
    lineage: str | None

    def read(self) -> tuple[object, State | None]:
        """What stands there now, and at which moment. Damage counts only if it stays: somebody may be writing."""
        for _ in range(_READINGS):
            with self.store.text() as text:
                try:
                    return text.moment, self.state(text)
                except LedgerError:
                    with self.store.text() as again:
                        if again.moment == text.moment:
                            raise
        with self.store.text() as text:
            return text.moment, self.state(text)

    def state(self, text: Text) -> State | None:
        """What `text` says. Raises LedgerError unless it is whole, and the ledger that is expected."""
        state = replay(text)
        if state is not None:
            check_owner(text.snapshot_name, state.identity, self.account, self.origin)
        check_lineage(self.store.name, self.account, state.lineage if state else None, self.lineage)
        return state


def _store(home: Home) -> Store:
    match home:
        case FileHome():
            return FileStore(home.path)
        case GitHome():
            return SharedStore(GitVault(home))
        case ObjectHome():
            require_library(home)
            return SharedStore(ObjectVault(home))


def _held(store: Store, claim: Claim) -> Hold:
    """The lease, waited for as long as the claim is patient."""
    until, pause = time.monotonic() + claim.patience.total_seconds(), _FIRST_PAUSE
    told = False
    while True:
        try:
            return store.hold(claim)
        except LedgerBusyError as error:
            left = until - time.monotonic()
            if left <= 0:
                raise
            if not told:
                claim.waiting(error.finding.reason)
                told = True
        time.sleep(min(pause, left))
        pause = min(pause * 2, _LONGEST_PAUSE)


def _new(account: str, origin: str, rebuilt: datetime | None) -> State:
    fresh = Identity(account, "", secrets.token_hex(16), secrets.token_hex(16))
    return State(replace(fresh, origin=fresh.mark(origin)), rebuilt=rebuilt, fresh=True)
