"""One text file of the workspace: its text, where an offset of it stands, and the line to show for it."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

from reconciler.config.syntax import Problem
from reconciler.engine.model import Finding, Place, Severity

_LINE_END: Final = re.compile("\r\n|\n|\r")
_WIDE_BOMS: Final = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_SECRET: Final = re.compile(
    r"""(?ix) \b (?: chave | conexao | senha | token | secret | [a-z_]*key ) ["']? \s* : \s* (?! [{&*#] | $ )
          (?P<secret> [^\s{}][^{}]* )
      | \b env \s* : \s* (?! ["']? [A-Z][A-Z0-9_]* ["']? \s* (?: [,}#] | $ ) ) (?P<name> [^\s{}][^{}]* )
      | :// (?P<user> [^\s/@]+ : [^\s@]+ ) @"""
)
"""What stands where a key, or an address with a password, is written by mistake; only a variable's name is none."""

HIDDEN: Final = "•"
LONGEST_EXCERPT: Final = 10_000
"""How much of a line is kept with a finding, in characters: machines write lines of megabytes."""


def decoded(content: bytes, name: str) -> str:
    """UTF-8 text without its byte-order mark; `name` says which file in the message.

    Raises Problem with `at` = the offset in characters of the first byte that is not UTF-8.
    """
    for bom, encoding in _WIDE_BOMS:
        if content.startswith(bom):
            raise Problem(
                "encoding", 0, f"{name} is {encoding} (it begins with the bytes {bom.hex(' ')})", "save it as UTF-8"
            )
    start = 3 if content.startswith(b"\xef\xbb\xbf") else 0
    try:
        return content[start:].decode("utf-8")
    except UnicodeDecodeError as error:
        at = len(content[start : start + error.start].decode("utf-8"))
        raise Problem("encoding", at, *not_utf8(content[start + error.start], start + error.start)) from None


def not_utf8(byte: int, offset: int) -> tuple[str, str]:
    """Reason and remedy for a byte that is not UTF-8, at `offset` bytes from the start of the file."""
    return (
        f"byte 0x{byte:02X} at offset {offset} is not UTF-8 (in Latin-1 it would be {chr(byte)!r})",
        "save the file as UTF-8, or convert it: iconv -f LATIN1 -t UTF-8 OLD > NEW",
    )


class Source:
    """A text file, or a few lines of one, that findings point into. `name` is relative to the workspace, with `/`."""

    def __init__(self, name: str, text: str, first_line: int = 1) -> None:
        self.name = name
        self.text = text
        self._before = first_line - 1
        self._hidden: list[tuple[int, int]] = []
        self._starts = [0]
        self._ends = _LINE_END.finditer(text)

    @classmethod
    def of_bytes(cls, name: str, content: bytes) -> Source:
        """A file whose bytes need not be readable: for the findings that say so."""
        return cls(name, content.decode("utf-8-sig", errors="replace"))

    def _another(self) -> bool:
        """Finds where the next line begins, if there is one. Most places are near the beginning of large files."""
        found = next(self._ends, None)
        if found is not None:
            self._starts.append(found.end())
        return found is not None

    def place(self, offset: int) -> Place:
        """Line and column, both from 1, of an offset in characters."""
        while self._starts[-1] <= offset and self._another():
            pass
        line = bisect_right(self._starts, offset)
        return Place(self.name, line + self._before, offset - self._starts[line - 1] + 1)

    def line(self, number: int) -> str:
        """One line without its end, by its number in the file, with secrets covered up."""
        number -= self._before
        while len(self._starts) <= number and self._another():
            pass
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        text = self.text[start:end].rstrip("\r\n")
        for first, last in self._hidden:
            if first < start + len(text) and last > start:
                low, high = max(first - start, 0), min(last - start, len(text))
                text = text[:low] + HIDDEN * (high - low) + text[high:]
        return covered(text)

    def hide(self, start: int, end: int) -> None:
        """Covers these characters up in every line that is shown: they may be a key."""
        self._hidden.append((start, end))

    def finding(self, rule: str, offset: int, summary: str, **rest: object) -> Finding:
        """An error at an offset; `rest` are further fields of Finding."""
        place = self.place(offset)
        excerpt = self.line(place.line)[:LONGEST_EXCERPT] if place.column <= LONGEST_EXCERPT else None
        given: dict[str, object] = {"severity": Severity.ERROR, "excerpt": excerpt} | rest
        return Finding(rule=rule, summary=summary, place=place, **given)  # type: ignore[arg-type]


def covered(line: str) -> str:
    """A line as it may be shown: what stands where a key is written by mistake is covered up."""

    def cover(found: re.Match[str]) -> str:
        group = str(found.lastgroup)
        start = found.start(group) - found.start()
        return found.group()[:start] + HIDDEN * len(found[group])

    return _SECRET.sub(cover, line)
