"""Files that only their owner may read, written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click


def write_private(path: Path, data: bytes, failed: str) -> None:
    """Beside its place, durable, then moved there: nobody finds half of it. `failed` says what it means if it fails."""
    beside: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # readable by its owner alone
        beside = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        if beside is not None:
            beside.unlink(missing_ok=True)
        raise click.ClickException(f"{path}: {failed}: {error.strerror or error}") from error
