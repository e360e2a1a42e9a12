"""Patterns of contacts that programs write one like the other, each made from one contact as it stands.

Its keys, signs and indentation are taken to the letter, and its values are such as YAML has nothing to say of: on one
line, without escapes and anything that opens or ends something.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple, TypeAlias

from reconciler.config.accepting import Pick, picking

_PLAIN: Final = r"(?!(?:null|Null|NULL)\n)\w(?:[^:#\n]++|:(?![ \n])|(?<! )#)*+(?<! )"
_VALUE: Final = re.compile(rf"""(?:{_PLAIN}|'[^'\n]*+'|"[^"\\\n]*+")""")
"""A value that takes up the rest of its line, if that ends there, and stands for itself, if all of it can be printed:
what YAML takes for a line end, too, or refuses, cannot.
"""
_WORD: Final = r"(?!(?:null|Null|NULL)[,\]}])\w[^:#,?\[\]{}\n]*+(?<! )"
_AMONG: Final = re.compile(rf"""(?:{_WORD}|'[^'\n]*+'|"[^"\\\n]*+")""")
"""The same within braces, where more signs end it."""

_ITEMS: Final = re.compile(rf"\[{_WORD}(?:, {_WORD})*+\]")
_KEY: Final = re.compile("([A-Za-z][A-Za-z0-9_-]{0,99}+):")
_ENDS: Final = "(?=[A-Za-z]|{}- |\\Z)"
"""What follows a contact: another one, a section, or nothing. Never more of its last value."""

_Found: TypeAlias = tuple[str, int]
"""A pattern, and where what it was made from ends."""


class Listed(NamedTuple):
    """A list in a contact: its key, its group, and how far into that it begins."""

    key: str
    group: int
    indent: int


class Mapped(NamedTuple):
    """A mapping in a contact: its key, its group, how far into that it begins, and its own keys with their groups."""

    key: str
    group: int
    indent: int
    keys: tuple[str, ...]
    values: slice


class _Style(NamedTuple):
    """How a mapping is written: what stands before its first key, between two, and behind the last, and its values.

    `indent` is how far into all this it begins.
    """

    opening: str
    between: str
    closing: str
    value: re.Pattern[str]
    indent: int


_BRACES: Final = _Style(" {", ", ", "}", _AMONG, 1)


class Form(NamedTuple):
    """Contacts with the same keys in the same order, and what takes the values of these out of the pattern's groups.

    A contact is no more nodes than `nodes` and its lines and commas.
    """

    pattern: re.Pattern[str]
    keys: tuple[str, ...]
    pick: Pick
    lists: tuple[Listed, ...]
    mappings: tuple[Mapped, ...]
    nodes: int


def form_at(text: str, at: int, indent: int) -> Form | None:
    """The form of the contact in the line at `at`, in which it is indented so far.

    None if it is not plainly written, or says too little for a form.
    """
    return _Making(text, indent).form(at)


class _Making:
    """Makes the form of one contact, key by key."""

    def __init__(self, text: str, indent: int) -> None:
        self._text = text
        self._indent = indent
        self._groups = 0
        self._top: dict[str, int] = {}
        self._lists: list[Listed] = []
        self._mappings: list[Mapped] = []

    def form(self, at: int) -> Form | None:
        dash, ends = " " * self._indent + "- ", _ENDS.format(" " * self._indent)
        found = self._braced(dash, at) if self._text.startswith(dash + "{", at) else self._lines(dash, at)
        if found is None or len(self._top) < 2 or re.compile(ends).match(self._text, found[1]) is None:
            return None
        nodes = 2 + 2 * len(self._top) + 2 * len(self._lists) + sum(1 + 2 * len(each.keys) for each in self._mappings)
        pick = picking(tuple(self._top.values()))
        pattern = re.compile(found[0] + ends)
        return Form(pattern, tuple(self._top), pick, tuple(self._lists), tuple(self._mappings), nodes)

    def _lines(self, lead: str, at: int) -> _Found | None:
        """A contact with a line for every key."""
        pattern = ""
        while self._text.startswith(lead, at) and (key := _KEY.match(self._text, at + len(lead))) is not None:
            if not self._add(key[1]):
                return None
            below = self._text.startswith("\n", key.end())
            found = self._below(key[1], key.end() + 1) if below else self._behind(key[1], key.end(), _VALUE)
            if found is None or not self._text.startswith("\n", found[1]):
                return None
            pattern, at = f"{pattern}{lead}{key[0]}{found[0]}\n", found[1] + 1
            lead = " " * len(lead)
        return pattern, at

    def _braced(self, dash: str, at: int) -> _Found | None:
        """A contact in braces."""
        pattern, lead = dash, "{"
        at += len(dash)
        while self._text.startswith(lead, at) and (key := _KEY.match(self._text, at + len(lead))) is not None:
            if not self._add(key[1]) or (found := self._behind(key[1], key.end(), _AMONG)) is None:
                return None
            pattern, at, lead = f"{pattern}{re.escape(lead)}{key[0]}{found[0]}", found[1], ", "
        return (f"{pattern}}}\n", at + 2) if self._text.startswith("}\n", at) else None

    def _add(self, key: str) -> bool:
        """Whether this is a key that was not there before; it has a group from now on."""
        if key in self._top:
            return False
        self._top[key] = self._groups
        self._groups += 1
        return True

    def _behind(self, key: str, at: int, value: re.Pattern[str]) -> _Found | None:
        """What stands behind a key on its line."""
        if self._text.startswith(" [", at):
            found = _ITEMS.match(self._text, at + 1)
            self._lists.append(Listed(key, self._top[key], 1))
            return (f"( {_ITEMS.pattern})", found.end()) if found else None
        if self._text.startswith(" {", at):
            return self._mapped(key, at, _BRACES)
        found = value.match(self._text, at + 1) if self._text.startswith(" ", at) else None
        return (f" ({value.pattern})", found.end()) if found else None

    def _below(self, key: str, at: int) -> _Found | None:
        """The lines below a key, but for the end of the last one."""
        for indent in (self._indent + 2, self._indent + 4):
            item = f"\n{' ' * indent}- {_VALUE.pattern}"
            found = re.compile(f"(?:{item}(?=\n))++").match(self._text, at - 1)
            if found is not None:
                self._lists.append(Listed(key, self._top[key], indent + 1))
                return f"((?:{item}(?=\n))++)", found.end()
        lead = "\n" + " " * (self._indent + 4)
        return self._mapped(key, at - 1, _Style(lead, lead, "", _VALUE, len(lead)))

    def _mapped(self, key: str, at: int, style: _Style) -> _Found | None:
        """A mapping of texts."""
        keys, pattern, lead = dict[str, None](), "", style.opening
        while self._text.startswith(lead, at) and (inner := _KEY.match(self._text, at + len(lead))) is not None:
            value = style.value.match(self._text, inner.end() + 1) if self._text.startswith(" ", inner.end()) else None
            if value is None or inner[1] in keys:
                return None
            keys[inner[1]] = None
            pattern, at = f"{pattern}{re.escape(lead)}{inner[0]} ({style.value.pattern})", value.end()
            lead = style.between
        values = slice(self._groups, self._groups + len(keys))
        self._mappings.append(Mapped(key, self._top[key], style.indent, tuple(keys), values))
        self._groups = values.stop
        closed = keys and self._text.startswith(style.closing, at)
        return (f"({pattern}{style.closing})", at + len(style.closing)) if closed else None
