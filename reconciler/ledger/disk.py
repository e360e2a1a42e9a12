"""The `Disk` of this machine: a POSIX file system, as a module that meets `medium.Disk`. Errors are LedgerError."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reconciler.ledger.errors import LedgerBusyError, LedgerError

_FILE_MODE = 0o600
_FOLDER_MODE = 0o700
_BUFFER = 1 << 16
_BRIEF_TRIES, _BRIEF_PAUSE = 500, 0.01
_CAUSES = {
    errno.ENOSPC: ("The disk is full", "Free some space"),
    errno.EDQUOT: ("The disk quota is used up", "Free some space"),
    errno.EFBIG: ("The file has reached the size that this process may write", "Raise the limit (ulimit -f)"),
    errno.EACCES: ("This user may not do that", "Give this user the right to read and write the ledger's folder"),
    errno.EPERM: ("This user may not do that", "Give this user the right to read and write the ledger's folder"),
    errno.EROFS: ("The file system is read-only", "Put the ledger where it can be written"),
    errno.EEXIST: ("A file stands where its folder should be", "Move it away"),
    errno.ENOTDIR: ("A file stands where its folder should be", "Move it away"),
    errno.EISDIR: ("A folder stands where a file should be", "Move it away"),
    errno.ENXIO: ("It is no regular file", "Move it away"),
    errno.ELOOP: ("It is a symbolic link", "Put a regular file in its place"),
}


@contextmanager
def speaking(deed: str, path: Path) -> Iterator[None]:
    """Turn an OSError within into a LedgerError that says what could not be done to which file, why, and what helps."""
    try:
        yield
    except OSError as error:
        fallback = (error.strerror or type(error).__name__, "Look after the disk")
        reason, remedy = _CAUSES.get(error.errno or 0, fallback)
        raise LedgerError(
            "ledger-disk",
            f"{path}: the ledger could not be {deed}",
            f"{reason}.",
            f"{remedy}, then run again. What was recorded before is kept.",
        ) from error


def make_folder(folder: Path) -> None:
    """Create `folder` and its parents where they are missing, for this user only."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    with speaking("created", folder):
        folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        _sync_folder(folder.parent)


def open_reading(path: Path) -> int | None:
    """A descriptor that reads the file that `path` names now; None if there is none.

    A pipe or a device is refused, since it could block for ever; so is a link: the lock would stand beside the link,
    and the next snapshot in the link's place.
    """
    with speaking("read", path):
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
    return _regular(handle, path)


def _regular(handle: int, path: Path) -> int:
    """`handle` itself if it is that of a regular file."""
    if stat.S_ISREG(os.fstat(handle).st_mode):
        return handle
    os.close(handle)
    raise LedgerError(
        "ledger-damaged",
        f"{path}: the ledger could not be read",
        "It is no regular file.",
        "Move it away, then run again.",
    )


def lines(handle: int, path: Path) -> Iterator[bytes]:
    """An open file's lines, from its beginning."""
    os.lseek(handle, 0, os.SEEK_SET)
    with speaking("read", path), os.fdopen(handle, "rb", buffering=_BUFFER, closefd=False) as file:
        yield from file


def replace(path: Path, content: Iterable[bytes]) -> None:
    """Put `content` in the place of `path` in one step: a crash leaves the old file or the new one, whole."""
    fresh = path.with_name(path.name + ".new")
    with speaking("written", path):
        try:
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, _FILE_MODE)
            with os.fdopen(handle, "wb") as file:
                file.writelines(content)
                file.flush()
                os.fsync(handle)
            fresh.replace(path)
        except OSError:
            with suppress(OSError):
                fresh.unlink()
            raise
        _sync_folder(path.parent)


def open_appending(path: Path) -> int:
    """A descriptor that appends to `path`, created durably if it is missing."""
    with speaking("opened", path):
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        handle = os.open(path, flags, _FILE_MODE)
        try:
            _sync_folder(path.parent)
        except OSError:
            os.close(handle)
            raise
        return handle


