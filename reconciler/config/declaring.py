"""What the campaign files of one account hold, but for contacts → its declared resources, checked one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from reconciler.config.campaign import CHECKS, KINDS, SomeVerificacao, spec_of
from reconciler.config.document import Map
from reconciler.config.files import MAX_HTML, Folder
from reconciler.config.gathering import Entry, Gathered
from reconciler.config.references import References, always, written
from reconciler.config.source import Source, decoded
from reconciler.config.spot import Spot
from reconciler.config.syntax import Problem
from reconciler.config.translate import translated
from reconciler.engine.check import Check
from reconciler.engine.model import Address, Declared, Place
from reconciler.providers.checking import Verificacao
from reconciler.providers.spec import FileText, Resource

_SPECS: Final[tuple[type[Resource], ...]] = (*KINDS, *CHECKS.values(), SomeVerificacao)
_MODELS: Final[Mapping[type[Resource], TypeAdapter[Any]]] = {kind: TypeAdapter(kind) for kind in _SPECS}


def declared(gathered: Gathered, folder: Folder, zone: ZoneInfo) -> tuple[Declared | Check, ...]:
    """Every resource with a key that is valid, and every check, in the order of the files.

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

    def all(self) -> Iterator[Declared | Check]:
        for entry in self._gathered.entries.values():
            model = self._model(spec_of(entry.kind, entry.spot.node), entry.spot, entry.address)
            if isinstance(model, Verificacao):
                yield model.check(entry.address, entry.place, self._context["zone"])
            elif model is not None:
                yield self._keyed(entry, model)

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
        self._references.check(kind.references, written(kind, spot.node), name, always(spot))
        html = spot.node.get("html")
        if isinstance(html, Map) and isinstance(path := html.get("arquivo"), str) and path.strip():
            self._text(
                FileText.model_construct(arquivo=path), Entry(kind, address.key, spot, spot.node.mark.index), "html"
            )

    def _keyed(self, entry: Entry, model: Resource) -> Declared:
        fields = model.fields(entry.key)
        self._references.check(model.references, fields, entry.address, always(entry.spot))
        for name, value in fields.items():
            if isinstance(value, FileText):
                fields[name] = self._text(value, entry, name)
        return _declared(entry.address, fields, entry.place, model)

    def _text(self, value: FileText, entry: Entry, field: str) -> str:
        """The text of a file, with single line feeds: the way git checks it out must not change what is sent."""
        try:
            content = self._folder.read(value.arquivo, MAX_HTML)
        except Problem as problem:
            self._findings.add(entry.spot.refusal((field, "arquivo"), problem, f"{entry.address}: "))
            return ""
        try:
            text = decoded(content, "the file").replace("\r\n", "\n").replace("\r", "\n")
        except Problem as problem:
            source = Source.of_bytes(PurePosixPath(value.arquivo).as_posix(), content)
            self._findings.problem(source, problem, f"{entry.address}: the text of {field} cannot be read")
            return ""
        if not text.strip():
            empty = Problem("empty-text", 0, f"{value.arquivo} is empty", "write the text into it")
            self._findings.add(entry.spot.refusal((field, "arquivo"), empty, f"{entry.address}: "))
        return text


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
