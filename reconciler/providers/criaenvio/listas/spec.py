"""What YAML may say about a lista. Pure."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final

from pydantic import Field

from reconciler.providers.scalars import Choice, Flag, LiveId, Maybe, Name
from reconciler.providers.spec import ON_REMOVAL, Resource, former_name, pinned_id

POLICIES: Final = ("desativar", "manter")


class Lista(Resource):
    """A list of contacts (`grupo` in the API)."""

    kind: ClassVar[str] = "lista"
    section: ClassVar[str] = "listas"
    policies: ClassVar[tuple[str, ...]] = POLICIES
    named: ClassVar[bool] = True

    nome: Maybe[Name] = Field(
        default=None, description="Name in the vendor's screens. Default: the key.", examples=["Clientes SP"]
    )
    ativo: Maybe[Flag] = Field(
        default=None, description="Whether sends may go to it. Left out: not compared.", examples=[True]
    )
    id: Maybe[LiveId] = pinned_id()
    nome_anterior: Maybe[Name] = former_name()
    ao_remover: Maybe[Annotated[str, Choice(POLICIES)]] = Field(
        default=None, description=ON_REMOVAL + "desativar.", examples=["manter"]
    )
