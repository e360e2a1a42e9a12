"""The contacts of one account, from its campaign files and from the files that those name → the roll."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import PurePosixPath
from secrets import token_bytes
from typing import Any, Final, cast

from pydantic import TypeAdapter, ValidationError

from reconciler.config.accepting import Accepting
from reconciler.config.campaign import ContatosDe
from reconciler.config.csv_rows import CsvReader
from reconciler.config.document import Map
from reconciler.config.files import Folder
from reconciler.config.gathering import Gathered
from reconciler.config.json_rows import JsonReader
from reconciler.config.lines import Broken, Lines
from reconciler.config.references import References, always, repeated, written
from reconciler.config.rows import Position, Reader, Row
from reconciler.config.source import Source
from reconciler.config.spot import Spot
from reconciler.config.syntax import Problem
from reconciler.config.translate import translated
from reconciler.engine.model import Address, Declared, Place, Value
from reconciler.engine.roll import Enrolment, Roll, Shape
from reconciler.providers.criaenvio.contatos.spec import Contato

_CONTATO: Final = TypeAdapter(Contato)
_NOBODY: Final = Address(Contato.kind, "")
_READERS: Final[Mapping[str, Callable[[ContatosDe, Accepting], Reader]]] = {
    ".csv": CsvReader,
    ".jsonl": JsonReader,
    ".ndjson": JsonReader,
}
_ONE_ROW: Final = 1024
_STAMP: Final = blake2b(key=token_bytes(32), digest_size=16)


def stamp_of(email: str) -> bytes:
    """Sixteen bytes for an e-mail in lower case, alike for all accounts of this process and known to no other."""
    hashed = _STAMP.copy()
    hashed.update(email.encode("utf-8", "surrogatepass"))
    return hashed.digest()


def nobody() -> Roll:
    """The roll of an account that declares no contacts."""
    return Roll.of((), stamp_of)


def person(model: Contato, place: Place) -> Declared:
    """A contato as its author wrote it."""
    address = Address(model.kind, model.email.lower())
    fields = cast("dict[str, Value]", model.fields(address.key))
    return Declared(address, fields, place, id=model.id, former=model.former, on_removal=model.ao_remover)


@dataclass(frozen=True, slots=True)
class _Written:
    """The contacts of the campaign files, which are held as they were parsed; an offset is an index."""

    contacts: list[tuple[Source, Map]]
    name: str = ""

    def read(self, positions: Iterable[Position]) -> Iterator[Declared | None]:
        for position in positions:
            yield person(_CONTATO.validate_python(self.contacts[position[0]][1]), self.place(position))

    def place(self, position: Position) -> Place:
        source, node = self.contacts[position[0]]
        return source.place(node.mark.index)

    def spot(self, position: Position) -> Spot:
        return Spot(*self.contacts[position[0]])


@dataclass(frozen=True, slots=True)
class _File:
    """A file of contacts, which is opened again for its rows."""

    folder: Folder
    name: str
    reader: Reader

    def read(self, positions: Iterable[Position]) -> Iterator[Declared | None]:
        for position, row in self._rows(positions):
            try:
                yield None if row is None else person(_CONTATO.validate_python(row.values), self.place(position))
            except ValidationError:
                yield None

    def place(self, position: Position) -> Place:
        return Place(self.name, position[1], 1)

    def spot(self, position: Position) -> Spot | None:
        ((_, row),) = self._rows([position])
        return None if row is None else row.spot()

    def _rows(self, positions: Iterable[Position]) -> Iterator[tuple[Position, Row | None]]:
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


class People:
    """One account's contacts, checked and enrolled. What is wrong goes to the findings of `gathered`."""

    def __init__(self, gathered: Gathered, folder: Folder) -> None:
        self._gathered = gathered
        self._folder = folder
        self._findings = gathered.findings
        self._references = References(gathered)
        self._enrolment = Enrolment(stamp_of)
        self._accepting = Accepting(gathered, self._enrolment)

    def roll(self) -> Roll:
        """Everybody: those of the campaign files in their order, then those of the files that they name."""
        origin = _Written(self._gathered.contacts)
        self._enrolment.begin(origin)
        accept, add = self._accepting.person, self._enrolment.add
        for index, (source, node) in enumerate(self._gathered.contacts):
            accepted = accept(node)
            if accepted is not None:
                add(*accepted, (index, 0))
            else:
                self._doubtful(Spot(source, node), origin.place((index, 0)), (index, 0))
        for spot in self._gathered.tables:
            self._table(spot)
        roll = self._enrolment.close()
        self._repeated(roll)
        return roll

    def _doubtful(self, spot: Spot, place: Place, position: Position) -> None:
        """A contato of a campaign file that is not plainly right."""
        if self._examined(spot.node, always(spot), place, position):
            return
        self._references.check(Contato.references, written(Contato, spot.node), f"this {Contato.kind}", always(spot))
        email = spot.node.get("email")
        if isinstance(email, str):
            nothing = Shape(())
            self._enrolment.add(email.strip().lower(), self._enrolment.shape(nothing), (), position)

    def _examined(self, values: Mapping[str, Any], spot: Callable[[], Spot], place: Place, position: Position) -> bool:
        """Whether the model accepts a contato, which is enrolled then."""
        try:
            model = _CONTATO.validate_python(values)
        except ValidationError as error:
            self._findings.extend(translated(error, spot(), Contato, _NOBODY))
            return False
        item = person(model, place)
        self._references.check(Contato.references, item.fields, item.address, spot)
        self._enrolment.add_person(item, position)
        return True

    def _table(self, spot: Spot) -> None:
        try:
            spec = ContatosDe.model_validate(spot.node)
        except ValidationError as error:
            self._findings.extend(translated(error, spot, ContatosDe))
            return
        subject = f"contatos_de {spec.arquivo}"
        self._references.check({"listas": "lista"}, {"listas": spec.listas}, subject, always(spot))
        name = PurePosixPath(spec.arquivo)
        reader = _READERS.get(name.suffix.lower())
        if reader is None:
            words = f"{spec.arquivo} is neither CSV nor JSON lines (.csv, .jsonl, .ndjson)"
            unknown = Problem("not-in-this-version", 0, words, "export it as CSV, and name that file")
            self._findings.add(spot.refusal(("arquivo",), unknown))
            return
        self._file(_File(self._folder, name.as_posix(), reader(spec, self._accepting)), spot)

    def _file(self, origin: _File, spot: Spot) -> None:
        try:
            file = self._folder.open(origin.name)
        except Problem as problem:
            self._findings.add(spot.refusal(("arquivo",), problem))
            return
        self._enrolment.begin(origin)
        add = self._enrolment.add
        with file:
            try:
                for position, row in origin.reader.rows(Lines(file, origin.name), self._findings):
                    if isinstance(row, Row):
                        self._examined(row.values, row.spot, origin.place(position), position)
                    else:
                        add(*row, position)
            except Broken as broken:
                self._findings.problem(broken.source, broken.problem, "the file cannot be read any further")

    def _repeated(self, roll: Roll) -> None:
        """Says of each contato that is declared again where it was declared before."""
        for place, first in roll.repeats:
            (origin, position), (other, earlier) = self._standing(roll, place), self._standing(roll, first)
            file = origin.place(position).file
            if self._findings.is_full(file):
                self._findings.leave_out(file)
                continue
            spot = origin.spot(position)
            if spot is None:
                raise roll.changed(place)
            self._findings.add(repeated(spot, other.place(earlier)))

    def _standing(self, roll: Roll, place: int) -> tuple[_Written | _File, Position]:
        origin, position = roll.where(place)
        return cast("_Written | _File", origin), position
