"""The journal's lines: sequence, checksum and hash chain, so that nothing can be missing or changed unnoticed. Pure.

A line is `{"seq":…,"prev":"…","op":"…","data":{…},"sum":"…"}`: `sum` is a hash of everything before it, `prev` the sum
of the line before. The sums find accidents and hand edits; they are no signature, since whoever can write the file
can compute them anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.ledger.wire import dump

_MARK = b',"sum":"'
_DIGITS = 32
_TAIL = len(_MARK) + _DIGITS + len(b'"}')


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of the journal: its place in the sequence, the sum of the step before, what was done, its own sum."""

    seq: int
    prev: str
    op: str
    data: Mapping[str, Any]
    sum: str


@dataclass(frozen=True, slots=True)
class Torn:
    """The journal's last line, cut short: whoever wrote it was killed, or is writing it right now."""

    line: int


class BrokenChainError(Exception):
    """A journal line that is not what was written, or not where it was written."""

    def __init__(self, line: int, reason: str) -> None:
        self.line = line
        self.reason = reason
        super().__init__(f"line {line}: {reason}")


class Digest:
    """The hash that the ledger's files use, of what is added piece by piece: 128 bits of SHA-256, in hexadecimal."""

    def __init__(self) -> None:
        self._total = hashlib.sha256()

    def add(self, piece: bytes) -> bytes:
        """Take one more piece in, and give it back."""
        self._total.update(piece)
        return piece

    def __str__(self) -> str:
        return self._total.hexdigest()[:_DIGITS]


def digest(data: bytes) -> str:
    """The same of one piece."""
    return hashlib.sha256(data).hexdigest()[:_DIGITS]


def encode(seq: int, prev: str, op: str, data: Mapping[str, Any]) -> tuple[bytes, str]:
    """The line for one entry, with its newline, and its sum."""
    body = dump({"seq": seq, "prev": prev, "op": op, "data": data}).encode()[:-1]
    total = digest(body)
    return b"".join((body, _MARK, total.encode(), b'"}\n')), total


def decode(lines: Iterable[bytes]) -> Iterator[Entry | Torn]:
    """The entries of `lines` (each with its newline) in order, then Torn if the last line was cut short.

    Raises BrokenChainError at the first line that does not follow from the one before it. What the first line follows
    from is for the caller to check.
    """
    before: Entry | None = None
    for number, line in enumerate(lines, start=1):
        entry = _entry(line.removesuffix(b"\n"), number)
        if entry is None:
            if line.endswith(b"\n") or _entry(line[:-1], number):  # a whole line whose newline became something else
                raise BrokenChainError(number, "its checksum does not match its content")
            yield Torn(number)
            return
        if before is not None and (entry.seq, entry.prev) != (before.seq + 1, before.sum):
            raise BrokenChainError(number, f"entry {entry.seq} does not follow from entry {before.seq}")
        yield entry
        before = entry


def _entry(line: bytes, number: int) -> Entry | None:
    """The entry that `line` holds, None if its sum does not match."""
    body, tail = line[:-_TAIL], line[-_TAIL:]
    total = digest(body)
    if tail != b"".join((_MARK, total.encode(), b'"}')):
        return None
    try:
        fields = json.loads(body + b"}")
        return Entry(int(fields["seq"]), fields["prev"], fields["op"], fields["data"], total)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BrokenChainError(number, "it is no entry of a journal") from error
