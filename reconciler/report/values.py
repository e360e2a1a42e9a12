"""One field's difference in lines: before → after, texts as a short diff, sets and mappings explained. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from difflib import unified_diff
from textwrap import wrap
from typing import TypeAlias

from reconciler.engine.diff import explain
from reconciler.engine.model import Change, Delta, Value
from reconciler.engine.plan import plain
from reconciler.report.lines import Line, Span, Style, labelled, line, widest
from reconciler.report.words import count, moment, number, shortened, visible

Explained: TypeAlias = Callable[[Value, Value], Iterable[str]]
"""Explains how two unequal sets or mappings differ, one line each; nothing means: show both whole."""

NOTHING = "(nothing)"
_ONE_LINE = 120
_DIFF_LINES = 14
_DIFF_COLUMNS = 100
_DIFFABLE = 4_000
"""Texts of more lines than this are not compared line by line: difflib's time grows with the square."""

_SUBSCRIPT = re.compile(r"^([+~-]) \[(?:\d+|(?P<quote>['\"])(?P<key>.*?)(?P=quote))\] ")


def differences(change: Change, deltas: Sequence[Delta], *, indent: int, explained: Explained) -> Iterator[Line]:
    """These `deltas` of `change` in lines, aligned; of what the plan creates only the new values are shown."""
    column = widest(delta.field for delta in deltas) + 2
    for delta in deltas:
        if is_long(delta):
            yield from _text_difference(delta, indent, column)
        elif change.live_id is None and delta.before is None:
            yield labelled(delta.field, shown(delta.after), indent=indent, column=column)
        else:
            yield from _difference(delta, indent, column, explained)


def few(before: Value, after: Value) -> Iterable[str]:
    """Sets and mappings explained difference by difference: for few of them, since each takes a millisecond or two."""
    for text in explain(plain(before), plain(after)):
        yield _SUBSCRIPT.sub(lambda hit: f"{hit[1]} {hit['key']}: " if hit["key"] else f"{hit[1]} ", text)


def many(_before: Value, _after: Value) -> Iterable[str]:
    """No explanation: both sides are shown whole, which costs nothing."""
    return ()


def shown(value: Value) -> str:
    """A value on one line, as the YAML would say it; long texts cut."""
    match value:
        case None:
            return NOTHING
        case bool() | int():
            return str(value).lower()
        case datetime():
            return moment(value)
        case str():
            return f'"{shortened(value, _ONE_LINE)}"'
        case frozenset():
            return "[" + ", ".join(visible(item) for item in sorted(value)) + "]"
        case _:
            return "{" + ", ".join(f"{visible(key)}: {shown(value[key])}" for key in sorted(value)) + "}"


def parts(delta: Delta, explained: Explained) -> tuple[str, ...]:
    """The differences within two sets or two mappings, one each; empty where both sides are to be shown whole."""
    return tuple(explained(delta.before, delta.after)) if _collections(delta.before, delta.after) else ()


def _difference(delta: Delta, indent: int, column: int, explained: Explained) -> Iterator[Line]:
    before, after = delta.before, delta.after
    first, *rest = parts(delta, explained) or (f"{shown(before)} → {shown(after)}",)
    yield labelled(delta.field, first, indent=indent, column=column)
    for part in rest:
        yield labelled("", part, indent=indent, column=column)


def _collections(before: Value, after: Value) -> bool:
    both = (before, after)
    return all(isinstance(side, frozenset) for side in both) or all(isinstance(side, Mapping) for side in both)


def is_long(delta: Delta) -> bool:
    """Whether a side of it is a text that does not go on one line."""
    return any(isinstance(v, str) and (len(v) > _ONE_LINE or "\n" in v) for v in (delta.before, delta.after))


def _text_difference(delta: Delta, indent: int, column: int) -> Iterator[Line]:
    yield labelled(delta.field, sizes(delta), indent=indent, column=column)
    gap = " " * (indent + 4)
    for text in text_lines(delta):
        yield line(gap, Span(text, _LOOKS.get(text[0], Style.FAINT)))


def sizes(delta: Delta) -> str:
    """How long both sides of a long text are, or only the new one where there was none."""
    before, after = (NOTHING if side is None else _size(_text(side)) for side in (delta.before, delta.after))
    return after if delta.before is None else f"{before} → {after}"


def text_lines(delta: Delta) -> Iterator[str]:
    """The lines of a long text that differ, led by `+`, `-` or a blank; none where one side is missing."""
    if delta.before is None or delta.after is None:
        return
    found = unified(broken(_text(delta.before)), broken(_text(delta.after)))
    if not found:
        yield "(only white space differs, or too long to compare here)"
    yield from found[:_DIFF_LINES]
    if len(found) > _DIFF_LINES:
        yield f"… {count(len(found) - _DIFF_LINES, 'more line')} of this difference"


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


_LOOKS = {"+": Style.ADD, "-": Style.TAKE}


def unified(before: Sequence[str], after: Sequence[str], around: int = 1) -> list[str]:
    """The lines that differ, with so many lines around; `…` stands where others were left out between them.

    What is alike at both ends is left to no one to compare: most edits of a large text are small. None are returned of
    texts whose rest is too long to be compared.
    """
    head = _alike(before, after, 0)
    tail = _alike(before[::-1], after[::-1], head)
    first = max(head - around, 0)
    left, right = (side[first : len(side) - max(tail - around, 0)] for side in (before, after))
    if max(len(left), len(right)) > _DIFFABLE:
        return []
    found = list(unified_diff(left, right, lineterm="", n=around))[2:]
    return ["…" if text.startswith("@@") else text for text in found][1:]


def _alike(one: Sequence[str], other: Sequence[str], taken: int) -> int:
    """How many lines both begin with, but for so many of the shorter that are taken already."""
    room = min(len(one), len(other)) - taken
    return next((place for place in range(room) if one[place] != other[place]), room)


def _size(text: str) -> str:
    lines = text.count("\n") + 1
    return f"{count(len(text), 'character')}" + (f" in {number(lines)} lines" if lines > 1 else "")


def broken(text: str) -> list[str]:
    """`text` in lines short enough to compare on a screen.

    Minified html has no line ends, so each tag that follows another opens a line; what is still too long is wrapped.
    """
    parts = (part.strip() for part in text.replace("><", ">\n<").splitlines())
    return [short for part in parts for short in (wrap(part, _DIFF_COLUMNS) if len(part) > _DIFF_COLUMNS else (part,))]
