"""What a campaign file may say: the sections, and which model each of their entries has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final, TypeAlias

from pydantic import ConfigDict, Field

from reconciler.config.sources import ContatosDe
from reconciler.providers.checking import Verificacao
from reconciler.providers.criaenvio.campos.spec import Campo
from reconciler.providers.criaenvio.contatos.spec import Contato
from reconciler.providers.criaenvio.envios.spec import Envio
from reconciler.providers.criaenvio.listas.spec import Lista
from reconciler.providers.criaenvio.mensagens.spec import Mensagem
from reconciler.providers.guards import Section
from reconciler.providers.mindo.envios_em_massa import spec as envios_em_massa
from reconciler.providers.ogmma.lotes import spec as lotes
from reconciler.providers.ogmma.mensagens import spec as mensagens
from reconciler.providers.scalars import Choice, Key
from reconciler.providers.spec import Resource

CHECKS: Final[Mapping[str, type[Verificacao]]] = {
    lotes.SOURCE: lotes.VerificacaoDeLotes,
    mensagens.SOURCE: mensagens.VerificacaoDeMensagens,
    envios_em_massa.SOURCE: envios_em_massa.VerificacaoDeEnviosEmMassa,
}
"""What checks there are, by their source (`fonte`)."""


class SomeVerificacao(Resource):
    """A check of which nothing is known but that its `fonte` is none: the rest cannot be judged."""

    model_config = ConfigDict(extra="ignore")

    kind: ClassVar[str] = Verificacao.kind
    section: ClassVar[str] = Verificacao.section

    fonte: Annotated[str, Choice(tuple(CHECKS))] = Field(description="What is looked at.", examples=[lotes.SOURCE])


AnyVerificacao: TypeAlias = Annotated[
    lotes.VerificacaoDeLotes | mensagens.VerificacaoDeMensagens | envios_em_massa.VerificacaoDeEnviosEmMassa,
    Field(discriminator="fonte"),
]


def spec_of(kind: type[Resource], node: Mapping[str, Any]) -> type[Resource]:
    """The model of what is written as `node` in the section of `kind`: that of a check depends on its source."""
    return CHECKS.get(str(node.get("fonte")), SomeVerificacao) if kind is Verificacao else kind


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
    verificacoes: dict[Key, AnyVerificacao] | None = Field(
        default=None,
        description="Verificacoes by key.",
        examples=[
            {
                "whatsapp-junho": {
                    "fonte": "ogmma.lotes",
                    "onde": {"name": "Campanha Junho 2025"},
                    "espera": {"status": "COMPLETED", "falhas": "<= 2%"},
                }
            }
        ],
    )
