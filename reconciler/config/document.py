"""One YAML text → plain texts, lists and mappings that know where they stand. No types are guessed: the schema decides.

Built from the parser's events, which is several times faster than the YAML library's own constructors and shows each
key before a later one can hide it. The limits are checked on the events, before anything recursive sees the text: the C
composer ends the whole process on 100,000 nested brackets, and ten anchors can stand for ten thousand million values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias

import yaml
from yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from reconciler.config import syntax
from reconciler.config.syntax import Problem

MAX_DEPTH: Final = 100
MAX_NODES: Final = 5_000_000
MAX_EXPANDED: Final = 200_000
"""How many values the aliases (`*name`) of one file may stand for, taken together."""

_NO_VALUE: Final = frozenset({"", "~", "null", "Null", "NULL"})
"""Plain scalars that are no text: left empty, or YAML's own words for nothing (an editor reads those as null too)."""

_SHORT: Final = 5
"""Longer than any of them: a length is compared faster than a text."""

_DIRECTIVE: Final = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?[\r\n]+)*+%")
_REST: Final = re.compile(r"(?:\s++|#[^\r\n]*+|\.\.\.(?=\s|\Z))*+")

Mark: TypeAlias = Any
"""The parser's own mark: `index`, in characters from the start of the text. Kept as it comes: to save time."""


class Map(dict[str, "Node"]):
    """A mapping, in the order of its text. `marks`: for each key in turn, where it and its value begin."""

    __slots__ = ("mark", "marks")

    mark: Mark
    marks: list[Mark] | Places

    def marks_of(self, key: str) -> tuple[Mark, Mark]:
        """Where `key` and its value begin. Searched for: meant for findings, not for every key."""
        at = 2 * list(self).index(key)
        marks = self.marks if isinstance(self.marks, list) else self.marks.of(self)
        return marks[at], marks[at + 1]


class Seq(list["Node"]):
    """A list. `marks`: where each item begins."""

    __slots__ = ("mark", "marks")

    mark: Mark
    marks: list[Mark] | Places

    def mark_of(self, index: int) -> Mark:
        """Where the item at `index` begins. Searched for, like that of a key."""
        return (self.marks if isinstance(self.marks, list) else self.marks.of(self))[index]


