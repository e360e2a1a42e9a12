"""A disk in memory that can lose its power: what was not made durable is gone, or half gone, or there all the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from reconciler.ledger.errors import LedgerError
from tests.simulation.power import Power


@dataclass(eq=False)
class _Inode:
    """One file: what a reader sees, what the platters hold, and who has its advisory lock."""

    content: bytes = b""
    kept: bytes = b""
    changes: int = 0
    holder: int | None = None

    def write(self, content: bytes) -> None:
        self.content = content
        self.changes += 1


@dataclass
class MemoryDisk:
    """What `ledger.medium.Disk` asks for. `power` is that of the process that uses it now.

    `full_at` is the number of the write that finds the disk full (from 1; 0: none does).
    """

    power: Power = field(default_factory=Power)
    full_at: int = 0
    writes: int = 0
    _names: dict[Path, _Inode] = field(default_factory=dict)
    _kept: dict[Path, _Inode] = field(default_factory=dict)
    _open: dict[int, _Inode] = field(default_factory=dict)
    _next: int = 3

    def files(self) -> dict[Path, bytes]:
        """What a power cut would certainly leave."""
        return {path: inode.kept for path, inode in self._kept.items()}

    @classmethod
    def holding(cls, files: dict[Path, bytes]) -> MemoryDisk:
        """A disk with these files, durable."""
        inodes = {path: _Inode(content, content) for path, content in files.items()}
        return cls(_names=dict(inodes), _kept=dict(inodes))

    def cut(self, chance: Random, severity: str) -> None:
        """The process is dead. `severity`: `kill` (its writes are seen), `power` (all that was not synced is gone).

        `torn`: of each unsynced change a part may have reached the platters, of each new name either.
        """
        self._open.clear()
        if severity != "kill":
            torn = severity == "torn"
            names = dict(self._kept)
            for path, inode in self._names.items():
                if torn and names.get(path) is not inode and chance.random() < 0.5:
                    names[path] = inode
            for inode in dict.fromkeys(names.values()):
                inode.write(_after_cut(inode, chance) if torn else inode.kept)
            self._names = names
        for inode in self._names.values():
            inode.kept, inode.holder = inode.content, None
        self._kept = dict(self._names)

    def _write(self, what: str) -> None:
        self.power.tick(what)
        self.writes += 1
        if self.writes == self.full_at:
            self.power.tell(lambda: f"disk full at {what}")
            raise LedgerError("ledger-disk", "the ledger could not be written", "The disk is full.", "Free some space.")

    def _opened(self, inode: _Inode) -> int:
        self._next += 1
        self._open[self._next] = inode
        return self._next

    def make_folder(self, folder: Path) -> None:
        """Folders are always there."""

    def whole(self, path: Path) -> bytes | None:
        """All of `path`."""
        inode = self._names.get(path)
        return None if inode is None else inode.content

    def mark(self, path: Path) -> tuple[int, int, int] | None:
        """Which file it is, and how often it was changed."""
        inode = self._names.get(path)
        return None if inode is None else (id(inode), inode.changes, len(inode.content))

    def open_appending(self, path: Path) -> int:
        """The file, with a durable name."""
        inode = self._names.setdefault(path, _Inode())
        self.power.tick("before the journal's name is durable")
        self._kept[path] = inode
        return self._opened(inode)

    def open_existing(self, path: Path) -> int | None:
        """The file, if it is there."""
        inode = self._names.get(path)
        return None if inode is None else self._opened(inode)

    def open_reading(self, path: Path) -> int | None:
        """The file, if it is there."""
        return self.open_existing(path)

    def lines(self, handle: int, _path: Path) -> Iterator[bytes]:
        """Line by line."""
        return iter(self._open[handle].content.splitlines(keepends=True))

    def size(self, handle: int) -> int:
        """Bytes in an open file."""
        return len(self._open[handle].content)

    def append(self, handle: int, _path: Path, line: bytes) -> None:
        """Seen at once, durable with the next sync."""
        self._write("an entry of the journal")
        inode = self._open[handle]
        inode.write(inode.content + line)
        self.power.tick("after an entry")

    def sync(self, handle: int, _path: Path) -> None:
        """Durable on return."""
        self._write("fsync of the journal")
        inode = self._open[handle]
        inode.kept = inode.content
        self.power.tick("after fsync")

    def empty(self, handle: int, _path: Path) -> None:
        """Cut down to nothing, then made durable."""
        self._write("emptying the journal")
        self._open[handle].write(b"")
        self.power.tick("before the emptying is durable")
        self._open[handle].kept = b""

    def replace(self, path: Path, content: Iterable[bytes]) -> None:
        """A new file, durable; then its name; then that the name is durable."""
        whole = b"".join(content)
        self._write("replacing the snapshot")
        self._names[path] = _Inode(whole, whole)
        self.power.tick("before the rename is durable")
        self._kept[path] = self._names[path]
        self.power.tick("after the rename")

    def move(self, path: Path, target: Path) -> bool:
        """Another name, at once durable."""
        inode = self._names.pop(path, None)
        if inode is None:
            return False
        self._kept.pop(path, None)
        self._names[target] = self._kept[target] = inode
        return True

    def close(self, handle: int) -> None:
        """Its lock is free."""
        inode = self._open.pop(handle, None)
        if inode is not None and inode.holder == handle:
            inode.holder = None

    @contextmanager
    def briefly(self, _handle: int, _path: Path) -> Iterator[None]:
        """Nobody else is there to wait for."""
        yield

    def held(self, path: Path) -> tuple[bytes, bool] | None:
        """What stands in a lock file, and whether somebody holds its lock."""
        inode = self._names.get(path)
        return None if inode is None else (inode.content, inode.holder is not None)

    def open_lock(self, path: Path) -> int:
        """The lock file."""
        return self._opened(self._names.setdefault(path, _Inode()))

    def try_lock(self, handle: int) -> bool:
        """Whether nobody else has it."""
        inode = self._open[handle]
        if inode.holder not in (None, handle):
            return False
        inode.holder = handle
        return True

    def content(self, handle: int) -> bytes:
        """What stands in an open lock file."""
        return self._open[handle].content

    def overwrite(self, handle: int, _path: Path, text: bytes) -> None:
        """Seen at once, durable never."""
        self.power.tick("before writing the lock file")
        self._open[handle].write(text)

    def displace(self, path: Path, text: bytes) -> int:
        """A new lock file, locked."""
        self.power.tick("before displacing the lock file")
        self._names[path] = _Inode(text)
        handle = self._opened(self._names[path])
        self._names[path].holder = handle
        return handle

    def same(self, handle: int, path: Path) -> bool:
        """Whether the name still leads to the open file."""
        return self._names.get(path) is self._open.get(handle)


def _after_cut(inode: _Inode, chance: Random) -> bytes:
    """What a power cut leaves of a file: of what was appended a part, of what was replaced either."""
    if inode.content.startswith(inode.kept):
        return inode.content[: chance.randint(len(inode.kept), len(inode.content))]
    return inode.content if chance.random() < 0.5 else inode.kept
