"""A campaign file whose contacts are written line by line, in the plainest way: read by patterns instead of events.

Files of ten thousand contacts come from programs, which write each like the one before it. Events of theirs take five
times what the parser itself needs, and nodes come on top; here one match of a pattern takes a whole contact.

A pattern is made from a contact as it stands: its keys and indentation to the letter, and values of which YAML has
nothing to say (one line, no escapes, nothing that opens or ends anything). Runs of such contacts are cut out of the
text. For each stands one item without a value, with a comment as long as the run: the events of what is left prove
that an item of the section begins there, and every other mark is where it would be. Whatever is written in any other
way is left to the events, and so is the whole text as soon as anything is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from reconciler.config.accepting import Pick, picking
from reconciler.config.document import MAX_NODES, Document, Map, Places, Seq, parse
from reconciler.config.lines import At
from reconciler.config.syntax import Problem

_SECTION: Final = "contatos"
_HEAD: Final = re.compile(rf"^{_SECTION}:\n(?=( *)- )", re.MULTILINE)
_STAND_IN: Final = "- ~"
SMALLEST: Final = 32 * 1024
_SHORTEST: Final = 2048
"""Characters: shorter texts, and shorter runs in them, are not worth the trouble."""

_FORMS: Final = 16
"""How many patterns are made for one file: each takes as long as a hundred contacts by events."""

_PATIENCE: Final = 64
"""How many contacts may fit no pattern, beyond a quarter of those that do, before it is left at that."""

_REMEMBERED: Final = 4096
_QUOTES: Final = "'\""
_PLAIN: Final = r"(?!(?:null|Null|NULL)\n)\w(?:[^:#\n]++|:(?![ \n])|(?<! )#)*+(?<! )"
_VALUE: Final = rf"""(?:{_PLAIN}|'[^'\n]*+'|"[^"\\\n]*+")"""
"""A value of one line that stands for itself, if all of it can be printed: what YAML takes for a line end, too, or
refuses, cannot."""
_KEY: Final = "[A-Za-z][A-Za-z0-9_-]{0,99}+"
_PAIR: Final = re.compile(rf"({_KEY}):( {_VALUE})?\n")
_ENDS: Final = "(?=[A-Za-z]|{}- |\\Z)"
"""What follows a contact: another one, a section, or nothing. Never more of its last value."""


class _List(NamedTuple):
    """A list in a contact: its key, its group, and how far its items are indented."""

    key: str
    group: int
    indent: int


class _Mapping(NamedTuple):
    """A mapping in a contact: its key and group, how far its keys are indented, and these, with their groups."""

    key: str
    group: int
    indent: int
    keys: tuple[str, ...]
    values: slice


class _Form(NamedTuple):
    """Contacts with the same keys in the same order, and what takes the values of these out of the groups."""

    pattern: re.Pattern[str]
    keys: tuple[str, ...]
    pick: Pick
    lists: tuple[_List, ...]
    mappings: tuple[_Mapping, ...]
    nodes: int


class _Run(NamedTuple):
    """Contacts that follow each other, which stand from `start` up to `end` of the text. They are at most `nodes`."""

    start: int
    end: int
    contacts: list[Map]
    nodes: int


def parse_file(text: str) -> Document:
    """What `parse` gives for the text of a file, and what it raises; sooner, where many contacts are written alike."""
    head = _HEAD.search(text) if len(text) >= SMALLEST else None
    if head is None:
        return parse(text)
    indent = len(head[1])
    runs = list(_Reading(text, indent).runs(head.end()))
    try:
        document = parse(_without(text, indent, runs))
    except Problem:
        return parse(text)
    root = document.root
    section = root.get(_SECTION) if isinstance(root, Map) else None
    few = document.nodes + sum(run.nodes for run in runs) <= MAX_NODES
    if few and isinstance(section, Seq) and _filled(section, {run.start + indent + 2: run for run in runs}):
        return document
    return parse(text)


def _without(text: str, indent: int, runs: Sequence[_Run]) -> str:
    """The text with one item in the place of each run, and everything else where it was."""
    parts, at = [], 0
    for run in runs:
        stand_in = f"{' ' * indent}{_STAND_IN}"
        comment = f" #{' ' * (run.end - run.start - len(stand_in) - 3)}" if run.end < len(text) else ""
        parts += [text[at : run.start], stand_in, comment, "\n"]
        at = run.end
    return "".join([*parts, text[at:]])


def _filled(section: Seq, runs: dict[int, _Run]) -> bool:
    """Puts each run where an item stands for it; whether one does for every run."""
    items, marks = list(section), section.marks
    if not isinstance(marks, list):
        return False
    section.clear()
    section.marks = []
    for item, mark in zip(items, marks, strict=True):
        run = runs.pop(mark.index, None) if item is None else None
        section += [item] if run is None else run.contacts
        section.marks += [mark] if run is None else [contact.mark for contact in run.contacts]
    return not runs


