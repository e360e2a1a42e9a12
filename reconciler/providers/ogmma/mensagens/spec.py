"""What YAML may say about the messages of one conversation of Ogmma in a check. Pure."""

from __future__ import annotations

import difflib
import re
from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from reconciler.engine.check import Newest
from reconciler.providers.checking import Espera, Onde, Several, Verificacao, filled
from reconciler.providers.comparing import Idade, Quantos
from reconciler.providers.days import Dias
from reconciler.providers.guards import Closed
from reconciler.providers.scalars import Choice, LiveId, Maybe, Name, refused, schema_of, text_only

SOURCE: Final = "ogmma.mensagens"
MOST: Final = 500
"""How many messages of a conversation the API shows at most, and there are no pages (`limit`)."""

_WORD: Final = "^[A-Z][A-Z_]{0,31}$"
_DOCUMENTED: Final = ("DELIVERED", "READ")
_TRANSLATED: Final = {"entregue": "DELIVERED", "lida": "READ", "lido": "READ"}


def _word(value: object) -> str:
    text = text_only(value)
    if re.match(_WORD, text) is None:
        near = difflib.get_close_matches(re.sub(r"[^A-Z]+", "_", text.strip().upper()), _DOCUMENTED, 1, 0.7)
        word = _TRANSLATED.get(text.strip().lower()) or next(iter(near), "")
        remedy = f"write {word}" if word else "write it as the vendor does, such as DELIVERED or READ"
        raise refused("bad-choice", "a status is one of the vendor's words, in capital letters", remedy)
    return text


Status: TypeAlias = Annotated[str, BeforeValidator(_word), schema_of(_WORD)]
"""The vendor's document names two of them, DELIVERED and READ, and not all."""
Direction: TypeAlias = Annotated[str, Choice(("INBOUND", "OUTBOUND"))]
_ALWAYS: Final = Closed("not-told", "of messages the newest is meant in any case", "take it out")


class OndeDeMensagens(Onde):
    """Which messages are meant: of those of one conversation that fit all that is said the newest, by createdAt."""

    changing: ClassVar[frozenset[str]] = frozenset({"status", "updatedAt"})
    path: ClassVar[frozenset[str]] = frozenset({"channelId", "conversationId"})

    channelId: LiveId = Field(  # noqa: N815 - the vendor's name
        description="Id of the channel.", examples=["6650a1b2c3d4e5f6a7b8c9d2"]
    )
    conversationId: LiveId = Field(  # noqa: N815 - the vendor's name
        description="Id of the conversation, of which the newest 500 messages can be seen.",
        examples=["6650a1b2c3d4e5f6a7b8c9d1"],
    )
    id: Maybe[Several[LiveId]] = Field(
        default=None, description="Its id, or a list of ids.", examples=["6650a1b2c3d4e5f6a7b8c9f0"]
    )
    type: Maybe[Several[Name]] = Field(
        default=None, description="What sort of message, or a list of sorts.", examples=["text"]
    )
    direction: Maybe[Several[Direction]] = Field(
        default=None, description="INBOUND from the person, OUTBOUND to them.", examples=["INBOUND"]
    )
    status: Maybe[Several[Status]] = Field(
        default=None, description="Its status now, or a list of them.", examples=[["DELIVERED", "READ"]]
    )
    createdAt: Maybe[Dias] = Field(  # noqa: N815 - the vendor's name
        default=None,
        description="The day on which it was created, or the days from `de` to `ate`, in the account's time zone.",
        examples=[{"de": "2026-06-01"}],
    )
    updatedAt: Maybe[Dias] = Field(  # noqa: N815 - the vendor's name
        default=None, description="The same for its last change.", examples=[{"de": "2026-06-01"}]
    )
    mais_recente: Annotated[object, _ALWAYS] = Field(default=None, description="Always so for messages: refused.")


class EsperaDeMensagens(Espera):
    """What must hold of the newest message."""

    dated: ClassVar[str] = "createdAt"

    direction: Maybe[Several[Direction]] = Field(
        default=None,
        description="INBOUND if the person wrote last, OUTBOUND if they were written to.",
        examples=["INBOUND"],
    )
    status: Maybe[Several[Status]] = Field(
        default=None, description="Its status, or a list of those that will do.", examples=[["DELIVERED", "READ"]]
    )
    idade: Maybe[Idade] = Field(default=None, description="How long ago it was created.", examples=["<= 2d", ">= 4h"])
    quantidade: Maybe[Quantos] = Field(
        default=None, description="How many messages fit `onde`. Left out: at least one.", examples=[">= 1", 0]
    )


class VerificacaoDeMensagens(Verificacao):
    """A check on the messages of one conversation of Ogmma, which envios can wait for."""

    most: ClassVar[int | None] = MOST
    latest: ClassVar[Newest | None] = Newest("createdAt")

    fonte: Literal["ogmma.mensagens"] = Field(
        description="What is looked at: the messages of one conversation of Ogmma.", examples=[SOURCE]
    )
    onde: OndeDeMensagens = Field(
        description="Which of them.",
        examples=[{"channelId": "6650a1b2c3d4e5f6a7b8c9d2", "conversationId": "6650a1b2c3d4e5f6a7b8c9d1"}],
    )
    espera: Annotated[EsperaDeMensagens, BeforeValidator(filled)] = Field(
        description="What must hold.",
        examples=[{"direction": "INBOUND", "idade": "<= 2d"}],
        json_schema_extra={"minProperties": 1},
    )
