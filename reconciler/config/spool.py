"""Rows that cannot be asked for a second time, one by one: kept in a temporary file that has no name."""

from __future__ import annotations

import json
import os
import tempfile
import weakref
from pathlib import Path
from typing import Final

from reconciler.config.syntax import Problem

_HELD: Final = 256 * 1024
_READ: Final = 4096


class Spool:
    """Rows of texts on disk. Nobody else can open the file, and nothing of it is left when the process ends."""

    def __init__(self) -> None:
        self._descriptor, name = tempfile.mkstemp(prefix="reconciler-")
        Path(name).unlink()
        weakref.finalize(self, os.close, self._descriptor)
        self._held = bytearray()
        self._written = 0

    def add(self, row: list[str]) -> int:
        """Keeps one more row; where it stands."""
        at = self._written + len(self._held)
        self._held += _ENCODE(row).encode("utf-8", "surrogatepass") + b"\n"
        if len(self._held) > _HELD:
            self._flush()
        return at

    def row(self, at: int) -> list[str]:
        """The row that stands there."""
        self._flush()
        found = b""
        while b"\n" not in found:
            found += os.pread(self._descriptor, _READ, at + len(found))
        row: list[str] = json.loads(found.partition(b"\n")[0].decode("utf-8", "surrogatepass"))
        return row

    def _flush(self) -> None:
        while self._held:
            try:
                count = os.write(self._descriptor, self._held)
            except OSError as error:
                reason = f"the rows cannot be kept for later: {error.strerror}"
                raise Problem("no-space", 0, reason, "make room in the folder for temporary files (TMPDIR)") from None
            self._written += count
            del self._held[:count]


_ENCODE: Final = json.JSONEncoder(ensure_ascii=False).encode
