"""Foreign text in GitHub's Markdown: shown as it is, wherever it stands, and never with an effect. Pure.

Sources: CommonMark and the GFM specification (https://github.github.com/gfm/), named below by section, and what GitHub
does to rendered comments beyond it (https://docs.github.com/get-started/writing-on-github): @mentions, #123, GH-123,
commit ids, `:shortcodes:`, footnotes, alerts, mathematics. All of that looks at text after backslashes and entities
(`&#64;`) have become what they stand for, so that escaping prevents none of it; a code span does (GFM 6.3), and is
copied out unchanged, which a hidden character in it would not be. So a word that is plain stays a word, and any other
becomes code. Nothing foreign ever stands in HTML, so that there is nothing to escape there.

Every function makes its text visible first: control characters, bidi and zero-width marks, line ends and tabs become
what a programmer would write for them, with a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from reconciler.report.words import NAME, WORDS, shortened, visible

_LABEL: Final = 60

_LETTER = r"(?:[A-Za-z0-9]|[^\x00-\x7f\s])"
"""No ASCII punctuation. Beyond ASCII nothing has a meaning but blanks (GFM 6.4), which `visible` leaves as they are."""
_PLAIN: Final = re.compile(
    rf"""(?P<before>["'(]*)
    (?P<core>
        (?!.*[0-9A-Fa-f]{{7}})             # a commit's id
        (?!.*[A-Za-z]-[0-9])             # GH-123, and what a repository may have set up to be a link
        {_LETTER}+(?:['/-]{_LETTER}+)*
        | [0-9]{{1,3}}(?:\.[0-9]{{3}})+%?    # 51.314
        | [0-9]{{1,6}}(?:[.,][0-9]{{1,6}})?%?
        | [+-]?[0-9]{{2}}:[0-9]{{2}}       # a time, an offset
        | [%/]
    )
    (?P<after>["'),.;:!?]*)""",
    re.VERBOSE,
)
_ALONE: Final = {"-": "\\-", "+": "\\+", "=": "\\=", "&": "&amp;"}
"""Harmless but at the beginning of a line (GFM 4.1, 4.3, 5.2), or before a letter (GFM 6.2)."""
_MARKERS: Final = re.compile(r"([0-9]+)([.)])(.*)")
"""At the beginning of a line a number like this opens a list (GFM 5.2)."""
_AFTER: Final = re.compile(r"\)?[,;.:]?$|\)$")
"""Punctuation behind a word that is code, as far as it is surely no part of it."""
_RUNS: Final = re.compile("`+")


def code(text: str, limit: int = NAME) -> str:
    """`text` as a code span, in which nothing has a meaning; what is beyond `limit` is cut off and counted.

    The span's delimiters are longer than any run of backticks inside. A blank at either end keeps a backtick there from
    lengthening them, and keeps blanks that are the text's own: one of each pair is taken off again (GFM 6.3).
    """
    text = shortened(text, limit)
    if not text.strip(" "):
        return f"`{text}`" if text else ""
    ticks = "`" * (longest(text) + 1 if "`" in text else 1)
    gap = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{ticks}{gap}{text}{gap}{ticks}"


def prose(text: str, limit: int = WORDS) -> str:
    """`text` to be read as a sentence: plain words as they are, whatever might have a meaning as code.

    The same in a paragraph, heading or list item, at its beginning or within.
    """
    return " ".join(_joined(map(_word, re.split(" +", shortened(text, limit).strip(" ")))))


class _Word(NamedTuple):
    """A word: what stands before and after it as it is, and what is code (empty for a plain word)."""

    before: str
    code: str
    after: str


def _word(word: str) -> _Word:
    found = _PLAIN.fullmatch(word)
    if word in _ALONE or found is not None:
        marker = found is not None and found["after"] and _MARKERS.fullmatch(word)
        return _Word(_ALONE.get(word) or (_MARKERS.sub(r"\1\\\2\3", word) if marker else word), "", "")
    before = "(" if word.startswith("(") and len(word) > 1 else ""
    rest = word[len(before) :]
    after = _AFTER.search(rest, 1)
    closed = after is not None and (before or "(" not in rest or not after[0].startswith(")"))
    last = after.start() if after is not None and closed else len(rest)
    return _Word(before, rest[:last], rest[last:])


def _joined(words: Iterable[_Word]) -> Iterator[str]:
    """Words of code that follow one another, such as an option and its value, are one span, to be copied as one."""
    held: _Word | None = None
    for word in words:
        if held is not None and held.code and word.code and not (held.after or word.before):
            held = _Word(held.before, f"{held.code} {word.code}", word.after)
            continue
        if held is not None:
            yield _spelt(held)
        held = word
    if held is not None:
        yield _spelt(held)


def _spelt(word: _Word) -> str:
    return f"{word.before}{code(word.code, len(word.code))}{word.after}"


def row(cells: Iterable[str]) -> str:
    """A table's row (GFM 4.10) of cells that are Markdown already, made by `code` or `prose`.

    A pipe ends a cell even within code, unless there is a backslash before it. A backslash of the text's own before a
    pipe would be read in two ways (GitHub's parser takes two backslashes for a pair), so that such a pipe is written
    as a character that cannot be seen is.
    """
    return "| " + " | ".join(re.sub(r"\\?\|", _pipe, cell) for cell in cells) + " |"


def _pipe(found: re.Match[str]) -> str:
    return "\\\\x7c" if found[0].startswith("\\") else "\\|"


def longest(text: str) -> int:
    """How long the longest run of backticks in `text` is."""
    return max(map(len, _RUNS.findall(text)), default=0)


def fence(language: str, body: str) -> str:
    """`body`, visible lines, as a code block whose fence is longer than any backticks inside (GFM 4.5)."""
    ticks = "`" * max(3, longest(body) + 1)
    return f"{ticks}{language}\n{body}\n{ticks}"


def details(summary: str, body: str) -> str:
    """What can be folded away (an HTML block, GFM 4.6): `summary` is the report's own words, `body` is Markdown."""
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def label(text: str) -> str:
    """`text` within a line of a Mermaid chart, which has no escapes: letters stay, what may have a meaning is a dot.

    A colon ends a label; `#`, `;`, `%%` and braces begin comments, entities and directives
    (https://mermaid.js.org/syntax/gantt.html). A word such as `click` or `end` has a meaning only at the beginning of
    a line, where no foreign text stands.
    """
    text = visible(text)
    text = re.sub(r"[^A-Za-z0-9 .,()_\u0080-\U0010ffff-]", "·", text)
    return text if len(text) <= _LABEL else f"{text[: _LABEL - 1]}…"


def lines(texts: Sequence[str]) -> str:
    """`texts` for a code block, a line each."""
    return "\n".join(map(visible, texts))
