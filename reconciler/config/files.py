"""The workspace's folder: which files it holds, and the only way in which one is opened. Nothing outside is read."""

from __future__ import annotations

import difflib
import os
import re
import stat
from collections import deque
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

from reconciler.config.syntax import Problem

WORKSPACE_FILE: Final = "reconciler.yaml"
MAX_YAML: Final = 32 * 1024 * 1024
MAX_HTML: Final = 5 * 1024 * 1024
_STEPS: Final = 400
"""Names and links on the way to a file that are followed; a way that is longer runs in circles."""

_GLOB: Final = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
_KINDS_OF_FILE: Final = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class Folder:
    """The workspace, with links resolved once. All names are relative to it, with `/`.

    `asked` are all names so far for which a path was wanted, whatever came of it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.asked: set[str] = set()

    def inside(self, name: str) -> Path:
        """The absolute path that a name from the YAML stands for, with links resolved; it need not exist.

        Raises Problem (offset 0) for a name that is absolute or leads out of the workspace, also through links.
        """
        self.asked.add(name)
        if not name.strip() or "\0" in name or len(name) > 4096:
            raise Problem(
                "bad-path", 0, "this is no path", "write a path relative to the workspace, such as mensagens/natal.html"
            )
        if "://" in name:
            raise Problem(
                "bad-path",
                0,
                "an address is no file",
                "put the file into the workspace and name it by its relative path",
            )
        if PurePosixPath(name).is_absolute() or name.startswith("~") or re.match(r"[A-Za-z]:[\\/]", name):
            raise Problem(
                "outside-workspace",
                0,
                "the path is absolute",
                "write it relative to the workspace (the folder of reconciler.yaml)",
            )
        try:
            path = (self.root / name).resolve()
        except (OSError, RuntimeError):
            raise _circle() from None
        if any(map(_is_link, (path, *path.parents))):  # Python 3.13 leaves a circle as it stands
            raise _circle()
        if not path.is_relative_to(self.root):
            linked = ".." not in PurePosixPath(name).parts
            reason = "it is a link that leads out of the workspace" if linked else "the path leads out of the workspace"
            raise Problem("outside-workspace", 0, reason, "put the file into the workspace")
        return path

    def open(self, name: str) -> BinaryIO:
        """Opens a regular file inside the workspace for reading; the caller closes it.

        Every folder on the way is opened without following links (they were resolved before), so that nothing can come
        in between. Raises Problem (offset 0) for what is missing, outside, or no regular file.
        """
        path = self.inside(name)
        parts = path.relative_to(self.root).parts
        if not parts:
            raise _no_file(name, "a folder")
        try:
            return os.fdopen(self._descriptor(parts), "rb")
        except FileNotFoundError:
            raise Problem("missing-file", 0, f"there is no file {name}", self._nearest(path)) from None
        except _NotRegular as error:
            raise _no_file(name, str(error)) from None
        except OSError as error:
            raise Problem(
                "unreadable-file",
                0,
                f"{name} cannot be read: {os.strerror(error.errno or 0)}",
                "check the path and its permissions",
            ) from None

    def read(self, name: str, limit: int) -> bytes:
        """A whole file of at most `limit` bytes. Raises Problem (offset 0) like open, and for a larger file."""
        with self.open(name) as file:
            content = file.read(min(os.fstat(file.fileno()).st_size, limit) + 1)  # as much is set aside as is asked for
        if len(content) > limit:
            raise Problem(
                "too-large", 0, f"{name} is larger than {limit // 1024 // 1024} MiB", "split it or make it smaller"
            )
        return content

    def _descriptor(self, parts: tuple[str, ...]) -> int:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
        folder = os.open(self.root, flags | os.O_DIRECTORY)
        try:
            for part in parts[:-1]:
                inner = os.open(part, flags | os.O_DIRECTORY, dir_fd=folder)
                os.close(folder)
                folder = inner
            before = os.stat(parts[-1], dir_fd=folder, follow_symlinks=False)
            _require_regular(before.st_mode)  # opening a device can have effects of its own
            file = os.open(parts[-1], flags | os.O_NONBLOCK, dir_fd=folder)
        finally:
            os.close(folder)
        try:
            _require_regular(os.fstat(file).st_mode)
        except _NotRegular:
            os.close(file)
            raise
        return file

    def _nearest(self, path: Path) -> str:
        """A remedy that names the file which was probably meant."""
        try:
            names = [entry.name for entry in path.parent.iterdir()]
        except OSError:
            return "create it, or correct the path"
        near = difflib.get_close_matches(path.name, names, 1)
        if not near:
            return "create it, or correct the path"
        return f"did you mean {(path.parent / near[0]).relative_to(self.root).as_posix()}?"

    def names(self) -> Iterator[str]:
        """Every file below the workspace that is not below a dot-folder, in order; no link to a folder is followed."""
        for folder, inner, files in os.walk(self.root):
            inner[:] = sorted(name for name in inner if not hidden(name))
            at = Path(folder).relative_to(self.root)
            for name in sorted(files):
                yield (at / name).as_posix()


def way(root: Path, name: str) -> Iterator[str]:
    """Every name below `root` that decides what `name` means: itself, links on the way, and what they lead to."""
    yield name
    left, at = deque(PurePosixPath(name).parts), root
    for _ in range(_STEPS):
        if not left:
            break
        part = left.popleft()
        if part == "..":
            at = at.parent
            continue
        path = at / part
        try:
            target = path.readlink()
        except (OSError, ValueError):  # no link, not there, or no name at all
            at = path
            continue
        yield from _below(root, path)
        left.extendleft(reversed(target.parts))
    yield from _below(root, at)


def _below(root: Path, path: Path) -> Iterator[str]:
    if path.is_relative_to(root):
        yield path.relative_to(root).as_posix()


def hidden(folder: str) -> bool:
    """Whether what is in a folder of this name is no campaign file, whatever it looks like."""
    return folder.startswith(".")


def matcher(pattern: str) -> re.Pattern[str]:
    """A glob as a regular expression over whole names: `*` and `?` within a folder, `**` over any number of them."""
    tokens = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.removeprefix("./"))
    return re.compile("".join(_GLOB.get(token, re.escape(token)) for token in tokens) + r"\Z")


class _NotRegular(Exception):  # noqa: N818 - a finding in the making
    """What stands in the place of a file."""


def _require_regular(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise _NotRegular(next((words for test, words in _KINDS_OF_FILE if test(mode)), "no regular file"))


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except OSError:  # a name that is too long, for instance: whoever opens it tells
        return False


def _circle() -> Problem:
    return Problem("bad-path", 0, "the path runs in circles through links", "point to the file itself")


def _no_file(name: str, what: str) -> Problem:
    return Problem("no-regular-file", 0, f"{name} is {what}", "point to a regular file")
