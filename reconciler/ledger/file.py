"""A ledger in a folder of this machine: a snapshot, beside it the journal since then, and a lock.

Whoever writes holds the lock file's advisory lock as long as it lives, so that a killed run keeps nobody out. A run
that only sleeps loses its lease in time: the lock file is then displaced by a new one, and every write looks first
whether the lock file is still its own. Both happen under the journal's advisory lock, so that neither can come in
between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from reconciler.ledger import disk as posix
from reconciler.ledger.errors import LedgerBusyError, LedgerError
from reconciler.ledger.lease import Claim, Lease, Slot, Term, busy, refused_unlock, taken
from reconciler.ledger.medium import Disk
from reconciler.ledger.store import Hold, Text

_READINGS = 20


class _Files(NamedTuple):
    """The files of one ledger."""

    snapshot: Path
    journal: Path
    lock: Path

    @classmethod
    def of(cls, path: Path) -> _Files:
        if path.suffix != ".json":
            raise LedgerError(
                "ledger-disk",
                f"{path}: this is no name for a ledger",
                "The journal and the lock take its name with another ending.",
                "Let the name end in .json, such as .reconciler/principal.json.",
            )
        return cls(path, path.with_suffix(".journal"), path.with_suffix(".lock"))

    @contextmanager
    def text(self, disk: Disk) -> Iterator[Text]:
        """What stands in them, read until the snapshot was the same before and after."""
        handle, journal, found = self._opened(disk)
        names = str(self.snapshot), str(self.journal)
        if handle is None:
            yield Text(None, journal, *names, moment=(found, journal))
            return
        try:
            lines = disk.lines(handle, self.snapshot)
            yield Text(lines, journal, *names, moment=(found, disk.content(handle), journal))
        finally:
            disk.close(handle)

    def _opened(self, disk: Disk) -> tuple[int | None, bytes, object]:
        """The snapshot, open, the journal beside it, and what tells the one from every other."""
        for _ in range(_READINGS):
            before = disk.mark(self.snapshot)
            handle = disk.open_reading(self.snapshot)
            try:
                journal = disk.whole(self.journal) or b""
                if disk.mark(self.snapshot) == before:
                    return handle, journal, before
            except BaseException:
                _close(disk, handle)
                raise
            _close(disk, handle)
        raise LedgerBusyError(
            "ledger-busy",
            f"{self.snapshot}: the ledger could not be read",
            f"It changed during each of {_READINGS} readings.",
            "Run again.",
        )


def _close(disk: Disk, handle: int | None) -> None:
    if handle is not None:
        disk.close(handle)


class FileStore:
    """The Store of a ledger in files on `disk`, of which `path` is the snapshot."""

    def __init__(self, path: Path, disk: Disk = posix) -> None:
        self._files = _Files.of(path)
        self._disk = disk
        self.name = str(path)

    def text(self) -> AbstractContextManager[Text]:
        """Read both files."""
        return self._files.text(self._disk)

    def slot(self) -> Slot:
        """Who holds it: only a process that is alive does."""
        with self._steady():
            return self._slot()

    def hold(self, claim: Claim) -> Hold:
        """Become the writer: at once if nobody alive is, or if the lease of who is has run out."""
        disk = self._disk
        disk.make_folder(self._files.snapshot.parent)
        journal = disk.open_appending(self._files.journal)
        try:
            with disk.briefly(journal, self._files.journal):
                lock, lease = self._take(claim)
        except BaseException:
            disk.close(journal)
            raise
        return _FileHold((self._files, disk), (journal, lock), lease, claim)

    def unlock(self, id_: str) -> Lease:
        """Displace the lock file, so that its holder's next write fails."""
        with self._steady():
            slot = self._slot()
            if slot.lease is None or slot.lease.id != id_:
                raise refused_unlock(self.name, id_, slot.lease)
            self._disk.close(self._disk.displace(self._files.lock, Slot(slot.fence).dump()))
        return slot.lease

    @contextmanager
    def _steady(self) -> Iterator[None]:
        """While nobody writes, takes over or lets go."""
        journal = self._disk.open_existing(self._files.journal)
        if journal is None:  # without a journal there is no writer to wait for
            yield
            return
        try:
            with self._disk.briefly(journal, self._files.journal):
                yield
        finally:
            self._disk.close(journal)

    def _slot(self) -> Slot:
        found = self._disk.held(self._files.lock)
        if found is None:
            return Slot()
        text, alive = found
        slot = Slot.load(self._files.lock, text)
        return slot if alive else Slot(slot.fence)

    def _take(self, claim: Claim) -> tuple[int, Lease]:
        """The lock file, held, and the lease that stands in it now."""
        disk, path = self._disk, self._files.lock
        lock = disk.open_lock(path)
        try:
            slot = Slot.load(path, disk.content(lock))
            lease = claim.lease(slot.fence + 1)
            text = Slot(lease.fence, lease).dump()
            alone = disk.try_lock(lock)
            if alone:
                disk.overwrite(lock, path, text)
        except BaseException:
            disk.close(lock)
            raise
        if alone:
            return lock, lease
        disk.close(lock)
        if slot.lease is None or not slot.lease.expired(claim.now()):
            raise busy(self.name, slot.lease)
        return disk.displace(path, text), lease


