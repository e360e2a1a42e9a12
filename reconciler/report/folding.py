"""Lines made to fit a terminal: cut off where something else says the rest, else folded at blanks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.report.lines import Line, Span, Style
from reconciler.report.words import visible, width

_INDENT = 4
"""How much further in the rest of a line that was folded stands."""


def clipped(text: str, columns: int) -> str:
    """`text`, visible, in so many columns (at least one): what does not fit is cut off, and `…` stands for it."""
    text = visible(text)
    if width(text) <= columns:
        return text
    kept = ""
    for char in text:
        if width(kept + char) > columns - 1:
            break
        kept += char
    return f"{kept}…"


def folded(lines: Iterable[Line], columns: int) -> Iterator[Line]:
    """The same lines, none wider than `columns`: the rest of one that was goes below it, further in."""
    for spans in lines:
        whole = tuple(Span(visible(span.text), span.style) for span in spans)
        if sum(width(span.text) for span in whole) <= columns:
            yield spans
        else:
            yield from _folded(whole, columns)


def _folded(spans: Line, columns: int) -> Iterator[Line]:
    text = "".join(span.text for span in spans)
    indent = " " * min(len(text) - len(text.lstrip(" ")) + _INDENT, columns // 2)
    line: list[Span] = []
    used = 0
    for word, style in _words(spans, columns - len(indent)):
        if used + width(word.rstrip(" ")) > columns and used > len(indent):
            yield tuple(line)
            line, used = [Span(indent)], len(indent)
            word = word.lstrip(" ")  # noqa: PLW2901 - what stood between two words is the line's end now
        line.append(Span(word, style))
        used += width(word)
    yield tuple(line)


def _words(spans: Line, most: int) -> Iterator[tuple[str, Style]]:
    """Words with the blanks around them, none longer than `most`."""
    for text, style in spans:
        start = 0
        for at in range(1, len(text) + 1):
            ends = at == len(text) or (text[at - 1] == " " and text[at] != " ")
            if ends or width(text[start : at + 1]) > most:
                yield text[start:at], style
                start = at
