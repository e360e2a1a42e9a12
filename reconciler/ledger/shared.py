"""A ledger that machines share: snapshot, journal and lease change in one step, or not at all.

That one step is also the fence: a run that was taken over finds that what it read last no longer stands there, and
writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from threading import Lock
from typing import Final

from reconciler.ledger.errors import LedgerBusyError, LedgerError
from reconciler.ledger.lease import Claim, Lease, Slot, Term, busy, refused_unlock, taken
from reconciler.ledger.store import Hold, Text
from reconciler.ledger.vault import OutdatedError, Vault, Version

SNAPSHOT, JOURNAL, LEASE = "snapshot.json", "journal", "lease.json"
_SEALED: Final = 64 * 1024
"""From this size on a stretch of the journal is left as it is, and a new one begun: each write stays small."""
_TRIES: Final = 5


class SharedStore:
    """The Store over a Vault."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._seen: Version | None = None
        self.name = vault.name

    def text(self) -> AbstractContextManager[Text]:
        """Read the newest version."""
        self._seen = self._vault.read()
        return nullcontext(_text(self.name, self._seen))

    def slot(self) -> Slot:
        """Whose lease stands there and has not run out."""
        return self._slot(self._vault.read())

    def hold(self, claim: Claim) -> Hold:
        """Become the writer, if nobody is, or if the lease of who is has run out."""
        version, self._seen = self._seen, None  # it may be of long ago the next time
        for _ in range(_TRIES):
            version = version or self._vault.read()
            slot = self._slot(version)
            if slot.lease is not None and not slot.lease.expired(claim.now()):
                raise busy(self.name, slot.lease)
            term, lease = Term(claim), claim.lease(slot.fence + 1)
            files = {**(version.files if version else {}), LEASE: Slot(lease.fence, lease).dump()}
            try:
                version = self._vault.swap(version, files, _note("lock", lease))
            except OutdatedError:
                version = None
                continue
            return _SharedHold(self._vault, version, lease, (claim, term))
        raise self._restless()

    def unlock(self, id_: str) -> Lease:
        """Write that nobody holds it, so that its holder's next write fails."""
        for _ in range(_TRIES):
            version = self._vault.read()
            slot = self._slot(version)
            if version is None or slot.lease is None or slot.lease.id != id_:
                raise refused_unlock(self.name, id_, slot.lease)
            try:
                files = {**version.files, LEASE: Slot(slot.fence).dump()}
                self._vault.swap(version, files, _note("unlock of another run's lock", slot.lease))
            except OutdatedError:
                continue
            return slot.lease
        raise self._restless()

    def _slot(self, version: Version | None) -> Slot:
        return Slot.load(f"{self.name}: {LEASE}", version.files.get(LEASE) if version else None)

    def _restless(self) -> LedgerBusyError:
        reason = f"It changed during each of {_TRIES} tries."
        return LedgerBusyError("ledger-busy", f"{self.name}: the ledger is in use", reason, "Run again.")


