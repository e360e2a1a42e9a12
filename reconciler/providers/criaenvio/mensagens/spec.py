"""What YAML may say about a mensagem. Pure."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final

from pydantic import Discriminator, Field, Tag

from reconciler.providers.guards import RegrasDeMensagem
from reconciler.providers.scalars import Choice, Email, LiveId, Maybe, Name, Text
from reconciler.providers.spec import ON_REMOVAL, FileText, Resource, former_name, pinned_id


def _form(value: Any) -> str:
    return "arquivo" if isinstance(value, dict) else "texto"


POLICIES: Final = ("manter", "remover")


class Mensagem(Resource):
    """What is sent: a subject and its html."""

    kind: ClassVar[str] = "mensagem"
    section: ClassVar[str] = "mensagens"
    policies: ClassVar[tuple[str, ...]] = POLICIES
    named: ClassVar[bool] = True

    assunto: Name = Field(description="Subject line.", examples=["Feliz Natal!"])
    html: Annotated[Annotated[FileText, Tag("arquivo")] | Annotated[Text, Tag("texto")], Discriminator(_form)] = Field(
        description="The message itself: {arquivo: path}, or the html as a text.",
        examples=[{"arquivo": "mensagens/natal.html"}, "<p>Olá!</p>"],
    )
    nome: Maybe[Name] = Field(
        default=None, description="Name in the vendor's screens. Default: the key.", examples=["Natal 2026"]
    )
    email_resposta: Maybe[Email] = Field(
        default=None, description="Where answers go.", examples=["ola@loja.exemplo.com.br"]
    )
    mensagem_descadastro: Maybe[Text] = Field(
        default=None,
        description="Text in front of the link with which people unsubscribe.",
        examples=["Não quer mais receber?"],
    )
    id: Maybe[LiveId] = pinned_id()
    nome_anterior: Maybe[Name] = former_name()
    ao_remover: Maybe[Annotated[str, Choice(POLICIES)]] = Field(
        default=None,
        description=ON_REMOVAL + "manter (a mensagem that was sent cannot be removed).",
        examples=["manter"],
    )
    regras: Maybe[RegrasDeMensagem] = Field(
        default=None, description="Guards of this mensagem alone.", examples=[{"exigir_descadastro": False}]
    )
