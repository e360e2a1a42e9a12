"""Where a ledger lives, as a value: in a folder, at a remote of a git repository, or in an object store. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class FileHome:
    """A snapshot in this machine's file system (its name ends in .json), with journal and lock beside it."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class GitHome:
    """A ref of the remote that the repository around `folder` calls `remote`; it is no branch."""

    folder: Path
    ref: str
    remote: str = "origin"

    def __str__(self) -> str:
        return f"{self.ref} at {self.remote}"


@dataclass(frozen=True, slots=True)
class ObjectHome:
    """A prefix of a bucket: `s3://bucket/prefix`, `gs://…` or `az://…`."""

    url: str

    def __str__(self) -> str:
        return self.url


Home: TypeAlias = FileHome | GitHome | ObjectHome
