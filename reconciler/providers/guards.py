"""`regras`: the guards' settings as YAML may write them, per workspace, account, envio and mensagem. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated, Any, ClassVar, Final, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_before_validator_function, no_info_plain_validator_function

from reconciler.engine.rules import Window
from reconciler.providers.scalars import (
    PERCENT_PATTERN,
    Count,
    Duration,
    Flag,
    Maybe,
    Percent,
    count_of,
    distinct,
    refused,
    share_of,
    text_only,
)

_DAYS: Final = {"seg": 1, "ter": 2, "qua": 3, "qui": 4, "sex": 5, "sab": 6, "dom": 7}
_OTHER_SPELLINGS: Final = {
    "sáb": "sab",
    "segunda": "seg",
    "terça": "ter",
    "quarta": "qua",
    "quinta": "qui",
    "sexta": "sex",
    "sábado": "sab",
    "domingo": "dom",
}
_HOUR_PATTERN: Final = "^([01][0-9]|2[0-3]):[0-5][0-9]$"


class Section(BaseModel):
    """A mapping of the YAML in which every key is known. `also`: what some may call a key, and its name here."""

    also: ClassVar[Mapping[str, str]] = {}

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, arbitrary_types_allowed=True)


def _at_least_one(value: int) -> int:
    if not value:
        raise refused("bad-number", "at least 1 was expected here", "write 1 or more, or estado: cancelado on envios")
    return value


def _some_time(value: timedelta) -> timedelta:
    if not value:
        raise refused("bad-duration", "the time must be more than 0", "write it as 7d")
    return value


def _day(value: object) -> int:
    text = text_only(value)
    if text not in _DAYS:
        near = _OTHER_SPELLINGS.get(text.lower().removesuffix("-feira"), text.lower()[:3])
        raise refused(
            "bad-choice",
            f"a day is one of {', '.join(_DAYS)}",
            f"write {near}" if near in _DAYS else "write one of these",
        )
    return _DAYS[text]


def _hour(value: object) -> time:
    text = text_only(value)
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except ValueError:
        raise refused("bad-time", "this is no time of day", 'write it as "08:00"') from None


@dataclass(frozen=True)
class Closed:
    """A field that is known and cannot be honoured: refused. A guard that silently does nothing is worse than none."""

    rule: str
    reason: str
    remedy: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_plain_validator_function(self._refuse)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"not": {}}

    def _refuse(self, _: object) -> object:
        raise refused(self.rule, self.reason, self.remedy)


_NO_TEST: Final = Closed(
    "not-in-this-version", "this version does not support exigir_teste", "take it out and send the test by hand"
)

Day: TypeAlias = Annotated[int, BeforeValidator(_day), WithJsonSchema({"enum": list(_DAYS)})]
Hour: TypeAlias = Annotated[time, BeforeValidator(_hour), WithJsonSchema({"type": "string", "pattern": _HOUR_PATTERN})]


class Janela(Section):
    """When sends may start, in the account's local time, both ends included."""

    dias: Annotated[frozenset[Day], BeforeValidator(distinct)] = Field(
        default=frozenset(_DAYS.values()),
        min_length=1,
        description="Days of the week on which sends may start; all of them when left out.",
        examples=[["seg", "ter", "qua", "qui", "sex"]],
    )
    das: Hour = Field(default=time(0, 0), description="Earliest local time of a start.", examples=["08:00"])
    ate: Hour = Field(default=time(23, 59), description="Latest local time of a start.", examples=["20:00"])

    @property
    def window(self) -> Window:
        """The same, as the engine knows it."""
        return Window(self.dias, self.das, self.ate)


class DestinatariosDoEnvio(Section):
    """The most people that one envio may reach."""

    por_envio: Maybe[Count] = Field(
        default=None, description="The most people that one envio may reach.", examples=[20000]
    )


class Destinatarios(DestinatariosDoEnvio):
    """The most people that one envio, and one plan, may reach."""

    por_plano: Maybe[Count] = Field(
        default=None, description="The most people that all envios of one plan may reach together.", examples=[100000]
    )


class Desativacoes(Section):
    """How much one plan may deactivate: the larger of a share of the live objects of the kind and a number."""

    parte: Percent = Field(default=0.1, description="Share of the live objects of the kind.", examples=["10%"])
    minimo: Count = Field(default=10, description="This many are allowed in any case.", examples=[10])


class PorContato(Section):
    """The most envios that one contact may get within a time."""

    envios: Annotated[Count, AfterValidator(_at_least_one)] = Field(
        description="So many envios.", examples=[2], json_schema_extra={"minimum": 1, "pattern": "^0*[1-9][0-9]*$"}
    )
    em: Annotated[Duration, AfterValidator(_some_time)] = Field(
        description="Within this time, from one start to another.", examples=["7d"]
    )


