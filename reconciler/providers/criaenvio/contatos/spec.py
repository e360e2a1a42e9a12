"""What YAML, CSV and JSONL may say about a contato. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final

from pydantic import Field

from reconciler.providers.scalars import BirthDate, Choice, Email, Flag, Key, Keys, Line, LiveId, Maybe, Sex, Text
from reconciler.providers.spec import ON_REMOVAL, Resource, pinned_id

POLICIES: Final = ("desativar", "manter")


class Contato(Resource):
    """A person, known by the e-mail address (compared without regard to case)."""

    kind: ClassVar[str] = "contato"
    section: ClassVar[str] = "contatos"
    policies: ClassVar[tuple[str, ...]] = POLICIES
    references: ClassVar[Mapping[str, str]] = {"listas": "lista", "campos": "campo"}
    former_name: ClassVar[str] = "email_anterior"

    email: Email = Field(description="E-mail address.", examples=["maria@exemplo.com.br"])
    nome: Maybe[Line] = Field(default=None, description="Full name.", examples=["Maria Souza"])
    sexo: Maybe[Sex] = Field(default=None, description="m or f.", examples=["f"])
    data_de_nascimento: Maybe[BirthDate] = Field(
        default=None, description="Date of birth, year-month-day or dd/mm/yyyy.", examples=["1990-02-12", "12/02/1990"]
    )
    ativo: Maybe[Flag] = Field(
        default=None, description="Whether sends reach it. Left out: not compared.", examples=[True]
    )
    listas: Maybe[Keys] = Field(
        default=None,
        description="All declared listas that it belongs to; it is taken out of the others. Left out: not compared.",
        examples=[["clientes-sp"]],
    )
    campos: Maybe[dict[Key, Text]] = Field(
        default=None,
        description='Values of declared campos, by key; an empty text ("") clears the value. Left out: not compared.',
        examples=[{"cidade": "São Paulo"}],
    )
    id: Maybe[LiveId] = pinned_id()
    email_anterior: Maybe[Email] = Field(
        default=None,
        description="The address that the live contact still has: this is a change of address, not a new contact.",
        examples=["maria.antiga@exemplo.com.br"],
    )
    ao_remover: Maybe[Annotated[str, Choice(POLICIES)]] = Field(
        default=None, description=ON_REMOVAL + "desativar.", examples=["manter"]
    )
