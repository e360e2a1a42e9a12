"""The contacts of one account, from its campaign files and from the files that those name → the roll."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import PurePosixPath
from typing import Any, Final, cast

from pydantic import ValidationError

from reconciler.config.accepting import Accepted, Accepting
from reconciler.config.csv_rows import CsvReader
from reconciler.config.files import Folder
from reconciler.config.gathering import Gathered
from reconciler.config.json_rows import JsonReader
from reconciler.config.lines import Broken
from reconciler.config.origins import CONTATO, Recorded, Standing, Table, Text, Written, person
from reconciler.config.parquet_rows import ParquetRecords
from reconciler.config.query_rows import QueryRecords
from reconciler.config.records import RecordReader
from reconciler.config.references import References, always, repeated, written
from reconciler.config.rows import Reader, Row, Rows
from reconciler.config.sources import ContatosDe
from reconciler.config.spot import Spot
from reconciler.config.syntax import Problem
from reconciler.config.translate import translated
from reconciler.engine.model import Address, Place
from reconciler.engine.roll import Enrolment, Position, Roll, Shape
from reconciler.providers.criaenvio.contatos.spec import Contato

_NOBODY: Final = Address(Contato.kind, "")
_AT_ONCE: Final = 128
_READERS: Final[Mapping[str, Callable[[ContatosDe, Accepting], Reader]]] = {
    ".csv": CsvReader,
    ".jsonl": JsonReader,
    ".ndjson": JsonReader,
}


def nobody() -> Roll:
    """The roll of an account that declares no contacts."""
    return Roll.of(())


class People:
    """One account's contacts, checked and enrolled. What is wrong goes to the findings of `gathered`.

    `environment` is where the addresses of databases are found.
    """

    def __init__(self, gathered: Gathered, folder: Folder, environment: Mapping[str, str]) -> None:
        self._gathered = gathered
        self._folder = folder
        self._environment = environment
        self._findings = gathered.findings
        self._references = References(gathered)
        self._enrolment = Enrolment()
        self._accepting = Accepting(gathered, self._enrolment)

    def roll(self) -> Roll:
        """Everybody: those of the campaign files in their order, then those of the files that they name."""
        origin = Written(self._gathered.contacts)
        self._enrolment.begin(origin)
        contacts = enumerate(self._gathered.contacts)
        while some := list(islice(contacts, _AT_ONCE)):
            accepted = self._accepting.people([node for _, (_, node) in some])
            if None not in accepted:
                self._enrolment.add(
                    [((index, 0), said) for (index, _), said in zip(some, accepted, strict=True) if said]
                )
                continue
            for (index, (source, node)), said in zip(some, accepted, strict=True):
                if said is not None:
                    self._enrolment.add([((index, 0), said)])
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
            self._enrolment.add([(position, (email.strip().lower(), self._enrolment.shape(nothing), ()))])

    def _examined(self, values: Mapping[str, Any], spot: Callable[[], Spot], place: Place, position: Position) -> bool:
        """Whether the model accepts a contato, which is enrolled then."""
        try:
            model = CONTATO.validate_python(values)
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
        subject = f"contatos_de {spec.arquivo or 'consulta'}"
        self._references.check({"listas": "lista"}, {"listas": spec.listas}, subject, always(spot))
        try:
            origin = self._origin(spec, spot)
            self._enrolment.begin(origin)
            for rows in origin.rows(self._findings):
                self._enrol(rows, origin)
        except Broken as broken:
            self._findings.problem(broken.source, broken.problem, "the file cannot be read any further")
        except Problem as problem:
            asked = ("consulta", "sql") if problem.rule == "query-failed" else ("consulta", "conexao", "env")
            self._findings.add(spot.refusal(asked if spec.consulta else ("arquivo",), problem))

    def _enrol(self, rows: Rows, origin: Table) -> None:
        """Some rows of a table."""
        if not any(isinstance(row, Row) for _, row in rows):
            self._enrolment.add(cast("list[tuple[Position, Accepted]]", rows))
            return
        for position, row in rows:
            if isinstance(row, Row):
                self._examined(row.values, row.spot, origin.place(position), position)
            else:
                self._enrolment.add([(position, row)])

    def _origin(self, spec: ContatosDe, spot: Spot) -> Table:
        """Where the rows of an entry come from."""
        if spec.consulta is not None:
            place = spot.source.place(spot.node.mark.index)
            query = QueryRecords(spec.consulta, f"{place.file}#consulta-{place.line}", self._environment)
            return Recorded(RecordReader(query, spec, self._accepting))
        name = PurePosixPath(spec.arquivo or "")
        if name.suffix.lower() == ".parquet":
            return Recorded(RecordReader(ParquetRecords(self._folder, name.as_posix()), spec, self._accepting))
        reader = _READERS.get(name.suffix.lower())
        if reader is None:
            reason = f"{spec.arquivo} is none of CSV, JSON lines and Parquet (.csv, .jsonl, .ndjson, .parquet)"
            raise Problem("unknown-form", 0, reason, "export it as CSV, and name that file")
        return Text(self._folder, name.as_posix(), reader(spec, self._accepting))

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

    def _standing(self, roll: Roll, place: int) -> tuple[Standing, Position]:
        origin, position = roll.where(place)
        return cast("Standing", origin), position
