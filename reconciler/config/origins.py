"""Where contacts stand, so that they can be read again: campaign files in memory, files of lines, and kept rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol, cast

from pydantic import TypeAdapter, ValidationError

from reconciler.config.document import Map
from reconciler.config.files import Folder
from reconciler.config.findings import Findings
from reconciler.config.lines import Broken, Lines
from reconciler.config.records import RecordReader
from reconciler.config.rows import Reader, Row, Rows
from reconciler.config.source import Source
from reconciler.config.spot import Spot
from reconciler.config.syntax import Problem
from reconciler.engine.model import Address, Declared, Place, Value
from reconciler.engine.roll import Origin, Position
from reconciler.providers.criaenvio.contatos.spec import Contato

CONTATO: Final = TypeAdapter(Contato)
_ONE_ROW: Final = 1024


def person(model: Contato, place: Place) -> Declared:
    """A contato as its author wrote it."""
    address = Address(model.kind, model.email.lower())
    fields = cast("dict[str, Value]", model.fields(address.key))
    return Declared(address, fields, place, id=model.id, former=model.former, on_removal=model.ao_remover)


class Standing(Origin, Protocol):
    """Where rows stand, for findings too."""

    def place(self, position: Position) -> Place:
        """Where a row begins."""

    def spot(self, position: Position) -> Spot | None:
        """A row as it stands; None if it is not there any more."""


class Table(Standing, Protocol):
    """A file or the like, of which every row is a contact."""

    def rows(self, findings: Findings) -> Iterator[Rows]:
        """Every row, some at a time. Raises Broken or Problem when the rest cannot be read."""


@dataclass(frozen=True, slots=True)
class Written:
    """The contacts of the campaign files, which are held as they were parsed; an offset is an index."""

    contacts: list[tuple[Source, Map]]
    name: str = ""

    def read(self, positions: Iterable[Position]) -> Iterator[Declared | None]:
        """Those people, made from their nodes."""
        for position in positions:
            yield person(CONTATO.validate_python(self.contacts[position[0]][1]), self.place(position))

    def place(self, position: Position) -> Place:
        """Where the contact's mapping begins."""
        source, node = self.contacts[position[0]]
        return source.place(node.mark.index)

    def spot(self, position: Position) -> Spot:
        """The contact's mapping."""
        return Spot(*self.contacts[position[0]])


@dataclass(frozen=True, slots=True)
class Text:
    """A file of lines in the workspace, which is opened again for its rows."""

    folder: Folder
    name: str
    reader: Reader

    def rows(self, findings: Findings) -> Iterator[Rows]:
        """Every row, some at a time."""
        with self.folder.open(self.name) as file:
            yield from self.reader.rows(Lines(file, self.name), findings)

    def read(self, positions: Iterable[Position]) -> Iterator[Declared | None]:
        """Those people; None for a row that is not there any more, or is not valid."""
        for position, row in self._again(positions):
            yield _made(row, self.place(position))

    def place(self, position: Position) -> Place:
        """The row's first line."""
        return Place(self.name, position[1], 1)

    def spot(self, position: Position) -> Spot | None:
        """The row with its cells."""
        ((_, row),) = self._again([position])
        return None if row is None else row.spot()

    def _again(self, positions: Iterable[Position]) -> Iterator[tuple[Position, Row | None]]:
        try:
            file = self.folder.open(self.name)
        except Problem:
            yield from ((position, None) for position in positions)
            return
        with file:
            for position in positions:
                file.seek(position[0])
                try:
                    yield position, self.reader.row(Lines(file, self.name, *position, block=_ONE_ROW))
                except Broken:
                    yield position, None


@dataclass(frozen=True, slots=True)
class Recorded:
    """Rows that were kept when they were read."""

    reader: RecordReader

    @property
    def name(self) -> str:
        """What findings call it."""
        return self.reader.name

    def rows(self, findings: Findings) -> Iterator[Rows]:
        """Every row, some at a time."""
        return self.reader.rows(findings)

    def read(self, positions: Iterable[Position]) -> Iterator[Declared | None]:
        """Those people."""
        for position in positions:
            yield _made(self.reader.row(position), self.place(position))

    def place(self, position: Position) -> Place:
        """The row's number, as its line."""
        return Place(self.name, position[1], 1)

    def spot(self, position: Position) -> Spot:
        """The row with its cells."""
        return self.reader.row(position).spot()


def _made(row: Row | None, place: Place) -> Declared | None:
    try:
        return None if row is None else person(CONTATO.validate_python(row.values), place)
    except ValidationError:
        return None
