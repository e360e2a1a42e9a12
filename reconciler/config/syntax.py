"""What is wrong with a text, in plain words: the parser's complaints, each with its usual cause and a remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass
class Problem(Exception):  # noqa: N818 - a finding in the making, raised where nothing after it can be read
    """Something wrong at one point of a text: `at` and `other` (an earlier place that it collides with) are offsets."""

    rule: str
    at: int
    reason: str
    remedy: str
    width: int = 1
    other: int | None = None


_UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAB: Final = ("a tab stands where only spaces may", "indent with spaces, two per level")
_QUOTE: Final = 'put the text in quotes: "…"'
_CLOSE: Final = "close it, or put the text in quotes"
_INDENT: Final = "line this up with the keys above it"

_COMPLAINTS: Final = (
    ("cannot start any token", "no text can begin with this character", _QUOTE),
    ("mapping values are not allowed", "a second `: ` stands where one value was expected", _QUOTE),
    ("could not find expected ':'", "a key stands here without its `: `", "write `key: value`; check the lines above"),
    ("did not find expected key", "the indentation does not fit the lines above, or a quote is missing", _INDENT),
    ("did not find expected '-'", "the indentation does not fit the list above", "line the `-` up with those above"),
    ("did not find expected ',' or ']'", "the list that was opened with `[` is not closed", _CLOSE),
    ("did not find expected ',' or '}'", "the mapping that was opened with `{` is not closed", _CLOSE),
    ("expected ',' or", "the bracket that was opened is not closed", _CLOSE),
    ("found unexpected end of stream", "the file ends inside a quoted text", "close the quote"),
    ("unexpected document indicator", "`---` stands inside a quoted text", "close the quote above it"),
    ("found unknown escape", "there is no such escape in double quotes", "use single quotes, or write \\\\"),
    ("hexdecimal", "an escape in double quotes lacks its digits", "use single quotes, or write \\\\"),
    ("sequence entries are not allowed", "a `- ` cannot stand here", "put the list on the lines below its key"),
    ("mapping keys are not allowed", "a `? ` cannot stand here", _QUOTE),
    ("did not find expected node content", "a value is missing here", "write it, or take the comma before it out"),
    ("expected the node content", "a value is missing here", "write it, or take the comma before it out"),
    ("<document start>", "the text goes on after its end", "check the indentation: the first level has none"),
    ("alphabetic or numeric character", "`&` and `*` begin the name of an anchor", _QUOTE),
    ("found undefined tag handle", "`!` begins a tag, and tags are not supported", _QUOTE),
    ("did not find expected tag URI", "`!` begins a tag, and tags are not supported", _QUOTE),
    ("expected a comment or a line break", "text stands behind `|` or `>`", "begin the text on the next line"),
)


def explained(error: Exception, text: str) -> Problem:
    """The parser's complaint about `text` as a problem of ours."""
    if (found := _UNPRINTABLE.search(text)) is not None:
        reason = f"the character U+{ord(found.group()):04X} cannot stand in YAML"
        return Problem("control-character", found.start(), reason, "take it out")
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    complaint = getattr(error, "problem", None) or ""
    at = min(mark.index, len(text)) if mark is not None else 0
    if text[at : at + 1] == "\t" or "'\\t'" in complaint:
        return Problem("syntax", at, *_TAB)
    for words, reason, remedy in _COMPLAINTS:
        if words in complaint:
            return Problem("syntax", at, reason, remedy)
    return Problem("syntax", at, "the text does not fit here", "check the indentation, the quotes and the brackets")


def tag(name: str, at: int) -> Problem:
    """Tags change what a value means; here the field alone decides that (also YAML's own: `!!str`, `!!int`)."""
    reason = f"the tag {name[:60]!r} is not supported: a value's type comes from the field that it stands in"
    return Problem("tag", at, reason, "take the tag out; put the text in quotes where it needs them")


def bad_key(at: int) -> Problem:
    """A list, a mapping or an alias as a key."""
    return Problem("bad-key", at, "a key is a plain text, not a list, a mapping or an alias", "write the key out")


def repeated_key(name: str, at: int, first: int) -> Problem:
    """The same key twice in a mapping, of which YAML libraries silently keep the last."""
    reason = f"the key {name[:60]!r} stands twice in the same mapping"
    return Problem("duplicate-key", at, reason, "keep one of the two", width=len(name), other=first)


def several_documents(at: int) -> Problem:
    """A second document (or anything else) after the first."""
    return Problem("several-documents", at, "a file holds one document", "move what follows to a file of its own")


def directive(at: int) -> Problem:
    """`%YAML` and `%TAG`."""
    return Problem("directive", at, "directives (%YAML, %TAG) are not supported", "take this line out")


def unknown_anchor(name: str, at: int) -> Problem:
    """`*name` without `&name` above it."""
    return Problem(
        "unknown-anchor", at, f"no anchor &{name[:60]} stands above", "define it above, or write the value out"
    )


def alias_loop(name: str, at: int) -> Problem:
    """`*name` inside what `&name` stands for."""
    return Problem("alias-loop", at, f"the alias *{name[:60]} stands inside its own anchor", "write the value out")


def bad_merge(at: int) -> Problem:
    """`<<` with something that cannot be merged."""
    return Problem("bad-merge", at, "`<<` takes a mapping, or a list of mappings", "name an anchor: `<<: *name`")


def over(rule: str, at: int, limit: int, what: str) -> Problem:
    """More than a limit allows."""
    return Problem(rule, at, f"more than {limit:,} {what}", "split the file, or make it flatter")
