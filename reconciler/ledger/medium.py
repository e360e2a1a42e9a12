"""What a ledger in files asks of whatever keeps files: the machine's disk, or one that a test cuts the power of."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol


class Disk(Protocol):
    """Files by path, and handles of those that are open. Errors are LedgerError.

    What `sync`, `replace`, `empty`, `move`, `make_folder` and `open_appending` have done outlasts a power cut once they
    return; lock files outlast nothing, and each has one advisory lock, which its holder's death frees.
    """

    def make_folder(self, folder: Path) -> None:
        """Create `folder` and its parents where they are missing."""

    def whole(self, path: Path) -> bytes | None:
        """All of `path`, None if it does not exist."""

    def mark(self, path: Path) -> tuple[int, int, int] | None:
        """What tells one content of `path` from the next; None if it does not exist."""

    def open_reading(self, path: Path) -> int | None:
        """A handle that reads `path` as it is now, whatever takes its place; None if it does not exist."""

    def lines(self, handle: int, path: Path) -> Iterable[bytes]:
        """What is open for reading, line by line from the beginning."""

    def open_appending(self, path: Path) -> int:
        """A handle that appends to `path`, created if it is missing."""

    def open_existing(self, path: Path) -> int | None:
        """A handle of `path` that can only be locked; None if it does not exist."""

    def size(self, handle: int) -> int:
        """Bytes in an open file."""

    def append(self, handle: int, path: Path, line: bytes) -> None:
        """Write all of `line` at the end, or nothing of it."""

    def sync(self, handle: int, path: Path) -> None:
        """Make what was written to `handle` durable."""

    def empty(self, handle: int, path: Path) -> None:
        """Cut the file down to nothing."""

    def replace(self, path: Path, content: Iterable[bytes]) -> None:
        """Put `content`, piece after piece, in the place of `path` in one step."""

    def move(self, path: Path, target: Path) -> bool:
        """Give `path` another name in its folder; False if it does not exist."""

    def close(self, handle: int) -> None:
        """Close a handle; its lock is free."""

    def briefly(self, handle: int, path: Path) -> AbstractContextManager[None]:
        """Hold the advisory lock of `path` for one step."""

    def held(self, path: Path) -> tuple[bytes, bool] | None:
        """What stands in a lock file, and whether somebody holds its lock; None if it does not exist."""

    def open_lock(self, path: Path) -> int:
        """A handle of a lock file, created if it is missing; it locks nothing yet."""

    def try_lock(self, handle: int) -> bool:
        """Whether the advisory lock could be had, until the handle is closed."""

    def content(self, handle: int) -> bytes:
        """The first 64 KiB of what is open."""

    def overwrite(self, handle: int, path: Path, text: bytes) -> None:
        """Put `text` in the place of an open lock file's content."""

    def displace(self, path: Path, text: bytes) -> int:
        """Put a new lock file in the place of `path`, locked, and give its handle."""

    def same(self, handle: int, path: Path) -> bool:
        """Whether `path` still names the file that is open as `handle`."""
