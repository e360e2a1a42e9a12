"""What the checks of every source may say in common: which objects, and what is expected of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import partial
from typing import Annotated, Any, ClassVar, Final, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
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
    Operator,
    StatusIs,
    Where,
)
from reconciler.engine.model import Address, Place
from reconciler.providers.guards import Section, ShortForm
from reconciler.providers.scalars import Maybe, distinct, duration_of, flag_of, refused, schema_of, text_only
from reconciler.providers.spec import Resource

FIGURES: Final[Mapping[str, Figure]] = {
    "progresso": Figure.PROGRESS,
    "enviados": Figure.SENT,
    "entregues": Figure.DELIVERED,
    "lidos": Figure.READ,
    "falhas": Figure.FAILED,
}
"""What a bulk send's figures are called in `espera`."""

_DAY_PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_OPERATOR: Final = r"(<=|>=|<|>|=)"
_UNEVEN: Final = r"(<=|>=|<|>)"
_PERCENT: Final = r"(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?)"
_OTHER_SIGNS: Final = {"≤": "<=", "≥": ">=", "=<": "<=", "=>": ">=", "==": "=", ",": "."}


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


def _day(value: object) -> date:
    text = text_only(value)
    if re.match(_DAY_PATTERN, text) is None:
        raise refused("bad-date", "this is no day", "write it as 2026-06-30")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refused("bad-date", "there is no such day in the calendar", "correct the day or the month") from None


Dia: TypeAlias = Annotated[date, BeforeValidator(_day), schema_of(_DAY_PATTERN)]


class Periodo(Section):
    """Days in the account's time zone, both included."""

    de: Maybe[Dia] = Field(default=None, description="The first day. Left out: any before.", examples=["2026-06-01"])
    ate: Maybe[Dia] = Field(default=None, description="The last day. Left out: any after.", examples=["2026-06-30"])

    def since(self, zone: ZoneInfo) -> datetime | None:
        """The first moment of the first day."""
        return None if self.de is None else _midnight(self.de, zone)

    def before(self, zone: ZoneInfo) -> datetime | None:
        """The first moment after the last day."""
        return None if self.ate is None else _midnight(self.ate + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


def _in_order(value: object, handler: ValidatorFunctionWrapHandler) -> Periodo:
    period: Periodo = handler(value)
    if period.de is None and period.ate is None:
        raise refused("too-few", "one of de and ate must stand here", "write {de: 2026-06-01, ate: 2026-06-30}")
    if period.de is not None and period.ate is not None and period.ate < period.de:
        raise refused("bad-date", "the last day is before the first", "exchange de and ate")
    return period


def _one_day(text: str) -> Periodo:
    day = _day(text)
    return Periodo.model_construct(de=day, ate=day)


Dias: TypeAlias = Annotated[
    Periodo,
    WrapValidator(_in_order),
    ShortForm(_one_day, ({"type": "string", "pattern": _DAY_PATTERN},)),
]
"""One day, or those from `de` to `ate`."""


def _compared(pattern: str, example: str, value: object) -> tuple[Operator, str, str]:
    """The operator (`=` where none is written), the figure and the whole of a comparison."""
    text = text_only(value).strip()
    if re.match(pattern, text) is None:
        tidy = text
        for sign, right in _OTHER_SIGNS.items():
            tidy = tidy.replace(sign, right)
        near = next((found for found in (tidy, f"<= {tidy}") if re.match(pattern, found)), "")
        remedy = f'write "{near}"' if near else f'write it as "{example}"'
        raise refused("bad-comparison", "this is no comparison with a figure that can stand here", remedy)
    written = re.match(_OPERATOR, text)
    figure = text[written.end() :].strip() if written else text
    return Operator(written[0]) if written else Operator.EXACTLY, figure, text


_COUNTED: Final = rf"^({_OPERATOR} ?)?[0-9]{{1,9}}$"
_PEOPLE: Final = rf"{_COUNTED}|^{_UNEVEN} ?{_PERCENT} ?%$"
_PROGRESS: Final = rf"^({_OPERATOR} ?)?{_PERCENT} ?%?$"
_AGED: Final = rf"^{_UNEVEN} ?[0-9]{{1,6}}(\.[0-9]+)? ?(s|min|h|d)$"


def _people(value: object) -> Comparison:
    operator, figure, text = _compared(_PEOPLE, "<= 2%", value)
    if figure.endswith("%"):
        return Comparison(operator, Fraction(figure.rstrip("% ")) / 100, text, share=True)
    return Comparison(operator, Fraction(figure), text)


def _number(pattern: str, example: str, value: object) -> Comparison:
    operator, figure, text = _compared(pattern, example, value)
    return Comparison(operator, Fraction(figure.rstrip("% ")), text)


def _age(value: object) -> Comparison:
    operator, figure, text = _compared(_AGED, "<= 2d", value)
    return Comparison(operator, Fraction(str(duration_of(figure).total_seconds())), text)


def _figure_schema(pattern: str, **more: object) -> WithJsonSchema:
    return WithJsonSchema({"type": ["integer", "string"], "minimum": 0, "pattern": pattern} | more)


Pessoas: TypeAlias = Annotated[Comparison, BeforeValidator(_people), _figure_schema(_PEOPLE, maximum=999_999_999)]
"""So many people, or a share of all recipients: `>= 100`, `<= 2%`."""
Progresso: TypeAlias = Annotated[
    Comparison,
    BeforeValidator(partial(_number, _PROGRESS, ">= 50%")),
    _figure_schema(_PROGRESS, type=["number", "string"], maximum=100),
]
Quantos: TypeAlias = Annotated[
    Comparison,
    BeforeValidator(partial(_number, _COUNTED, ">= 1")),
    _figure_schema(_COUNTED, maximum=999_999_999),
]
Idade: TypeAlias = Annotated[Comparison, BeforeValidator(_age), schema_of(_AGED)]


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
