"""The lines of a file of contacts, decoded block by block: bytes that are no text are found where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO, StringIO
from itertools import accumulate, chain
from typing import Any, BinaryIO, Final

from reconciler.config.document import Map
from reconciler.config.source import Source, not_utf8
from reconciler.config.syntax import Problem
from reconciler.engine.rows import MAX_LINE as LAST_LINE

MAX_LINE: Final = 1024 * 1024
"""How long a line may be, in bytes."""

_BLOCK: Final = 256 * 1024
_BOM: Final = b"\xef\xbb\xbf"
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")


class Broken(Exception):  # noqa: N818 - a finding in the making
    """The rest of a file cannot be read."""

    def __init__(self, source: Source, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.source = source
        self.problem = problem


class Lines:
    """A file's lines from where `file` stands, which is `offset` bytes and `line` lines into it (from 0 and from 1).

    `block` is how many bytes are read at a time: few where only a line or two are wanted.

    Iterating raises Broken for what is no UTF-8 text. Those from line `keep` on, which whoever reads them moves along,
    stay at hand for findings; others are forgotten with their block.
    """

    def __init__(self, file: BinaryIO, name: str, offset: int = 0, line: int = 1, *, block: int = _BLOCK) -> None:
        self.name = name
        self.keep = line
        self._file = file
        self._block = block
        self._offset = offset
        self._first = line
        self._texts: list[str] = []
        self._starts: list[int] = []
        self._all = chain.from_iterable(self._blocks())

    def __iter__(self) -> Iterator[str]:
        """The lines that are left, with their ends; every iteration goes on where the last one stopped."""
        return self._all

    def position(self, line: int) -> tuple[int, int]:
        """Offset in bytes and number of a line that is at hand."""
        return self._starts[line - self._first], line

    def positions(self, lines: Iterable[int]) -> list[tuple[int, int]]:
        """The same of several lines."""
        starts, first = self._starts, self._first
        return [(starts[line - first], line) for line in lines]

    def source(self, first: int, end: int) -> Source:
        """Lines that are at hand, from `first` up to before `end`, as something that findings can point into."""
        return Source(self.name, "".join(self._texts[first - self._first : end - self._first]), first)

    def _blocks(self) -> Iterator[list[str]]:
        rest = b""
        while read := self._file.read(self._block):
            newline = read.find(b"\n")
            if len(rest) + (newline if newline >= 0 else len(read)) > MAX_LINE:
                problem = Problem("too-large", 0, "the line is longer than 1 MiB", "check its quotes")
                raise self._broken((rest + read)[:80], problem)
            block, end, rest = (rest + read).rpartition(b"\n")
            if end:
                yield from self._decoded(block + end)
        if rest:
            yield from self._decoded(rest)

    def _decoded(self, block: bytes) -> Iterator[list[str]]:
        """The lines of whole lines' bytes. Those before one that cannot be decoded come first."""
        if self._offset == 0:
            if block.startswith(_WIDE):
                raise self._broken(block[:80], Problem("encoding", 0, "the file is UTF-16", "save it as UTF-8"))
            if block.startswith(_BOM):
                self._offset, block = len(_BOM), block[len(_BOM) :]
        try:
            text = block.decode("utf-8")
        except UnicodeDecodeError as error:
            begin = block.rfind(b"\n", 0, error.start) + 1
            if begin:
                yield self._taken(block[:begin], block[:begin].decode("utf-8"))
            raise self._not_text(block[begin:].partition(b"\n")[0], error.start - begin) from None
        yield self._taken(block, text)

    def _taken(self, block: bytes, text: str) -> list[str]:
        """The lines of a block, as str and as places."""
        lines = list(StringIO(text, newline="\n"))
        done = self.keep - self._first
        del self._texts[:done], self._starts[:done]
        self._first += done
        self._texts += lines
        ends = accumulate(map(len, BytesIO(block)), initial=self._offset)
        self._starts += ends
        self._offset = self._starts.pop()
        if self._first + len(self._texts) > LAST_LINE:
            reason, remedy = f"the file has more than {LAST_LINE:,} lines", "split it"
            raise self._broken(b"", Problem("too-large", 0, reason, remedy))
        return lines

    def _not_text(self, raw: bytes, at: int) -> Broken:
        reason, remedy = not_utf8(raw[at], self._offset + at)
        return self._broken(raw, Problem("encoding", len(raw[:at].decode("utf-8")), reason, remedy))

    def _broken(self, raw: bytes, problem: Problem) -> Broken:
        """The line after the last one that was read cannot be."""
        number = self._first + len(self._texts)
        return Broken(Source(self.name, raw.decode("utf-8", errors="replace"), number), problem)


class At:
    """An offset, in the form of the YAML parser's marks."""

    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index


def mapping(at: int) -> Map:
    """An empty mapping that begins at an offset."""
    node = Map()
    node.mark, node.marks = At(at), []
    return node


def put(node: Map, key: str, value: Any, at: int) -> None:
    """Adds a key whose value stands at an offset."""
    node[key] = value
    node.marks += [At(at), At(at)]  # type: ignore[operator]  # a list, made by `mapping`
