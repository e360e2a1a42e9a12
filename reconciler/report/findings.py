"""Findings as text, the way compilers print theirs, and as data for programs. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from reconciler.engine.model import Finding, Severity
from reconciler.report.lines import Style
from reconciler.report.words import count, visible, width

ROOM: Final = 100
"""How much of a long line is shown, in characters."""

_BEFORE: Final = 40
_LOOKS: Final = {Severity.ERROR: Style.GRAVE, Severity.WARNING: Style.CHANGE}


def text(findings: Iterable[Finding], *, color: bool) -> str:
    """All findings with place, line, caret, reason and remedy, and how many there are. `color` allows ANSI codes."""
    kept = list(findings)
    if not kept:
        return ""
    blocks = ["\n".join(_block(finding, color=color)) for finding in kept]
    return "\n\n".join([*blocks, _tally(kept)]) + "\n"


def as_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """All findings as plain data: what a program shows beside the line."""
    return [
        {
            "severity": str(finding.severity),
            "rule": finding.rule,
            "summary": finding.summary,
            "reason": finding.reason,
            "remedy": finding.remedy,
            "file": finding.place.file if finding.place else None,
            "line": finding.place.line if finding.place else None,
            "column": finding.place.column if finding.place else None,
            "width": finding.width if finding.place else None,
            "address": str(finding.address) if finding.address and finding.address.key else None,
            "field": finding.field,
            "value": finding.value,
            "excerpt": finding.excerpt,
        }
        for finding in findings
    ]


def _block(finding: Finding, *, color: bool) -> Iterator[str]:
    paint = _painted if color else _plain
    place = f"{visible(str(finding.place))}: " if finding.place else ""
    severity = paint(str(finding.severity), _LOOKS[finding.severity])
    rule = paint(f"[{visible(finding.rule)}]", Style.FAINT)
    yield f"{paint(place, Style.STRONG)}{severity}: {visible(finding.summary)} {rule}"
    if finding.place is not None and finding.excerpt is not None:
        gutter = f"{finding.place.line:>5} | "
        shown, caret = _window(finding.excerpt, finding.place.column - 1, finding.width)
        yield f"{paint(gutter, Style.FAINT)}{shown}"
        yield f"{paint(' ' * (len(gutter) - 2) + '| ', Style.FAINT)}{paint(caret, _LOOKS[finding.severity])}"
    for label, words in (("why", finding.reason), ("fix", finding.remedy)):
        if words:
            yield f"  {paint(label, Style.FAINT)}  {visible(words)}"


def _window(line: str, start: int, length: int) -> tuple[str, str]:
    """The part of a line round a finding, and the carets below it, aligned however wide the characters are."""
    start = min(start, len(line))
    first = 0 if len(line) <= ROOM or start + length <= ROOM else max(start - _BEFORE, 0)
    last = first + ROOM
    head, tail = "…" if first else "", "…" if last < len(line) else ""
    before, marked = head + visible(line[first:start]), visible(line[start : min(start + length, last)])
    shown = before + marked + visible(line[start + length : last] if start + length < last else "") + tail
    return shown, " " * width(before) + "^" * max(width(marked), 1)


def _tally(findings: list[Finding]) -> str:
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    warnings = len(findings) - errors
    parts = [count(errors, "error")] if errors else []
    parts += [count(warnings, "warning")] if warnings else []
    return ", ".join(parts)


def _painted(words: str, style: Style) -> str:
    return f"\x1b[{style.value}m{words}\x1b[0m" if words and style.value else words


def _plain(words: str, _: Style) -> str:
    return words
