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

from reconciler.config.document import MAX_NODES, Document, Map, Places, Seq, parse
from reconciler.config.forms import Form, form_at
from reconciler.config.lines import At
from reconciler.config.syntax import Problem

_SECTION: Final = "contatos"
_HEAD: Final = re.compile(rf"^{_SECTION}:\n(?=( *)- )", re.MULTILINE)
_STAND_IN: Final = "- ~"
SMALLEST: Final = 32 * 1024
"""Characters: a shorter text is not worth the trouble."""

_FORMS: Final = 16
"""How many patterns are made for one file: each takes as long as a hundred contacts by events."""

_PATIENCE: Final = 64
"""How many contacts more may fit no pattern than fit one, before it is left at that."""

_REMEMBERED: Final = 4096
_QUOTES: Final = "'\""


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
    if not runs:
        return parse(text)
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
        self._forms: list[Form] = []
        self._left = _FORMS
        self._patience = _PATIENCE

    def runs(self, at: int) -> Iterator[_Run]:
        """Every run from `at` on, where a contact begins."""
        dash = " " * self._indent + "- "
        while at >= 0 and self._patience > 0:
            run = self._run(at)
            if run.contacts:
                yield run
            at = run.end if self._text.startswith(dash, run.end) else -1
            if at >= 0:  # a contact that the events have to tell
                self._patience -= 1
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
        nodes += self._text.count("\n", start, at) + self._text.count(",", start, at)
        return _Run(start, at, contacts, nodes)

    def _found(self, at: int) -> tuple[Form, re.Match[str]] | None:
        """The form of the contact that begins at `at`, which comes first from then on, and the match."""
        for form in self._forms:
            match = form.pattern.match(self._text, at)
            if match is not None:
                if form is not self._forms[0]:
                    self._forms.remove(form)
                    self._forms.insert(0, form)
                return (form, match) if self._printable or _printable(match[0]) else None
        made = form_at(self._text, at, self._indent) if self._left else None
        if made is None:
            return None
        self._left -= 1
        self._forms.insert(0, made)
        return self._found(at)

    def _contact(self, form: Form, match: re.Match[str]) -> Map:
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
    texts = (
        block[2:-1].split(", ") if block.startswith(" [") else [line[indent + 1 :] for line in block.split("\n")[1:]]
    )
    return tuple([text[1:-1] if text[0] in _QUOTES else text for text in texts])
