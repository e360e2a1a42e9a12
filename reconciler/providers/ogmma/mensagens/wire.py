"""Messages: API JSON → observations. Pure.

Source: "Listar Mensagens", the vendor's document of GET /v1/channels/{channelId}/conversations/{conversationId}.
Contents and phone numbers (`content`, `mediaUrl`, `from`, `to`) are personal data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.engine.channels import Observation
from reconciler.providers.fields import Kind, fields_of, word
from reconciler.providers.ogmma.mensagens.spec import SOURCE
from reconciler.transport import UnexpectedError

KINDS: Final[Mapping[str, Kind]] = {
    **dict.fromkeys(
        ("id", "conversationId", "channelId", "type", "direction", "status", "content", "mediaUrl", "from", "to"),
        Kind.TEXT,
    ),
    "createdAt": Kind.MOMENT,
    "updatedAt": Kind.MOMENT,
}
"""The documented fields; what values `type` and `status` may have is not documented."""


def listing(document: dict[str, object]) -> tuple[Observation, ...]:
    """The messages that an answer holds. Raises UnexpectedError when it holds no list of them."""
    data = document.get("data")
    if not isinstance(data, list):
        raise UnexpectedError("without the list of messages that it should hold")
    return tuple(map(observed, data))


def observed(row: object) -> Observation:
    """One message. Raises UnexpectedError for what is no JSON object; anything else that is odd is kept as it came."""
    if not isinstance(row, dict):
        raise UnexpectedError("with a message that is no object")
    fields = fields_of(row, KINDS)
    return Observation(SOURCE, word(fields.get("id")), fields)
