"""Snapshots on their way into a file and out of it, and the key that hides the people in them."""

from __future__ import annotations

import os
from pathlib import Path

import click

from reconciler.cli.console import Console
from reconciler.offline.errors import unusable
from reconciler.offline.file import LARGEST, SnapshotFile, load
from reconciler.offline.veil import SHORTEST_KEY

KEY_VARIABLE = "RECONCILER_SNAPSHOT_KEY"
"""What holds the key by which people are hidden in snapshots, and compared with those who are declared."""


def snapshot_key(console: Console) -> bytes | None:
    """The key; None if there is none. UsageError for one that could be guessed. It is in no output."""
    text = os.environ.get(KEY_VARIABLE, "").strip()
    if not text:
        return None
    if len(text) < SHORTEST_KEY:
        raise click.UsageError(
            f"{KEY_VARIABLE} is shorter than {SHORTEST_KEY} characters, and could be guessed: openssl rand -hex 32"
        )
    console.hide(text)
    return text.encode()


def read_snapshot(path: Path) -> SnapshotFile:
    """The snapshot in a file. Raises SnapshotError, UsageError if it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise click.UsageError(f"{path}: the snapshot cannot be read: {error.strerror or error}") from error
    if len(data) > LARGEST:
        raise unusable(str(path), "this is no snapshot", "It is too large for one.")
    return load(str(path), data)