class Places:
    """Where things begin inside the containers of one text that were not marked while it was read.

    Marks are taken at once for the outer levels, whose keys all have a place in the result. What stands deeper, by far
    the most, is only asked for by findings: the text is then read once more, with all marks.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def of(self, node: Map | Seq) -> list[Mark]:
        """The marks of a container."""
        return self._all[type(node), node.mark.index]

    @cached_property
    def _all(self) -> dict[tuple[type, int], list[Mark]]:
        """The marks of every container, by its kind and where it begins (a list and its first item may share that)."""
        found: dict[tuple[type, int], list[Mark]] = {}
        document = parse(self._text, marked=MAX_DEPTH)
        left = [document.root, *document.merged]
        while left:
            node = left.pop()
            if isinstance(node, Map | Seq) and (type(node), node.mark.index) not in found:
                found[type(node), node.mark.index] = node.marks if isinstance(node.marks, list) else []
                left += node.values() if isinstance(node, Map) else node
        return found


Node: TypeAlias = "str | Map | Seq | None"


@dataclass(frozen=True, slots=True)
class Document:
    """What one text holds: its root, where that begins, and what is wrong with single keys (the rest stays usable).

    `nodes` is how many were read, of MAX_NODES; `merged` is what stands behind `<<` and so is not in the root.
    """

    root: Node
    mark: Mark
    problems: tuple[Problem, ...]
    nodes: int = 0
    merged: tuple[Node, ...] = ()


def parse(text: str, *, marked: int = 2) -> Document:
    """Reads one YAML document (without byte-order mark). An empty one has the root None.

    Containers down to the level `marked` keep the marks of what is in them; the others find theirs when asked.

    Raises Problem for what ends the reading: a syntax error, a tag, a directive, a second document, too much of it.
    Duplicate keys do not: the first one counts, and each later one is in `problems`.
    """
    if found := _DIRECTIVE.match(text):
        raise syntax.directive(found.end() - 1)
    with _loader(text) as loader:
        try:
            return _Builder(text, loader.get_event, marked).document()
        except yaml.YAMLError as error:
            raise syntax.explained(error, text) from None


@contextmanager
def _loader(text: str) -> Iterator[Any]:
    """The C parser; where the library was built without it, its twin in Python."""
    loader = getattr(yaml, "CLoader", yaml.SafeLoader)
    try:
        opened = loader(text)
    except (yaml.YAMLError, UnicodeEncodeError) as error:  # lone surrogates, which no UTF-8 file can hold
        raise syntax.explained(error, text) from None
    try:
        yield opened
    finally:
        opened.dispose()


class _Builder:
    """Events → nodes. One for each text."""

    def __init__(self, text: str, get: Callable[[], Any], marked: int) -> None:
        self._text = text
        self._next = get
        self._marked = marked
        self._places = Places(text)
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._nodes = 0
        self._expanded = 0
        self._problems: list[Problem] = []
        self._merged: list[Node] = []

    def document(self) -> Document:
        self._next()  # the stream starts
        event = self._next()
        if isinstance(event, StreamEndEvent):
            return Document(None, event.start_mark, ())
        event = self._next()
        root = self._node(event, 0)
        end = self._next().end_mark.index
        rest = _REST.match(self._text, end)
        if rest is not None and rest.end() < len(self._text):
            raise syntax.several_documents(rest.end())
        return Document(root, event.start_mark, tuple(self._problems), self._nodes, tuple(self._merged))

    def _node(self, event: Any, depth: int) -> Node:
        kind = event.__class__
        if kind is MappingStartEvent:
            return self._mapping(event, depth + 1)
        if kind is SequenceStartEvent:
            return self._sequence(event, depth + 1)
        if kind is not ScalarEvent:
            return self._alias(event.anchor, _at(event))
        if event.tag:
            raise syntax.tag(event.tag, _at(event))
        value = None if event.value in _NO_VALUE and not event.style else event.value
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        return value

    def _alias(self, name: str, at: int) -> Node:
        if name not in self._anchors:
            raise syntax.unknown_anchor(name, at)
        node, size = self._anchors[name]
        if not size:
            raise syntax.alias_loop(name, at)
        self._expanded += size
        if self._expanded > MAX_EXPANDED:
            raise syntax.over("alias-bomb", at, MAX_EXPANDED, "values stand behind the aliases of this file")
        return node

    def _open(self, event: Any, depth: int) -> int:
        """Checks a container before anything in it is read; how much was read so far."""
        if depth > MAX_DEPTH:
            raise syntax.over("too-deep", _at(event), MAX_DEPTH, "levels inside each other")
        if event.tag:
            raise syntax.tag(event.tag, _at(event))
        if event.anchor:
            self._anchors[event.anchor] = (None, 0)
        return self._nodes + self._expanded

    def _close(self, node: Map | Seq, event: Any, before: int, values: int) -> None:
        """Counts what was read, and remembers a container that has a name."""
        self._nodes += values
        if self._nodes > MAX_NODES:
            raise syntax.over("too-many-values", _at(event), MAX_NODES, "values in one file")
        if event.anchor:
            self._anchors[event.anchor] = (node, self._nodes + self._expanded - before)

    def _sequence(self, event: Any, depth: int) -> Seq:
        node, get = Seq(), self._next
        node.mark = event.start_mark
        marks = node.marks = [] if depth <= self._marked else self._places
        before = self._open(event, depth) if event.anchor or event.tag or depth > MAX_DEPTH else 0
        while (item := get()).__class__ is not SequenceEndEvent:
            if item.__class__ is not ScalarEvent or item.tag or item.anchor:
                value = self._node(item, depth)
            elif len(value := item.value) < _SHORT and value in _NO_VALUE and not item.style:
                value = None
            node.append(value)
            if marks.__class__ is list:
                marks.append(item.start_mark)
        self._close(node, event, before, len(node) + 1)
        return node

    def _mapping(self, event: Any, depth: int) -> Map:
        node, get = Map(), self._next
        node.mark = event.start_mark
        marks = node.marks = [] if depth <= self._marked else self._places
        before = self._open(event, depth) if event.anchor or event.tag or depth > MAX_DEPTH else 0
        merged: list[tuple[Any, Node]] = []
        key: Any
        while (key := get()).__class__ is ScalarEvent:
            name = key.value
            if key.tag or key.anchor:
                self._name(key)
            item = get()
            if item.__class__ is not ScalarEvent or item.tag or item.anchor:
                value = self._node(item, depth)
            elif len(value := item.value) < _SHORT and value in _NO_VALUE and not item.style:
                value = None
            if name == "<<" and not key.style:
                merged.append((item, value))
            elif name in node:
                self._repeated(node, key)
            else:
                node[name] = value
                if marks.__class__ is list:
                    marks += (key.start_mark, item.start_mark)
        if key.__class__ is not MappingEndEvent:
            raise syntax.bad_key(_at(key))
        for item, value in merged:
            self._merged.append(value)
            _merge(node, _at(item), value)
        self._close(node, event, before, 2 * len(node) + 1)
        return node

    def _repeated(self, node: Map, key: Any) -> None:
        first = node.marks_of(key.value)[0].index
        self._problems.append(syntax.repeated_key(key.value, _at(key), first))

    def _name(self, key: Any) -> None:
        """Remembers a key's anchor, and refuses its tag."""
        if key.tag:
            raise syntax.tag(key.tag, _at(key))
        self._anchors[key.anchor] = (key.value, 1)


def _at(event: Any) -> int:
    """Where an event begins."""
    return int(event.start_mark.index)


def _merge(node: Map, at: int, value: Node) -> None:
    """`<<: *defaults`: what the mapping does not say itself. Of several, the first that says it counts (YAML 1.1)."""
    for source in value if isinstance(value, Seq) else [value]:
        if not isinstance(source, Map):
            raise syntax.bad_merge(at)
        for key, inherited in source.items():
            if key not in node:
                node[key] = inherited
                if isinstance(node.marks, list):
                    node.marks += source.marks_of(key)