class _SharedHold:
    """The Hold over a Vault: what is appended is written with the next durable step."""

    def __init__(self, vault: Vault, version: Version, lease: Lease, term: tuple[Claim, Term]) -> None:
        self._vault = vault
        self._version = version
        self.lease = lease
        self._claim, self._term = term
        self._pending: list[bytes] = []
        self._unsure: _Write | None = None
        self._step = Lock()

    def text(self) -> AbstractContextManager[Text]:
        return nullcontext(_text(self._vault.name, self._version))

    def append(self, line: bytes) -> None:
        self._pending.append(line)

    def sync(self) -> None:
        with self._step:
            if self._pending:
                self._write()
            if not self._term.half_left:  # a slow network, or a machine that slept: the lease may be somebody else's
                self._write()
            if not self._term.half_left:
                reason = "One write took longer than half of the lease lasts"
                raise LedgerError(
                    "ledger-unreachable", f"{self._vault.name}: the ledger is too slow", f"{reason}.", "Run again."
                )

    def renew(self) -> None:
        with self._step:
            self._write()

    def fold(self, snapshot: Iterable[bytes]) -> None:
        with self._step:
            self._fold(snapshot, self._renewed())

    def start_over(self, snapshot: Iterable[bytes], stamp: str) -> str:
        with self._step:
            there = any(name != LEASE for name in self._version.files)
            aside = self._vault.keep(self._version, stamp) if there else ""
            self._fold(snapshot, self._renewed())
        return aside

    def close(self, snapshot: Iterable[bytes] | None) -> None:
        free = Slot(self.lease.fence)
        with self._step:
            if snapshot is not None:
                self._fold(snapshot, free)
                return
            try:
                while not self._swap(_Write({**self._version.files, LEASE: free.dump()}, 0), "unlock"):
                    pass
            except LedgerError:
                return  # taken over, or out of reach: everything was written before, and the lease ends by itself

    def _write(self) -> None:
        """Everything that was appended, and a whole term from the moment when this began."""
        asked = Term(self._claim)
        written = False
        while not written:
            carried = len(self._pending)
            written = self._swap(self._grown(carried), f"entries: {carried}" if carried else "heartbeat")
            del self._pending[: carried if written else 0]
        self._term.restart(asked)

    def _grown(self, carried: int) -> _Write:
        """What stands there with the first `carried` lines that wait, and with the lease renewed."""
        files = dict(self._version.files)
        tail = files.pop(JOURNAL, b"")
        if len(tail) > _SEALED:
            files[f"{JOURNAL}.{sum(name.startswith(JOURNAL) for name in files) + 1:06}"] = tail
            tail = b""
        if tail or carried:
            files[JOURNAL] = tail + b"".join(self._pending[:carried])
        return _Write({**files, LEASE: self._renewed().dump()}, carried)

    def _fold(self, snapshot: Iterable[bytes], slot: Slot) -> None:
        asked = Term(self._claim)
        write = _Write({SNAPSHOT: b"".join(snapshot), LEASE: slot.dump()}, 0)
        while not self._swap(write, "snapshot" if slot.lease else "snapshot and unlock"):
            pass
        self._pending.clear()
        self._term.restart(asked)

    def _renewed(self) -> Slot:
        self.lease = self._claim.renewed(self.lease)
        return Slot(self.lease.fence, self.lease)

    def _swap(self, write: _Write, what: str) -> bool:
        """Make one change; False if it must be made again, from what a write of ours had left after all.

        Raises LedgerError, also if another run has taken over.
        """
        try:
            self._version = self._vault.swap(self._version, write.files, _note(what, self.lease))
        except OutdatedError as error:
            there, unsure, self._unsure = self._vault.read(), self._unsure, None
            if there is None or unsure is None or there.files != unsure.files:
                slot = Slot.load(LEASE, there.files.get(LEASE) if there else None)
                raise taken(self._vault.name, slot.lease) from error
            self._version = there
            del self._pending[: unsure.carried]
            return False
        except BaseException:
            self._unsure = write  # nobody knows whether it stands there: the next write will find out
            raise
        self._unsure = None
        return True


@dataclass(frozen=True, slots=True)
class _Write:
    """Files that are to stand there, and how many of the lines that wait they carry."""

    files: dict[str, bytes]
    carried: int


def _text(name: str, version: Version | None) -> Text:
    files = version.files if version else {}
    stretches = sorted(part for part in files if part.startswith(f"{JOURNAL}."))
    journal = b"".join(files[part] for part in (*stretches, *([JOURNAL] if JOURNAL in files else [])))
    return Text.held(files.get(SNAPSHOT), journal, f"{name}: {SNAPSHOT}", f"{name}: {JOURNAL}")


def _note(what: str, lease: Lease) -> str:
    """What a change is for, for whoever reads the history."""
    lines = [what, "", f"{lease.owner}, process {lease.pid} on {lease.host}, lock {lease.fence}"]
    return "\n".join([*lines, lease.run] if lease.run else lines)
