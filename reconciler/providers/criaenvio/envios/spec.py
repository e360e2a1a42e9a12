"""What YAML may say about an envio. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, BeforeValidator, Field

from reconciler.providers.guards import RegrasDeEnvio
from reconciler.providers.scalars import (
    Choice,
    Flag,
    Key,
    Keys,
    LiveId,
    Maybe,
    Name,
    Start,
    distinct,
    refused,
    schema_of,
    text_only,
)
from reconciler.providers.spec import ON_REMOVAL, Resource, pinned_id

_CHECK: Final = "verificacao."
_OTHERS: Final = frozenset({"campo", "lista", "contato", "mensagem", "envio"})


def _check(value: str) -> str:
    if not value.startswith(_CHECK) or not value.removeprefix(_CHECK):
        kind, _, key = value.rpartition(".")
        waits = f"; an envio can wait for checks only, and for no {kind}" if kind in _OTHERS else ""
        remedy = "name a verificacao, or take it out" if waits else f"write verificacao.{key or 'whatsapp-junho'}"
        raise refused("bad-key", f"depois_de names verificacoes by their address{waits}", remedy)
    return value


Check = Annotated[
    str, BeforeValidator(text_only), AfterValidator(_check), schema_of(r"^verificacao\.[a-z0-9][a-z0-9_-]{0,62}$")
]

POLICIES: Final = ("cancelar", "manter")


class Envio(Resource):
    """A send: one mensagem to some listas, starting at one time."""

    kind: ClassVar[str] = "envio"
    section: ClassVar[str] = "envios"
    policies: ClassVar[tuple[str, ...]] = POLICIES
    references: ClassVar[Mapping[str, str]] = {"mensagem": "mensagem", "listas": "lista", "depois_de": "verificacao"}

    mensagem: Key = Field(description="Key of the declared mensagem that is sent.", examples=["natal-2026"])
    listas: Keys = Field(
        min_length=1, description="Keys of the declared listas that it goes to.", examples=[["clientes-sp"]]
    )
    data_de_inicio: Start = Field(
        description="Start, to the minute, in the account's zone (or with an offset); or agora: once, when applied.",
        examples=["2026-12-20T09:00", "2026-12-20T09:00-03:00", "agora"],
    )
    remetente: Maybe[Name] = Field(
        default=None,
        description="E-mail, name or id of a confirmed sender. Left out: the account's main sender.",
        examples=["ola@loja.exemplo.com.br"],
    )
    estado: Maybe[Annotated[str, Choice(("agendado", "pausado", "cancelado"))]] = Field(
        default=None, description="What it should be. Default: agendado.", examples=["agendado"]
    )
    recriar: Maybe[Flag] = Field(
        default=None, description="Schedule anew an envio that was cancelled outside. Default: false.", examples=[True]
    )
    depois_de: Maybe[Annotated[frozenset[Check], BeforeValidator(distinct)]] = Field(
        default=None,
        description="Verificacoes that must hold before it is scheduled.",
        examples=[["verificacao.whatsapp-junho"]],
    )
    id: Maybe[LiveId] = pinned_id()
    ao_remover: Maybe[Annotated[str, Choice(POLICIES)]] = Field(
        default=None, description=ON_REMOVAL + "cancelar, while it has not started.", examples=["cancelar"]
    )
    regras: Maybe[RegrasDeEnvio] = Field(
        default=None, description="Guards of this envio alone.", examples=[{"antecedencia_minima": "2h"}]
    )

    def fields(self, key: str) -> dict[str, object]:
        """As for every kind; `estado` is always there."""
        return {"estado": "agendado"} | super().fields(key)
