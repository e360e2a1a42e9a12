"""What the checks of every source may say in common: which objects, and what is expected of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, ClassVar, Final, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import no_info_before_validator_function, no_info_plain_validator_function

from reconciler.engine.channels import Phase
from reconciler.engine.check import (
    AgeIs,
    AmountIs,
    Check,
    Comparison,
    Condition,
    Expectation,
    FieldIs,
    Figure,
    FigureIs,
    Newest,
    StatusIs,
    Where,
)
from reconciler.engine.model import Address, Place
from reconciler.providers.days import Periodo
from reconciler.providers.guards import Section
from reconciler.providers.scalars import distinct, flag_of, refused
from reconciler.providers.spec import Resource

FIGURES: Final[Mapping[str, Figure]] = {
    "progresso": Figure.PROGRESS,
    "enviados": Figure.SENT,
    "entregues": Figure.DELIVERED,
    "lidos": Figure.READ,
    "falhas": Figure.FAILED,
}
"""What a bulk send's figures are called in `espera`."""


@dataclass(frozen=True)
class OneOrMore:
    """A value, or a list of such values; what comes of it is a tuple."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_before_validator_function(self._listed, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        listed = handler(schema) | {"minItems": 1, "uniqueItems": True}
        return {"anyOf": [listed["items"], listed]}

    def _listed(self, value: object) -> object:
        if not isinstance(value, list):
            return [value]
        if not value:
            raise refused("too-few", "at least one must be named", "name at least one, or take the line out")
        return distinct(value)


_T = TypeVar("_T")
Several: TypeAlias = Annotated[tuple[_T, ...], OneOrMore()]
"""One value, or a list of them, none of which stands twice."""


@dataclass(frozen=True)
class Recent:
    """`mais_recente`: the name of the time by which the newest is told; `created` for true, empty for false."""

    created: str
    ended: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"enum": [True, False, "true", "false", self.created, self.ended]}

    def _read(self, value: object) -> str:
        if value in (self.created, self.ended):
            return str(value)
        try:
            return self.created if flag_of(value) else ""
        except PydanticCustomError:
            words = f"true, {self.created} or {self.ended}"
            raise refused("bad-choice", f"{words} was expected here", f"write {words}") from None


class Onde(Section):
    """Which objects are meant.

    `changing` are the fields that may become others in an object's life, `path` those of the address that is asked.
    """

    changing: ClassVar[frozenset[str]] = frozenset()
    path: ClassVar[frozenset[str]] = frozenset()

    def where(self, zone: ZoneInfo) -> Where:
        """The same, as the engine knows it."""
        return Where(tuple(self._conditions(zone)))

    def _conditions(self, zone: ZoneInfo) -> Iterator[Condition]:
        for field, info in type(self).model_fields.items():
            value, name = getattr(self, field), info.alias or field
            found = Condition(name, changes=name in self.changing, path=name in self.path)
            if isinstance(value, Periodo):
                yield replace(found, since=value.since(zone), before=value.before(zone))
            elif isinstance(value, tuple):
                yield replace(found, among=value)
            elif found.path:
                yield replace(found, among=(str(value),))

    @property
    def newest(self) -> Newest | None:
        """By which time only the newest is meant, if so."""
        name = getattr(self, "mais_recente", None)
        return Newest(name, later=name in self.changing) if name else None


class Espera(Section):
    """What must hold. `phases` tells how far each documented status is, where they are ordered."""

    also: ClassVar[Mapping[str, str]] = {
        "progress": "progresso",
        "progress_percentage": "progresso",
        "sent": "enviados",
        "sent_count": "enviados",
        "delivered": "entregues",
        "delivered_count": "entregues",
        "read": "lidos",
        "read_count": "lidos",
        "failed": "falhas",
        "failed_count": "falhas",
        "count": "quantidade",
    }
    phases: ClassVar[Mapping[str, Phase]] = {}
    dated: ClassVar[str] = ""

    def expectations(self) -> Iterator[Expectation]:
        """The same, as the engine knows it."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, Comparison):
                yield self._compared(name, value)
            elif isinstance(value, tuple):
                ordered = name == "status" and self.phases
                yield StatusIs({word: self.phases[word] for word in value}) if ordered else FieldIs(name, value)

    def _compared(self, name: str, value: Comparison) -> Expectation:
        if name in FIGURES:
            return FigureIs(name, FIGURES[name], value)
        return AgeIs(name, self.dated, value) if name == "idade" else AmountIs(name, value)


def filled(value: object) -> object:
    """A mapping in which something stands."""
    if isinstance(value, dict) and not value:
        raise refused("too-few", "the mapping is empty", "name at least one field")
    return value


class Verificacao(Resource):
    """A check on another channel, which is looked at in every plan, and which envios can wait for (`depois_de`)."""

    kind: ClassVar[str] = "verificacao"
    section: ClassVar[str] = "verificacoes"
    most: ClassVar[int | None] = None
    latest: ClassVar[Newest | None] = None

    fonte: str
    onde: Onde
    espera: Espera

    def check(self, address: Address, place: Place, zone: ZoneInfo) -> Check:
        """The same, as the engine knows it; days are those of `zone`."""
        expected = tuple(self.espera.expectations())
        return Check(
            address, place, self.fonte, self.onde.where(zone), expected, self.latest or self.onde.newest, self.most
        )
