"""The lines of a file of contacts, decoded one by one: bytes that are no text are found where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from reconciler.config.document import Map
from reconciler.config.source import Source, not_utf8
from reconciler.config.spot import Spot
from reconciler.config.syntax import Problem

MAX_LINE: Final = 1024 * 1024
_BOM: Final = b"\xef\xbb\xbf"
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Row:
    """One contact of a file: what it says, the line on which it begins, and a way to find its cells again."""

    line: int
    values: dict[str, Any]
    spot: Callable[[], Spot]


@dataclass(frozen=True, slots=True)
class At:
    """An offset, in the form of the YAML parser's marks."""

    index: int


class Broken(Exception):  # noqa: N818 - a finding in the making
    """The rest of a file cannot be read."""

    def __init__(self, source: Source, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.source = source
        self.problem = problem


class Lines(Iterator[str]):
    """A file's lines; those since the last `release` are kept for findings. Raises Broken for what is no UTF-8 text."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name
        self.number = 0
        self._file = file
        self._offset = 0
        self._held: list[str] = []

    def __next__(self) -> str:
        raw = self._file.readline(MAX_LINE + 1)
        if not raw:
            raise StopIteration
        self.number += 1
        if self._offset == 0 and raw.startswith(_BOM):
            self._offset, raw = 3, raw[3:]
        line = self._decoded(raw)
        self._offset += len(raw)
        self._held.append(line)
        return line

    def release(self) -> Source:
        """The lines since the last release, as something that findings can point into."""
        source = Source(self.name, "".join(self._held), self.number - len(self._held) + 1)
        self._held = []
        return source

    def _decoded(self, raw: bytes) -> str:
        if len(raw) > MAX_LINE:
            raise self._broken(raw[:80], Problem("too-large", 0, "the line is longer than 1 MiB", "check its quotes"))
        if self.number == 1 and raw.startswith(_WIDE):
            raise self._broken(raw, Problem("encoding", 0, "the file is UTF-16", "save it as UTF-8"))
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            at = len(raw[: error.start].decode("utf-8"))
            reason, remedy = not_utf8(raw[error.start], self._offset + error.start)
            raise self._broken(raw, Problem("encoding", at, reason, remedy)) from None

    def _broken(self, raw: bytes, problem: Problem) -> Broken:
        return Broken(Source(self.name, raw.decode("utf-8", errors="replace"), self.number), problem)


def mapping(at: int) -> Map:
    """An empty mapping that begins at an offset."""
    node = Map()
    node.mark, node.marks = At(at), []
    return node


def put(node: Map, key: str, value: Any, at: int) -> None:
    """Adds a key whose value stands at an offset."""
    node[key] = value
    node.marks += [At(at), At(at)]  # type: ignore[operator]  # a list, made by `mapping`
