"""A long list of small things that nobody looks at for now, by the compressed chunk. Pure."""

from __future__ import annotations

import marshal
import zlib
from collections.abc import Iterator
from typing import Any

_CHUNK = 1000


class Spool:
    """Values of Python's plain types (texts, bytes, numbers, None, and tuples, lists and dicts of them), in order.

    A row of a listing takes a third of its own length, and to put it by and take it out again 5 µs.
    """

    __slots__ = ("_chunks", "_last")

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._last: list[Any] = []

    def __len__(self) -> int:
        return _CHUNK * len(self._chunks) + len(self._last)

    def __iter__(self) -> Iterator[Any]:
        for chunk in self._chunks:
            yield from _loaded(chunk)
        yield from self._last

    def __getitem__(self, number: int) -> Any:
        chunk, row = divmod(number, _CHUNK)
        return _loaded(self._chunks[chunk])[row] if chunk < len(self._chunks) else self._last[row]

    def append(self, value: Any) -> None:
        """One more."""
        self._last.append(value)
        if len(self._last) == _CHUNK:
            self._chunks.append(zlib.compress(marshal.dumps(self._last), 1))
            self._last = []


def _loaded(chunk: bytes) -> list[Any]:
    values: list[Any] = marshal.loads(zlib.decompress(chunk))  # noqa: S302 - written by this very process
    return values
