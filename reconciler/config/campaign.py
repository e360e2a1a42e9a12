"""What a campaign file may say: the sections, and the two of them that belong to no vendor's kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Final

from pydantic import BeforeValidator, Field

from reconciler.config.sources import ContatosDe
from reconciler.providers.criaenvio.campos.spec import Campo
from reconciler.providers.criaenvio.contatos.spec import Contato
from reconciler.providers.criaenvio.envios.spec import Envio
from reconciler.providers.criaenvio.listas.spec import Lista
from reconciler.providers.criaenvio.mensagens.spec import Mensagem
from reconciler.providers.guards import Section
from reconciler.providers.scalars import Choice, Key, Name, Text, refused
from reconciler.providers.spec import Resource

SOURCES: Final = ("ogmma.lotes", "ogmma.mensagens", "mindo.envios_em_massa")


def _filled(value: object) -> object:
    if isinstance(value, dict) and not value:
        raise refused("too-few", "the mapping is empty", "name at least one field")
    return value


Condition = Annotated[dict[Name, Text], BeforeValidator(_filled)]


class Verificacao(Resource):
    """A check on another channel, that envios can wait for. This version reads it and does not evaluate it."""

    kind: ClassVar[str] = "verificacao"
    section: ClassVar[str] = "verificacoes"

    fonte: Annotated[str, Choice(SOURCES)] = Field(description="What is looked at.", examples=["ogmma.lotes"])
    onde: Condition = Field(
        min_length=1, description="Which of them: field and value.", examples=[{"name": "Campanha Junho 2025"}]
    )
    espera: Condition = Field(
        min_length=1, description="What must hold.", examples=[{"status": "COMPLETED", "falhas": "<= 2%"}]
    )


KINDS: Final[tuple[type[Resource], ...]] = (Campo, Lista, Contato, Mensagem, Envio, Verificacao)
"""Every kind that a campaign file can declare."""

KEYED: Final[Mapping[str, type[Resource]]] = {kind.section: kind for kind in KINDS if kind is not Contato}
"""Section → kind, for the sections that are mappings by key."""

SECTIONS: Final = (*(kind.section for kind in KINDS), ContatosDe.section)


class Campanha(Section):
    """A campaign file. Every section may stand in any file; the sections of all files are merged."""

    campos: dict[Key, Campo | None] | None = Field(
        default=None, description="Campos by key.", examples=[{"cidade": {"nome": "Cidade"}}]
    )
    listas: dict[Key, Lista | None] | None = Field(
        default=None, description="Listas by key.", examples=[{"clientes-sp": {"nome": "Clientes SP"}}]
    )
    contatos: list[Contato] | None = Field(
        default=None, description="Contatos.", examples=[[{"email": "maria@exemplo.com.br", "nome": "Maria Souza"}]]
    )
    contatos_de: list[ContatosDe] | None = Field(
        default=None, description="Files with contatos.", examples=[[{"arquivo": "contatos/clientes.csv"}]]
    )
    mensagens: dict[Key, Mensagem] | None = Field(
        default=None,
        description="Mensagens by key.",
        examples=[{"natal-2026": {"assunto": "Feliz Natal!", "html": {"arquivo": "mensagens/natal.html"}}}],
    )
    envios: dict[Key, Envio] | None = Field(
        default=None,
        description="Envios by key.",
        examples=[
            {
                "natal-2026-sp": {
                    "mensagem": "natal-2026",
                    "listas": ["clientes-sp"],
                    "data_de_inicio": "2026-12-20T09:00",
                }
            }
        ],
    )
    verificacoes: dict[Key, Verificacao] | None = Field(
        default=None,
        description="Verificacoes by key.",
        examples=[
            {
                "whatsapp-junho": {
                    "fonte": "ogmma.lotes",
                    "onde": {"name": "Campanha Junho 2025"},
                    "espera": {"status": "COMPLETED"},
                }
            }
        ],
    )