def open_existing(path: Path) -> int | None:
    """A descriptor of `path` that can only be read and locked; None if it does not exist."""
    with speaking("locked", path):
        try:
            return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None


def size(handle: int) -> int:
    """Bytes in an open file."""
    return os.fstat(handle).st_size


def close(handle: int) -> None:
    """Close a descriptor, which frees its lock."""
    os.close(handle)


def append(handle: int, path: Path, line: bytes) -> None:
    """Write all of `line` at the end; if that fails, nothing of it stays unless the disk refuses that as well."""
    before = size(handle)
    with speaking("written", path):
        try:
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(handle, rest) :]
        except OSError:
            with suppress(OSError):
                os.ftruncate(handle, before)
            raise


def sync(handle: int, path: Path) -> None:
    """Make what was written to `handle` durable."""
    with speaking("made durable", path):
        os.fsync(handle)


def empty(handle: int, path: Path) -> None:
    """Cut the file down to nothing."""
    with speaking("emptied", path):
        os.ftruncate(handle, 0)
        os.fsync(handle)


def whole(path: Path) -> bytes | None:
    """All of `path`, None if it does not exist."""
    handle = open_reading(path)
    if handle is None:
        return None
    with os.fdopen(handle, "rb") as file, speaking("read", path):
        return file.read()


def held(path: Path) -> tuple[bytes, bool] | None:
    """What stands in a lock file, and whether somebody holds its lock; None if it does not exist."""
    handle = open_reading(path)
    if handle is None:
        return None
    with os.fdopen(handle, "rb") as lock, speaking("read", path):
        return lock.read(), not try_lock(handle)


def open_lock(path: Path) -> int:
    """A descriptor of the lock file, created if it is missing; it locks nothing yet."""
    with speaking("locked", path):
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        return _regular(os.open(path, flags, _FILE_MODE), path)


def try_lock(handle: int) -> bool:
    """Whether the advisory lock could be had; the system frees it when the process dies or closes the descriptor."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def briefly(handle: int, path: Path) -> Iterator[None]:
    """Hold the advisory lock of `path` for one step. Raises LedgerError if somebody does not let go of it."""
    if not try_lock(handle):
        _wait_for(handle, path)
    try:
        yield
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)


def _wait_for(handle: int, path: Path) -> None:
    for _ in range(_BRIEF_TRIES):
        time.sleep(_BRIEF_PAUSE)
        if try_lock(handle):
            return
    raise LedgerBusyError(
        "ledger-busy",
        f"{path}: the ledger is in use",
        "Another process stopped in the middle of a step.",
        "Let it go on, or end it; then run again. Nothing was called or changed.",
    )


def content(handle: int) -> bytes:
    """The first 64 KiB of an open file."""
    return os.pread(handle, _BUFFER, 0)


def overwrite(handle: int, path: Path, text: bytes) -> None:
    """Put `text` in the place of a small open file's content."""
    with speaking("written", path):
        os.pwrite(handle, text, 0)
        os.ftruncate(handle, len(text))


def displace(path: Path, text: bytes) -> int:
    """Put a new lock file in the place of `path`, whose holders are left with a file that has no name; it is locked."""
    fresh = path.with_name(path.name + ".new")
    with speaking("locked", path):
        fresh.unlink(missing_ok=True)
        handle = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, _FILE_MODE)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.pwrite(handle, text, 0)
            fresh.replace(path)
        except OSError:
            os.close(handle)
            raise
        return handle


def same(handle: int, path: Path) -> bool:
    """Whether `path` still names the file that is open as `handle`."""
    try:
        there, mine = path.stat(follow_symlinks=False), os.fstat(handle)
    except OSError:
        return False
    return (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino)


def move(path: Path, target: Path) -> bool:
    """Give `path` another name in its folder; False if it does not exist."""
    with speaking("moved aside", path):
        try:
            path.rename(target)
        except FileNotFoundError:
            return False
        _sync_folder(path.parent)
    return True


def mark(path: Path) -> tuple[int, int, int] | None:
    """What tells one content of `path` from the next without reading it; None if it does not exist."""
    with speaking("read", path):
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
