"""Every call on mensagens: the only I/O of the kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from reconciler.providers.criaenvio.client import NUMBER, Client, Page, changed, created, done, gone, listing, record
from reconciler.transport import Endpoint, Leaving, Query, Repeat, no_word

SEARCH = Endpoint("GET", "/mensagens", Repeat.FREELY, effect=False)
VIEW = Endpoint("GET", "/mensagens/{id}", Repeat.FREELY, effect=False)
CREATE = Endpoint("POST", "/mensagens", Repeat.NEVER, effect=True)
UPDATE = Endpoint("PUT", "/mensagens/{id}", Repeat.NEVER, effect=True)
DELETE = Endpoint("DELETE", "/mensagens/{id}", Repeat.SAFELY, effect=True)
SEND_TEST = Endpoint("GET", "/mensagens/{id}/lista_teste", Repeat.NEVER, effect=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFilter:
    """What else a search of messages may select by, in the vendor's own parameters.

    `assunto` matches a part, `contador` lists alternatives, dates are dd/mm/yyyy.
    """

    assunto: str | None = None
    contador: tuple[str, ...] = ()
    datadecadastroinicio: str | None = None
    datadecadastrotermino: str | None = None


ALL = MessageFilter()


def search(
    client: Client, *, page: int = 1, ids: Sequence[str] = (), nome: str | None = None, where: MessageFilter = ALL
) -> Page:
    """One page of the messages, without their html; `nome` selects by a part of the name."""
    query: Query = {"id": ids, "nome": nome, **asdict(where), "page": page, "number": NUMBER}
    return client.call(SEARCH, query=query, read=listing)


def view(client: Client, mensagem: str) -> dict[str, Any]:
    """The message with the id `mensagem`, with its html."""
    return client.call(VIEW, mensagem, read=record)


def create(client: Client, body: Mapping[str, Any], leaving: Leaving = no_word) -> dict[str, Any]:
    """A new message; the answer is its record. Sent once: names are not unique, so a repeat could make a second one."""
    return client.call(CREATE, body=body, read=created, leaving=leaving)


def update(client: Client, mensagem: str, body: Mapping[str, Any], leaving: Leaving = no_word) -> dict[str, Any] | None:
    """Writes the fields that `body` holds; returns the record as it now is, or None when the answer does not show it.

    The id may be new: "Ao atualizar uma mensagem que já foi enviada, o sistema cria uma nova mensagem" (reference).
    For that reason it is sent once: each repeat could create another message.
    """
    return client.call(UPDATE, mensagem, body=body, read=changed, leaving=leaving)


def delete(client: Client, mensagem: str) -> None:
    """Removes a message; one that was sent is refused with `Unauthorized`."""
    with gone():
        client.call(DELETE, mensagem, read=done)


def send_test(client: Client, mensagem: str) -> None:
    """Sends the message to the account's test list: a GET that sends mail (vendor's client). Sent once per call."""
    client.call(SEND_TEST, mensagem, read=done)