class _FileHold:
    """The Hold of a ledger in files on a disk (`place`); `handles` are those of its journal and its lock file."""

    def __init__(self, place: tuple[_Files, Disk], handles: tuple[int, int], lease: Lease, claim: Claim) -> None:
        self._files, self._disk = place
        self._journal, self._lock = handles
        self.lease = lease
        self._claim = claim
        self._term = Term(claim)
        self._step = Lock()  # the journal's advisory lock is the process's, not the thread's

    def text(self) -> AbstractContextManager[Text]:
        return self._files.text(self._disk)

    def append(self, line: bytes) -> None:
        with self._ours():
            self._disk.append(self._journal, self._files.journal, line)

    def sync(self) -> None:
        self._disk.sync(self._journal, self._files.journal)
        with self._ours():
            if not self._term.half_left:
                self._renew()

    def renew(self) -> None:
        with self._ours():
            self._renew()

    def fold(self, snapshot: Iterable[bytes]) -> None:
        self._disk.sync(
            self._journal, self._files.journal
        )  # a snapshot must never be ahead of a journal that a power cut cuts
        with self._ours():
            self._put(snapshot)

    def start_over(self, snapshot: Iterable[bytes], stamp: str) -> str:
        with self._ours():
            aside = self._files.snapshot.with_name(f"{self._files.snapshot.stem}.before-{stamp}.json")
            moved = self._disk.move(self._files.snapshot, aside)
            if self._disk.size(self._journal):
                self._disk.replace(aside.with_suffix(".journal"), [self._disk.whole(self._files.journal) or b""])
                moved = True
            self._put(snapshot)
        return str(aside) if moved else ""

    def close(self, snapshot: Iterable[bytes] | None) -> None:
        try:
            if snapshot is not None:
                self.fold(snapshot)
            with self._step, self._disk.briefly(self._journal, self._files.journal):
                if self._disk.same(self._lock, self._files.lock):
                    self._disk.overwrite(self._lock, self._files.lock, Slot(self.lease.fence).dump())
        finally:
            self._disk.close(self._journal)
            self._disk.close(self._lock)

    @contextmanager
    def _ours(self) -> Iterator[None]:
        """While nobody can take over, and nobody has."""
        with self._step, self._disk.briefly(self._journal, self._files.journal):
            if not self._disk.same(self._lock, self._files.lock):
                there = self._disk.whole(self._files.lock)
                raise taken(str(self._files.snapshot), Slot.load(self._files.lock, there).lease)
            yield

    def _renew(self) -> None:
        asked = Term(self._claim)
        self.lease = self._claim.renewed(self.lease)
        self._disk.overwrite(self._lock, self._files.lock, Slot(self.lease.fence, self.lease).dump())
        self._term.restart(asked)

    def _put(self, snapshot: Iterable[bytes]) -> None:
        self._disk.replace(self._files.snapshot, snapshot)
        self._disk.empty(self._journal, self._files.journal)
