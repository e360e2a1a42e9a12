"""Every call on listas: the only I/O of the kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from reconciler.providers.criaenvio.client import NUMBER, Client, Page, created, done, embedded, listing, named, record
from reconciler.transport import Endpoint, Leaving, Query, Repeat, UnexpectedError, no_word

SEARCH = Endpoint("GET", "/grupos", Repeat.FREELY, effect=False)
VIEW = Endpoint("GET", "/grupos/{id}", Repeat.FREELY, effect=False)
CREATE = Endpoint("POST", "/grupos", Repeat.NEVER, effect=True)
UPDATE = Endpoint("PUT", "/grupos/{id}", Repeat.SAFELY, effect=True)
ACTIVATE = Endpoint("PUT", "/grupos/ativar", Repeat.SAFELY, effect=True)
DEACTIVATE = Endpoint("PUT", "/grupos/desativar", Repeat.SAFELY, effect=True)


def search(client: Client, *, ativo: bool, page: int = 1, ids: Sequence[str] = (), nome: str | None = None) -> Page:
    """One page of the lists that are active, or of those that are not; `nome` selects by a part of the name.

    The vendor's default shows active lists only, so the choice is always said: a full listing takes both searches.
    """
    query: Query = {"ativo": ativo, "page": page, "number": NUMBER, "id": ids, "nome": nome}
    return client.call(SEARCH, query=query, read=listing)


def view(
    client: Client, lista: str, *, embeds: Sequence[str] = (), status: str | None = None, number: int | None = None
) -> dict[str, Any]:
    """The list with the id `lista`; with `embeds=("contatos",)` also the first `number` of its members.

    `status` selects the members: `ativos` (the vendor's default), `inativos`, `descadastros` or `todos`.
    """
    return client.call(VIEW, lista, query={"embeds": embeds, "status": status, "number": number}, read=record)


def members(client: Client, lista: str, *, status: str = "todos", page: int = 1) -> Page:
    """One page of the members of the list with the id `lista`.

    The parameter `page` pages the embedded members, which have a `pagination` of their own (vendor's client).
    """
    query: Query = {"embeds": ("contatos",), "status": status, "page": page, "number": NUMBER}
    return client.call(VIEW, lista, query=query, read=_members)


def _members(document: dict[str, object]) -> Page:
    lista = record(document)
    page = embedded(lista, "contatos")
    if page is None and str(lista.get("contatos_ativos")) == "0":
        page = embedded({"contatos": []}, "contatos")
    if page is None:
        raise UnexpectedError("without the members that it was asked for")
    return page


def create(client: Client, nome: str, leaving: Leaving = no_word) -> dict[str, Any]:
    """A new list; the answer is its record. Sent once: names are not unique, so a repeat could make a second one."""
    return client.call(CREATE, body={"nome": nome}, read=created, leaving=leaving)


def update(client: Client, lista: str, nome: str) -> None:
    """Renames a list."""
    client.call(UPDATE, lista, body={"nome": nome}, read=done)


def activate(client: Client, listas: Iterable[str]) -> None:
    """Activates all of `listas` (ids) in one call, in the query as the reference has it."""
    client.call(ACTIVATE, query={"id": named(ACTIVATE, listas)}, read=done)


def deactivate(client: Client, listas: Iterable[str]) -> None:
    """Deactivates all of `listas` (ids) in one call."""
    client.call(DEACTIVATE, query={"id": named(DEACTIVATE, listas)}, read=done)
