"""The call on messages: the only I/O of the source, and it only reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from reconciler.engine.channels import Observation
from reconciler.providers.filtering import Between, Equal, InvalidFilterError, only, require_number
from reconciler.providers.ogmma.mensagens.spec import MOST
from reconciler.providers.ogmma.mensagens.wire import listing
from reconciler.providers.paging import Reading
from reconciler.providers.reader import Reader
from reconciler.transport import Endpoint, InvalidIdError, Repeat, checked

LIST: Final = Endpoint("GET", "/channels/{channelId}/conversations/{conversationId}", Repeat.FREELY, effect=False)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which conversation, by the vendor's ids, and how many of its messages at most, 1 to `MOST`.

    Raises `InvalidFilterError`, also for ids that would name another operation.
    """

    channelId: str  # noqa: N815 - the vendor's name
    conversationId: str  # noqa: N815 - the vendor's name
    limit: int = MOST

    def __post_init__(self) -> None:
        for field in ("channelId", "conversationId"):
            try:
                checked(getattr(self, field))
            except InvalidIdError as error:
                raise InvalidFilterError(field, str(error), "copy it from the vendor's screen") from None
        require_number("limit", self.limit, 1, MOST)


def narrowed(equal: Equal, between: Between) -> Filters:  # noqa: ARG001 - alike for all sources
    """The filters under which the vendor shows what is selected so; raises `InvalidFilterError` without both ids."""
    channel, conversation = only(equal, "channelId"), only(equal, "conversationId")
    for field, value in (("channelId", channel), ("conversationId", conversation)):
        if value is None:
            raise InvalidFilterError(field, "messages are shown of one conversation at a time", "write its one id")
    return Filters(str(channel), str(conversation))


def observe(client: Reader, filters: Filters) -> Iterator[Observation]:
    """The messages of a conversation, each once, in the server's order (newest first in the document's example).

    Of a longer conversation only `limit` are shown. Raises `transport.Failure`; `NotFound` where there is no such
    conversation, if the vendor says so by 404.
    """
    found = client.call(LIST, filters.channelId, filters.conversationId, query={"limit": filters.limit}, read=listing)
    yield from Reading(LIST).take(found, total=None, last=True)
