"""What has changed in a workspace since a commit, as git tells it: names only, whatever they contain."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reconciler.config.files import WORKSPACE_FILE, way
from reconciler.ledger.git_process import Failed, plain_environment, run_git

_NOTHING: Final = re.compile(r"0{40}|0{64}")
"""What GitHub calls the commit before the first push of a branch."""
_DIFF: Final = (
    "diff",
    "--name-only",
    "-z",
    "--no-renames",
    "--no-relative",
    "--no-ext-diff",
    "--ignore-submodules=none",
)
"""Both sides of a rename, and names from the top of the repository, whatever its configuration says."""
_REMEDY: Final = "name a commit that is here; a checkout of GitHub Actions has all of them with `fetch-depth: 0`"


class UnknownCommitError(Exception):
    """What has changed cannot be told; the text says why, and what to do."""


def changed_since(root: Path, commit: str) -> frozenset[str] | None:
    """The names of what commits have changed since `commit` and HEAD parted, relative to `root`: None if all may have.

    Renamed and deleted files are told by the names that they had, too. What is changed outside of the workspace has no
    name, unless it may alter what is inside: then it has one that does. Raises UnknownCommitError.
    """
    if _NOTHING.fullmatch(commit):
        return None
    place = _Place.of(root)
    # `--end-of-options`: a name that begins with a dash is a name (gitcli(7)).
    since = place.told(commit, "rev-parse", "--verify", "--end-of-options", f"{commit}^{{commit}}")
    parted = place.told(commit, "merge-base", since, "HEAD")
    listed = place.run(*_DIFF, parted, "HEAD")
    return frozenset(place.inside(os.fsdecode(name) for name in listed.split(b"\0") if name))


@dataclass(frozen=True, slots=True)
class _Place:
    """A workspace within a repository: its folder from the top, with a slash at its end, and links that lead there."""

    root: Path
    folder: str
    links: frozenset[str]

    @classmethod
    def of(cls, root: Path) -> _Place:
        """Where the workspace is. Raises UnknownCommitError if it is in no repository."""
        place = cls(root, "", frozenset())
        try:
            top, folder = (place.run("rev-parse", word) for word in ("--show-toplevel", "--show-prefix"))
        except Failed as failed:
            raise UnknownCommitError(f"{root} is in no repository that git can read: {failed}") from None
        above, named = Path(os.fsdecode(top.removesuffix(b"\n"))), root.absolute()
        inside = named.is_relative_to(above)
        links = way(above, named.relative_to(above).as_posix()) if inside else ()
        return cls(root, os.fsdecode(folder.removesuffix(b"\n")), frozenset(links) - {"."})

    def run(self, *words: str) -> bytes:
        """What git says. Raises Failed."""
        return run_git(self.root, plain_environment(), *words)

    def told(self, commit: str, *words: str) -> str:
        """The commit that git names. Raises UnknownCommitError."""
        try:
            return self.run(*words).decode("ascii").strip()
        except (Failed, UnicodeDecodeError) as failed:
            told = f"what has changed since {commit!a} cannot be told: {failed}; {_REMEDY}"
            raise UnknownCommitError(told) from None

    def inside(self, names: Iterator[str]) -> Iterator[str]:
        """Names from the top of the repository as names from the workspace."""
        for name in names:
            if name.startswith(self.folder):
                yield name.removeprefix(self.folder)
            elif name in self.links or self.folder.startswith(f"{name}/"):  # the workspace itself is another one
                yield WORKSPACE_FILE
            elif name.rpartition("/")[2].startswith(".git"):
                yield name.rpartition("/")[2]
