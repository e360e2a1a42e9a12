"""Every call on envios (sends): the only I/O of the kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.providers.criaenvio.client import NUMBER, Client, Page, created, done, listing, record
from reconciler.transport import Endpoint, Leaving, Query, Repeat, no_word

OPEN_CODES = ("0", "1", "4", "5")
"""Codes of the statuses in which a send may still reach people (reference, GET /envios, `status`)."""

SEARCH = Endpoint("GET", "/envios", Repeat.FREELY, effect=False)
VIEW = Endpoint("GET", "/envios/{id}", Repeat.FREELY, effect=False)
CREATE = Endpoint("POST", "/envios", Repeat.NEVER, effect=True)
# GETs with an effect (vendor's client). To repeat them is safe, since nothing but mail that stays unsent can come of
# it; but the repeat of one that was applied is refused ("devido ao seu status atual"), which the transport reports as
# OutcomeUnknown with the refusal: the caller reads the status.
PAUSE = Endpoint("GET", "/envios/{id}/pausar", Repeat.SAFELY, effect=True)
CANCEL = Endpoint("GET", "/envios/{id}/cancelar", Repeat.SAFELY, effect=True)
# With `agora` it starts to send, and it undoes a pause that somebody else may have made meanwhile: once only.
RESUME = Endpoint("POST", "/envios/{id}/retomar", Repeat.NEVER, effect=True)


def search(
    client: Client,
    *,
    page: int = 1,
    ids: Sequence[str] = (),
    codigos: Sequence[str] = (),
    status: Sequence[str] = (),
) -> Page:
    """One page of the sends, without their lists.

    `status` holds the vendor's codes: 0 Suspenso, 1 Enviando, 2 Concluído, 3 Cancelado, 4 Agendado, 5 Em criação.
    """
    query: Query = {"page": page, "number": NUMBER, "id": ids, "codigo": codigos, "status": status}
    return client.call(SEARCH, query=query, read=listing)


def view(client: Client, envio: str, *, embeds: Sequence[str] = ()) -> dict[str, Any]:
    """The send with the id `envio`; `embeds` adds its `listas`, `mensagem` and `remetente`, for `embedded`."""
    return client.call(VIEW, envio, query={"embeds": embeds}, read=record)


def create(client: Client, body: Mapping[str, Any], leaving: Leaving = no_word) -> dict[str, Any]:
    """Schedules a send; the answer is its record. Sent once: the API knows no idempotency key.

    An answer without an id raises `OutcomeUnknown`: the send may exist.
    """
    return client.call(CREATE, body=body, read=created, leaving=leaving)


def pause(client: Client, envio: str) -> None:
    """Pauses a send. After an unknown attempt the refusal by its status is `OutcomeUnknown`: read the status."""
    client.call(PAUSE, envio, read=done)


def cancel(client: Client, envio: str) -> None:
    """Cancels a send. After an unknown attempt the refusal by its status is `OutcomeUnknown`: read the status."""
    client.call(CANCEL, envio, read=done)


def resume(client: Client, envio: str, data: str, leaving: Leaving = no_word) -> None:
    """Resumes a paused send or re-schedules a scheduled one for `data`, dd/mm/yyyy HH:MM or `agora`. Sent once."""
    client.call(RESUME, envio, body={"data": data}, read=done, leaving=leaving)