@dataclass(frozen=True, eq=False)
class ShortForm:
    """A mapping that may also be written as one text, which `read` makes the mapping's model from."""

    read: Callable[[str], Section]
    schema: tuple[dict[str, Any], ...]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_before_validator_function(self._long, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [*self.schema, handler(schema)]}

    def _long(self, value: object) -> object:
        return value if isinstance(value, dict) else self.read(text_only(value))


def _limit(text: str) -> Desativacoes:
    if text.rstrip().endswith("%"):
        return Desativacoes.model_construct(parte=share_of(text), minimo=0)
    return Desativacoes.model_construct(parte=0.0, minimo=count_of(text))


def _people(text: str) -> Destinatarios:
    return Destinatarios.model_construct(por_envio=count_of(text))


_COUNT: Final[dict[str, Any]] = {"type": ["integer", "string"], "minimum": 0, "pattern": "^[0-9]{1,9}$"}
_SHARE: Final[dict[str, Any]] = {"type": "string", "pattern": PERCENT_PATTERN}


class RegrasDeMensagem(Section):
    """The guards of one mensagem."""

    exigir_descadastro: Maybe[Flag] = Field(
        default=None,
        description="Refuse a mensagem that offers no way to unsubscribe. Default: true.",
        examples=[True],
    )

    def settings(self) -> dict[str, object]:
        """What is set, with the names and values of the engine's Rules."""
        found: dict[str, object] = {}
        for name in type(self).model_fields:
            if name in self.model_fields_set:
                found |= _setting(name, getattr(self, name))
        return found


class RegrasDeEnvio(RegrasDeMensagem):
    """The guards of one envio."""

    antecedencia_minima: Maybe[Duration] = Field(
        default=None,
        description="Least time between applying and the start of an envio. Default: 30min.",
        examples=["30min", "2h", "1d"],
    )
    tolerancia_de_publico: Maybe[Percent] = Field(
        default=None,
        description="How far the audience counted right before the send may differ from the plan's. Default: 2%.",
        examples=["2%"],
    )
    max_destinatarios: Maybe[Annotated[DestinatariosDoEnvio, ShortForm(_people, (_COUNT,))]] = Field(
        default=None, description="The most people that it may reach. Default: no limit.", examples=[20000]
    )
    janela_de_envio: Maybe[Janela] = Field(
        default=None,
        description="Days and hours at which sends may start. Default: any.",
        examples=[{"dias": ["seg", "ter", "qua", "qui", "sex"], "das": "08:00", "ate": "20:00"}],
    )
    permitir_agora: Maybe[Flag] = Field(
        default=None,
        description="Let envios with `data_de_inicio: agora` go out without `--allow agora=ADDRESS`. Default: false.",
        examples=[False],
    )
    intervalo_entre_canais: Maybe[Duration] = Field(
        default=None,
        description="Refuse an envio that starts while a bulk send of Ogmma or Mindo goes on, or nearer to its end"
        " than this. Asks every source of bulk sends that the account has a key for. Default: any time.",
        examples=["4h", "1d"],
    )
    max_por_contato: Maybe[PorContato] = Field(
        default=None,
        description="The most envios that one contact may get within a time, planned and live ones taken together."
        " Exact where memberships are known, else refused if it may be more. Default: no limit.",
        examples=[{"envios": 2, "em": "7d"}],
    )
    exigir_teste: Annotated[object, _NO_TEST] = Field(default=None, description="Not in this version: refused.")


class Regras(RegrasDeEnvio):
    """Every guard. The nearest setting wins: resource, then account, then workspace."""

    max_destinatarios: Maybe[Annotated[Destinatarios, ShortForm(_people, (_COUNT,))]] = Field(
        default=None,
        description="The most people that one envio may reach, or por_envio and por_plano. Default: no limit.",
        examples=[20000, {"por_envio": 20000, "por_plano": 100000}],
    )
    max_desativacoes: Maybe[Annotated[Desativacoes, ShortForm(_limit, (_SHARE, _COUNT))]] = Field(
        default=None,
        description="How much one plan may deactivate: a share alone (10%), a number alone, or the larger of the two: "
        "parte and minimo. Default: 10% and at least 10.",
        examples=["10%", 50, {"parte": "10%", "minimo": 10}],
    )


def _setting(name: str, value: object) -> dict[str, object]:
    if isinstance(value, DestinatariosDoEnvio):
        limits = {"por_envio": "max_destinatarios", "por_plano": "max_destinatarios_do_plano"}
        return {limits[key]: limit for key in limits if (limit := getattr(value, key, None)) is not None}
    if isinstance(value, Desativacoes):
        return {name: (value.parte, value.minimo)}
    if isinstance(value, PorContato):
        return {name: (value.envios, value.em)}
    return {name: value.window if isinstance(value, Janela) else value}
