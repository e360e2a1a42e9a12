"""What the campaign files of one account hold → its declared resources, checked one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from reconciler.config.campaign import KINDS, ContatosDe, Verificacao
from reconciler.config.csv_rows import csv_rows
from reconciler.config.document import Map
from reconciler.config.files import MAX_HTML, Folder
from reconciler.config.findings import Findings
from reconciler.config.gathering import Entry, Gathered
from reconciler.config.json_rows import json_rows
from reconciler.config.lines import Broken, Lines, Row
from reconciler.config.references import References, written
from reconciler.config.source import Source, decoded
from reconciler.config.spot import Spot
from reconciler.config.syntax import Problem
from reconciler.config.translate import translated
from reconciler.engine.model import Address, Declared, Place, Severity
from reconciler.providers.criaenvio.contatos.spec import Contato
from reconciler.providers.spec import FileText, Resource

_MODELS: Final[Mapping[type[Resource], TypeAdapter[Any]]] = {kind: TypeAdapter(kind) for kind in KINDS}
_TABLES: Final[Mapping[str, Callable[[Lines, ContatosDe, Findings], Iterator[Row]]]] = {
    ".csv": csv_rows,
    ".jsonl": json_rows,
    ".ndjson": json_rows,
}


def declared(gathered: Gathered, folder: Folder, zone: ZoneInfo) -> tuple[Declared, ...]:
    """Every resource that is valid, in the order of the files: those with keys, contacts from YAML, then from files.

    What is wrong goes to the findings of `gathered`. Local times are in `zone`.
    """
    return tuple(_Declaring(gathered, folder, zone).all())


class _Declaring:
    """One account's declarations."""

    def __init__(self, gathered: Gathered, folder: Folder, zone: ZoneInfo) -> None:
        self._gathered = gathered
        self._folder = folder
        self._context = {"zone": zone}
        self._findings = gathered.findings
        self._references = References(gathered)

    def all(self) -> Iterator[Declared]:
        for entry in self._gathered.entries.values():
            model = self._model(entry.kind, entry.spot, entry.address)
            if isinstance(model, Verificacao):
                self._not_evaluated(entry)
            elif model is not None:
                yield self._keyed(entry, model)
        for spot in self._gathered.contacts:
            model = self._model(Contato, spot, Address(Contato.kind, ""))
            if isinstance(model, Contato):
                place = spot.source.place(spot.node.mark.index)
                yield from self._contact(model, place, _always(spot))
        for spot in self._gathered.tables:
            yield from self._table(spot)

    def _model(self, kind: type[Resource], spot: Spot, address: Address) -> Resource | None:
        try:
            model: Resource = _MODELS[kind].validate_python(spot.node, context=self._context)
        except ValidationError as error:
            self._findings.extend(translated(error, spot, kind, address))
            self._check_rest(kind, spot, address)
            return None
        return model

    def _check_rest(self, kind: type[Resource], spot: Spot, address: Address) -> None:
        """What else is wrong with a resource that is not valid: references, files, a second e-mail."""
        name = str(address) if address.key else f"this {kind.kind}"
        self._references.check(kind.references, written(kind, spot.node), name, _always(spot))
        email, html = spot.node.get("email"), spot.node.get("html")
        if kind is Contato and isinstance(email, str):
            self._references.first(email.strip(), spot.source.place(spot.node.mark.index), _always(spot))
        if isinstance(html, Map) and isinstance(path := html.get("arquivo"), str) and path.strip():
            self._text(
                FileText.model_construct(arquivo=path), Entry(kind, address.key, spot, spot.node.mark.index), "html"
            )

    def _keyed(self, entry: Entry, model: Resource) -> Declared:
        fields = model.fields(entry.key)
        self._references.check(model.references, fields, entry.address, _always(entry.spot))
        for name, value in fields.items():
            if isinstance(value, FileText):
                fields[name] = self._text(value, entry, name)
        return _declared(entry.address, fields, entry.place, model)

    def _contact(self, model: Contato, place: Place, spot: Callable[[], Spot]) -> Iterator[Declared]:
        """The contact, unless it was declared before."""
        if self._references.first(model.email, place, spot):
            address = Address(model.kind, model.email.lower())
            fields = model.fields(address.key)
            self._references.check(model.references, fields, address, spot)
            yield _declared(address, fields, place, model)

    def _text(self, value: FileText, entry: Entry, field: str) -> str:
        """The text of a file, with single line feeds: the way git checks it out must not change what is sent."""
        try:
            content = self._folder.read(value.arquivo, MAX_HTML)
        except Problem as problem:
            self._refuse(entry.spot, (field, "arquivo"), problem, f"{entry.address}: ")
            return ""
        try:
            text = decoded(content, "the file").replace("\r\n", "\n").replace("\r", "\n")
        except Problem as problem:
            source = Source.of_bytes(PurePosixPath(value.arquivo).as_posix(), content)
            self._findings.problem(source, problem, f"{entry.address}: the text of {field} cannot be read")
            return ""
        if not text.strip():
            empty = Problem("empty-text", 0, f"{value.arquivo} is empty", "write the text into it")
            self._refuse(entry.spot, (field, "arquivo"), empty, f"{entry.address}: ")
        return text

    def _refuse(self, spot: Spot, trail: tuple[str, ...], problem: Problem, subject: str) -> None:
        """A path that cannot be used, at its place."""
        path = str(spot.value(spot.reached(trail)))
        width = spot.width(spot.offset(spot.reached(trail)), path)
        summary, remedy = f"{subject}{problem.reason}", problem.remedy
        field = ".".join(trail)
        self._findings.add(
            spot.finding(trail, problem.rule, summary, remedy=remedy, field=field, value=path, width=width)
        )

    def _table(self, spot: Spot) -> Iterator[Declared]:
        try:
            spec = ContatosDe.model_validate(spot.node)
        except ValidationError as error:
            self._findings.extend(translated(error, spot, ContatosDe))
            return
        subject = f"contatos_de {spec.arquivo}"
        self._references.check({"listas": "lista"}, {"listas": spec.listas}, subject, _always(spot))
        name = PurePosixPath(spec.arquivo)
        read = _TABLES.get(name.suffix.lower())
        if read is None:
            words = f"{spec.arquivo} is neither CSV nor JSON lines (.csv, .jsonl, .ndjson)"
            unknown = Problem("not-in-this-version", 0, words, "export it as CSV, and name that file")
            self._refuse(spot, ("arquivo",), unknown, "")
            return
        try:
            file = self._folder.open(spec.arquivo)
        except Problem as problem:
            self._refuse(spot, ("arquivo",), problem, "")
            return
        with file:
            try:
                for row in read(Lines(file, name.as_posix()), spec, self._findings):
                    yield from self._row(row, spec, name.as_posix())
            except Broken as broken:
                self._findings.problem(broken.source, broken.problem, "the file cannot be read any further")

    def _row(self, row: Row, spec: ContatosDe, name: str) -> Iterator[Declared]:
        values = row.values
        if spec.listas and isinstance(values.get("listas", []), list):
            values["listas"] = [*spec.listas.difference(values.get("listas", ())), *values.get("listas", ())]
        if spec.ativo is not None:
            values.setdefault("ativo", "true" if spec.ativo else "false")
        try:
            model: Contato = _MODELS[Contato].validate_python(values)
        except ValidationError as error:
            self._findings.extend(translated(error, row.spot(), Contato, Address(Contato.kind, "")))
            return
        yield from self._contact(model, Place(name, row.line, 1), row.spot)

    def _not_evaluated(self, entry: Entry) -> None:
        self._findings.add(
            entry.spot.source.finding(
                "not-evaluated",
                entry.at,
                f"{entry.address} is not evaluated by this version",
                severity=Severity.WARNING,
                reason="it is read and checked, but nothing is asked of Ogmma or Mindo",
                remedy="envios that wait for it stay unscheduled; take depois_de out to schedule them",
                address=entry.address,
                width=len(entry.key),
            )
        )


def _always(spot: Spot) -> Callable[[], Spot]:
    return lambda: spot


def _declared(address: Address, fields: dict[str, Any], place: Place, model: Resource) -> Declared:
    return Declared(
        address,
        fields,
        place,
        id=getattr(model, "id", None),
        former=model.former,
        on_removal=getattr(model, "ao_remover", None),
        rules=model.settings,
    )
