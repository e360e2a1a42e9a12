"""Where contacts that are too many for a campaign file come from: files of the workspace, and queries of a database."""

from __future__ import annotations

import difflib
import re
from typing import Annotated, Any, ClassVar, Final, TypeAlias

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from reconciler.providers.criaenvio.contatos.spec import Contato
from reconciler.providers.guards import Section
from reconciler.providers.scalars import Choice, Flag, Keys, Maybe, Name, Text, refused, schema_of

SEPARATORS: Final = (";", ",", "\t", "|")
_VARIABLE: Final = r"^[A-Z][A-Z0-9_]{0,63}$"
_COMMENT: Final = re.compile(r"\s+|--[^\n]*|/\*.*?\*/", re.DOTALL)
_READS: Final = re.compile(r"(?:select|with|table|values)\b|\(", re.IGNORECASE)

COLUMNS: Final = tuple(
    name for name in Contato.model_fields if name not in ("campos", "id", "email_anterior", "ao_remover")
)
"""The fields of a contato that a column can hold, besides `campos.<key>`."""


def is_column(name: str) -> bool:
    """Whether a column of this name is a field of a contato: `email`, `nome` …, or `campos.` and a key."""
    return name in COLUMNS or (name.startswith("campos.") and len(name) > len("campos."))


def _column(value: str) -> str:
    if not is_column(value):
        near = difflib.get_close_matches(value, COLUMNS, 1)
        remedy = f"did you mean {near[0]}?" if near else f"write one of {', '.join(COLUMNS)}, campos.KEY"
        raise refused("unknown-field", f"no field of a contato is called {value}", remedy)
    return value


Column: TypeAlias = Annotated[str, AfterValidator(_column), schema_of(rf"^({'|'.join(COLUMNS)}|campos\..+)$")]


def _variable(value: object) -> str:
    if not isinstance(value, str) or not re.match(_VARIABLE, value) or value.endswith("\n"):
        reason = "this is no name of an environment variable (A-Z, 0-9 and _); a database's address never stands here"
        raise refused("literal-key", reason, "write {env: NAME}, and put the address into that variable")
    return value


def _reading(value: str) -> str:
    """A query, as far as its first word tells. That it writes nothing is for the database to see to."""
    at = 0
    while (found := _COMMENT.match(value, at)) is not None:
        at = found.end()
    if not _READS.match(value, at):
        raise refused("bad-query", "a query begins with select or with", "write the one query that gives the contacts")
    return value


class Conexao(Section):
    """Which database is asked. Its address may hold a password, so it never stands in the workspace."""

    env: Annotated[str, BeforeValidator(_variable), schema_of(_VARIABLE)] = Field(
        description="Name of the environment variable with the database's address, as SQLAlchemy writes it.",
        examples=["CRM_URL"],
    )


class Consulta(Section):
    """A query of which every row is a contact (needs the extra `sql` and the database's driver)."""

    conexao: Conexao = Field(description="The database.", examples=[{"env": "CRM_URL"}])
    sql: Annotated[Text, AfterValidator(_reading)] = Field(
        description="The query; the names of its columns are those of fields, unless colunas says otherwise.",
        examples=["select email, nome from clientes where ativo"],
    )


class ContatosDe(Section):
    """Contacts from elsewhere, one a row: a file, or what a query gives."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["arquivo"]}, {"required": ["consulta"]}]})

    section: ClassVar[str] = "contatos_de"

    arquivo: Maybe[Name] = Field(
        default=None,
        description="CSV (.csv), JSON lines (.jsonl, .ndjson), both UTF-8, or Parquet (.parquet); in the workspace.",
        examples=["contatos/clientes.csv"],
    )
    consulta: Maybe[Consulta] = Field(
        default=None,
        description="A query of a database, in place of a file.",
        examples=[{"conexao": {"env": "CRM_URL"}, "sql": "select email, nome from clientes"}],
    )
    colunas: Maybe[dict[Column, Name]] = Field(
        default=None,
        description="Field → column. Default: every column that has the name of a field (email, campos.KEY …).",
        examples=[{"email": "E-mail", "nome": "Nome", "campos.cidade": "Cidade"}],
    )
    listas: Keys = Field(
        default=frozenset(), description="Listas that every contact of the file belongs to.", examples=[["clientes-sp"]]
    )
    ativo: Maybe[Flag] = Field(
        default=None,
        description="Whether sends reach the contacts of the file. Left out: not compared.",
        examples=[True],
    )
    separador: Maybe[Annotated[str, Choice(SEPARATORS)]] = Field(
        default=None,
        description="What separates the cells of a CSV. Default: found out from its first line.",
        examples=[";"],
    )

    @model_validator(mode="before")
    @classmethod
    def _one_source(cls, value: Any) -> Any:
        if isinstance(value, dict) and ("arquivo" in value) == ("consulta" in value):
            reason = "one of arquivo and consulta must stand here, and only one"
            raise refused("bad-source", reason, "write `arquivo: contatos/clientes.csv`, or a consulta")
        return value
