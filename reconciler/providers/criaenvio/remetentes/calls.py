"""Every call on remetentes (senders): the only I/O of the kind."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.providers.criaenvio.client import NUMBER, Client, Page, listing
from reconciler.transport import Endpoint, Query, Repeat

SEARCH = Endpoint("GET", "/remetentes", Repeat.FREELY, effect=False)


def search(
    client: Client, *, page: int = 1, ids: Sequence[str] = (), nome: str | None = None, email: str | None = None
) -> Page:
    """One page of the senders; `nome` and `email` select by a part of it."""
    query: Query = {"page": page, "number": NUMBER, "id": ids, "nome": nome, "email": email}
    return client.call(SEARCH, query=query, read=listing)