class _Reading:
    """Finds the runs of one text, whose contacts begin `indent` characters into their lines."""

    def __init__(self, text: str, indent: int) -> None:
        self._text = text
        self._indent = indent
        self._places = Places(text)
        self._printable = _printable(text)
        self._forms: list[_Form] = []
        self._left = _FORMS
        self._patience = 4 * _PATIENCE

    def runs(self, at: int) -> Iterator[_Run]:
        """Every run that is long enough, from `at` on, where a contact begins."""
        dash = " " * self._indent + "- "
        while at >= 0 and self._patience > 0:
            run = self._run(at)
            if run.end - run.start >= _SHORTEST:
                yield run
            at = run.end if self._text.startswith(dash, run.end) else -1
            if at >= 0:  # a contact that the events have to tell
                self._patience -= 4
                at = self._text.find("\n" + dash, at) + 1 or -1

    def _run(self, start: int) -> _Run:
        """The contacts from `start` on that are plainly written."""
        contacts: list[Map] = []
        at, nodes = start, 0
        while (found := self._found(at)) is not None:
            form, match = found
            contacts.append(self._contact(form, match))
            nodes += form.nodes
            at = match.end()
        self._patience += len(contacts)
        return _Run(start, at, contacts, nodes + self._text.count("\n", start, at))

    def _found(self, at: int) -> tuple[_Form, re.Match[str]] | None:
        """The form of the contact that begins at `at`, which comes first from then on, and the match."""
        for form in self._forms:
            match = form.pattern.match(self._text, at)
            if match is not None:
                if form is not self._forms[0]:
                    self._forms.remove(form)
                    self._forms.insert(0, form)
                return (form, match) if self._printable or _printable(match[0]) else None
        made = _Writing(self._text, self._indent).form(at) if self._left else None
        if made is None:
            return None
        self._left -= 1
        self._forms.insert(0, made)
        return self._found(at)

    def _contact(self, form: _Form, match: re.Match[str]) -> Map:
        """The nodes of one contact, as the events give them."""
        whole, groups, places = match[0], match.groups(), self._places
        if "'" in whole or '"' in whole:
            groups = tuple([text[1:-1] if text[0] in _QUOTES else text for text in groups])
        node = Map(zip(form.keys, form.pick(groups), strict=True))
        node.mark, node.marks = At(match.start() + self._indent + 2), places
        for key, group, indent in form.lists:
            items = node[key] = Seq(_items(groups[group], indent))
            items.mark, items.marks = At(match.start(group + 1) + indent), places
        for key, group, indent, keys, values in form.mappings:
            inner = node[key] = Map(zip(keys, groups[values], strict=True))
            inner.mark, inner.marks = At(match.start(group + 1) + indent), places
        return node


def _printable(text: str) -> bool:
    return text.replace("\n", "").isprintable()


@lru_cache(_REMEMBERED)
def _items(block: str, indent: int) -> tuple[str, ...]:
    """The items of a list, of which each has a line. Many people's are the same."""
    texts = [line[indent + 2 :] for line in block.split("\n")[:-1]]
    return tuple([text[1:-1] if text[0] in _QUOTES else text for text in texts])


class _Writing:
    """Makes the form of one contact, line by line. `indent` is where it begins."""

    def __init__(self, text: str, indent: int) -> None:
        self._text = text
        self._indent = indent
        self._groups = 0
        self._top: dict[str, int] = {}
        self._lists: list[_List] = []
        self._mappings: list[_Mapping] = []

    def form(self, at: int) -> _Form | None:
        """The form of the contact at `at`; None if it is not plainly written, or says too little for one."""
        pattern, first = "", " " * self._indent + "- "
        lead = first
        while self._text.startswith(lead, at) and (pair := _PAIR.match(self._text, at + len(lead))) is not None:
            if pair[1] in self._top:
                return None
            self._top[pair[1]] = self._groups
            self._groups += 1
            found = (f" ({_VALUE})\n", pair.end()) if pair[2] else self._inner(pair[1], pair.end())
            if found is None:
                return None
            pattern, at = f"{pattern}{lead}{pair[1]}:{found[0]}", found[1]
            lead = " " * len(first)
        ends = _ENDS.format(" " * self._indent)
        if len(self._top) < 2 or re.compile(ends).match(self._text, at) is None:
            return None
        nodes = 1 + 2 * len(self._top) + sum(2 * len(each.keys) for each in self._mappings)
        compiled = re.compile(pattern + ends)
        pick = picking(tuple(self._top.values()))
        return _Form(compiled, tuple(self._top), pick, tuple(self._lists), tuple(self._mappings), nodes)

    def _inner(self, key: str, at: int) -> tuple[str, int] | None:
        """The pattern of what is written below a key, and where that ends; None if it is neither list nor mapping."""
        for indent in (self._indent + 2, self._indent + 4):
            item = f"{' ' * indent}- {_VALUE}\n"
            found = re.compile(f"(?:{item})++").match(self._text, at)
            if found is not None:
                self._lists.append(_List(key, self._groups - 1, indent))
                return f"\n((?:{item})++)", found.end()
        indent = self._indent + 4
        lead, keys, pattern, first = " " * indent, dict[str, None](), "", self._groups
        while self._text.startswith(lead, at) and (pair := _PAIR.match(self._text, at + indent)) is not None:
            if not pair[2] or pair[1] in keys:
                return None
            keys[pair[1]] = None
            pattern, at = f"{pattern}{lead}{pair[1]}: ({_VALUE})\n", pair.end()
        self._groups += len(keys)
        self._mappings.append(_Mapping(key, first - 1, indent, tuple(keys), slice(first, self._groups)))
        return (f"\n({pattern})", at) if keys else None
