"""Every call on campos (custom fields): the only I/O of the kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reconciler.providers.criaenvio.client import NUMBER, Client, Page, created, done, gone, listing, record
from reconciler.transport import Endpoint, Leaving, Repeat, no_word

SEARCH = Endpoint("GET", "/campos", Repeat.FREELY, effect=False)
VIEW = Endpoint("GET", "/campos/{id}", Repeat.FREELY, effect=False)
CREATE = Endpoint("POST", "/campos", Repeat.NEVER, effect=True)
UPDATE = Endpoint("PUT", "/campos/{id}", Repeat.SAFELY, effect=True)
DELETE = Endpoint("DELETE", "/campos/{id}", Repeat.SAFELY, effect=True)


def search(client: Client, *, page: int = 1, ids: Sequence[str] = (), nome: str | None = None) -> Page:
    """One page of the fields; `nome` selects by a part of the name."""
    return client.call(SEARCH, query={"page": page, "number": NUMBER, "id": ids, "nome": nome}, read=listing)


def view(client: Client, campo: str) -> dict[str, Any]:
    """The field with the id `campo`."""
    return client.call(VIEW, campo, read=record)


def create(client: Client, nome: str, leaving: Leaving = no_word) -> dict[str, Any]:
    """A new field; the answer is its record. Sent once: names are not unique, so a repeat could make a second one."""
    return client.call(CREATE, body={"nome": nome}, read=created, leaving=leaving)


def update(client: Client, campo: str, nome: str) -> None:
    """Renames a field."""
    client.call(UPDATE, campo, body={"nome": nome}, read=done)


def delete(client: Client, campo: str) -> None:
    """Removes a field and every contact's value of it, for good."""
    with gone():
        client.call(DELETE, campo, read=done)
