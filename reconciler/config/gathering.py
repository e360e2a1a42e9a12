"""The sections of all campaign files of one account, merged: what is declared where, before it is checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter, ValidationError

from reconciler.config.campaign import KEYED, KINDS, SECTIONS, Campanha
from reconciler.config.document import Document, Map, Node, Seq
from reconciler.config.findings import Findings
from reconciler.config.source import Source
from reconciler.config.sources import ContatosDe
from reconciler.config.spot import Spot
from reconciler.config.translate import suggestion, translated
from reconciler.engine.model import Address, Place
from reconciler.providers.scalars import Key
from reconciler.providers.spec import Resource

_KEYS: Final = TypeAdapter(dict[Key, None])


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource with a key, as it stands in a file. `at` is where the key begins."""

    kind: type[Resource]
    key: str
    spot: Spot
    at: int

    @property
    def address(self) -> Address:
        """Its address."""
        return Address(self.kind.kind, self.key)

    @property
    def place(self) -> Place:
        """Where it is declared."""
        return self.spot.source.place(self.at)


class Gathered:
    """Entries, contacts (of which there may be many) and files of contacts, in order; `known` keys of each kind.

    `unsure` are the kinds of which more may be declared than could be read: nothing of them is called unknown.
    """

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.entries: dict[Address, Entry] = {}
        self.contacts: list[tuple[Source, Map]] = []
        self.tables: list[Spot] = []
        self.known: dict[str, set[str]] = {kind.kind: set() for kind in KINDS}
        self.unsure: set[str] = set()

    def unreadable(self) -> None:
        """A file could not be read: anything may be declared in it."""
        self._doubt(section for section in SECTIONS)

    def add(self, source: Source, document: Document) -> None:
        """Takes the sections of one file."""
        root = document.root
        if isinstance(root, Map):
            spot = Spot(source, root)
            for name, node in root.items():
                if name not in SECTIONS:
                    self._unknown(spot, name)
                elif node is not None:
                    self._section(spot, name, node)
        elif root is not None:
            summary, remedy = "a campaign file is a mapping of sections", "begin with a section, such as `listas:`"
            reason = f"the sections are: {', '.join(SECTIONS)}"
            at = document.mark.index
            self.findings.add(source.finding("bad-type", at, summary, reason=reason, remedy=remedy))
            self.unreadable()

    def _doubt(self, sections: Iterable[str]) -> None:
        doubtful = set(sections)
        self.unsure.update(kind.kind for kind in KINDS if kind.section in doubtful)

    def _unknown(self, spot: Spot, name: str) -> None:
        meant = [section for section in SECTIONS if suggestion(name, [section])]
        self._doubt(meant or SECTIONS)
        self.findings.add(
            spot.finding_at_key(
                (name,),
                "unknown-key",
                f"unknown section {name[:60]!r}",
                reason=f"the sections are: {', '.join(SECTIONS)}",
                remedy=suggestion(name, SECTIONS) or "take it out, or correct its name",
                value=name[:60],
                width=len(name),
            )
        )

    def _section(self, spot: Spot, name: str, node: Node) -> None:
        if name in KEYED and isinstance(node, Map):
            for key in node:
                self._keyed(KEYED[name], key, Spot(spot.source, node))
        elif name not in KEYED and isinstance(node, Seq):
            for index, item in enumerate(node):
                if not isinstance(item, Map):
                    self._no_mapping(spot, name, index)
                elif name == ContatosDe.section:
                    self.tables.append(Spot(spot.source, item))
                else:
                    self.contacts.append((spot.source, item))
        else:
            words = "a mapping, key by key" if name in KEYED else "a list"
            remedy = "write `key:` lines below it" if name in KEYED else "begin each entry with `- `"
            self.findings.add(spot.finding((name,), "bad-type", f"{name} is {words}", remedy=remedy, field=name))
            self._doubt([name])

    def _no_mapping(self, spot: Spot, name: str, index: int) -> None:
        remedy = "write `- arquivo: …`" if name == ContatosDe.section else "write `- email: …`"
        summary = f"an entry of {name} is a mapping"
        self.findings.add(spot.finding((name, index), "bad-type", summary, remedy=remedy, field=f"{name}[{index}]"))

    def _keyed(self, kind: type[Resource], key: str, section: Spot) -> None:
        entry = self._entry(kind, key, section)
        self.known[kind.kind].add(key)
        try:
            _KEYS.validate_python({key: None})
        except ValidationError as error:
            self.findings.extend(translated(error, section, Campanha, Address(kind.kind, "")))
        if entry is None:
            remedy = "write `field: value` lines below the key"
            summary = f"{kind.kind}.{key}: a mapping was expected here"
            self.findings.add(section.finding((key,), "bad-type", summary, remedy=remedy))
        elif (other := self.entries.setdefault(entry.address, entry)) is not entry:
            self.findings.add(
                section.finding_at_key(
                    (key,),
                    "duplicate-address",
                    f"{entry.address} is declared twice",
                    reason=f"it also stands at {other.place}",
                    remedy="keep one of the two, or give one of them another key",
                    address=entry.address,
                    value=key,
                    width=len(key),
                )
            )

    def _entry(self, kind: type[Resource], key: str, section: Spot) -> Entry | None:
        """The resource below a key; where nothing stands there, one that says nothing."""
        at = section.node.marks_of(key)[0]
        node = section.node[key]
        if node is None:
            node = Map()
            node.mark, node.marks = at, []
        if not isinstance(node, Map):
            return None
        return Entry(kind, key, Spot(section.source, node), int(at.index))
