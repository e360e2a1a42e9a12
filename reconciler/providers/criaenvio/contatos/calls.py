"""Every call on contatos: the only I/O of the kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from reconciler.providers.criaenvio.client import NUMBER, Client, Page, created, done, listing, named, record
from reconciler.providers.criaenvio.contatos.shown import decoded
from reconciler.transport import Endpoint, Query, Repeat

SEARCH = Endpoint("GET", "/contatos", Repeat.FREELY, effect=False)
VIEW = Endpoint("GET", "/contatos/{id}", Repeat.FREELY, effect=False)
CREATE = Endpoint("POST", "/contatos", Repeat.NEVER, effect=True)
UPDATE = Endpoint("PUT", "/contatos/{id}", Repeat.SAFELY, effect=True)
ACTIVATE = Endpoint("PUT", "/contatos/{id}/ativar", Repeat.SAFELY, effect=True)
DEACTIVATE = Endpoint("PUT", "/contatos/{id}/desativar", Repeat.SAFELY, effect=True)
SUBSCRIBE = Endpoint("POST", "/contatos/{id}/inscrever", Repeat.SAFELY, effect=True)
UNSUBSCRIBE = Endpoint("POST", "/contatos/{id}/desinscrever", Repeat.SAFELY, effect=True)
SET_FIELDS = Endpoint("PUT", "/contatos/{id}/campos", Repeat.SAFELY, effect=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFilter:
    """What a search of contacts selects, in the vendor's own parameters; texts match parts (`email=@exemplo.org`).

    `id` and `qualidade` list alternatives. Dates are dd/mm/yyyy, birthdays dd/mm, ages whole years. `status` is
    `ativos`, `inativos`, `descadastros` or `todos`; the vendor's default is `ativos`, ours shows everybody.
    """

    id: tuple[str, ...] = ()
    nome: str | None = None
    email: str | None = None
    sexo: str | None = None
    idadeinicio: int | None = None
    idadetermino: int | None = None
    datadecadastroinicio: str | None = None
    datadecadastrotermino: str | None = None
    datadenascimentoinicio: str | None = None
    datadenascimentotermino: str | None = None
    aniversarioinicio: str | None = None
    aniversariotermino: str | None = None
    status: str = "todos"
    qualidade: tuple[str, ...] = ()
    campo: str | None = None


EVERYBODY = ContactFilter()
_FILTERS = tuple(field.name for field in fields(ContactFilter))


def search(client: Client, where: ContactFilter = EVERYBODY, *, page: int = 1, embeds: Sequence[str] = ()) -> Page:
    """One page of the contacts.

    `embeds` (`campos`, `grupos`) is not documented for listings: ask only when `Page.embeds` of an earlier answer names
    it, and see whether the rows carry it.
    """
    return client.call(SEARCH, query=_asked(where, page, embeds), read=listing)


def glance(client: Client, where: ContactFilter = EVERYBODY, *, page: int = 1, embeds: Sequence[str] = ()) -> Page:
    """The same page, of whose rows only what a comparison needs is decoded."""
    return client.listing(SEARCH, _asked(where, page, embeds), decoded)


def _asked(where: ContactFilter, page: int, embeds: Sequence[str]) -> Query:
    chosen: Query = {name: getattr(where, name) for name in _FILTERS}
    return {**chosen, "page": page, "number": NUMBER, "embeds": embeds}


def view(client: Client, contato: str, *, embeds: Sequence[str] = (), page: int = 1) -> dict[str, Any]:
    """The contact with the id `contato`; `embeds` adds its `grupos` (one page of them) and `campos`, for `embedded`."""
    query: Query = {"embeds": embeds, "page": page, "number": NUMBER} if embeds else {}
    return client.call(VIEW, contato, query=query, read=record)


def create(client: Client, body: Mapping[str, Any]) -> dict[str, Any]:
    """A new contact; the answer is its record.

    Sent once, though the e-mail is unique: a repeat would be refused with 400 "Já existe um contato com este email.",
    which does not tell whether the contact is ours.
    """
    return client.call(CREATE, body=body, read=created)


def update(client: Client, contato: str, body: Mapping[str, Any]) -> None:
    """Writes the fields that `body` holds."""
    client.call(UPDATE, contato, body=body, read=done)


def activate(client: Client, contato: str) -> None:
    """Activates a contact; one who unsubscribed is refused with `Unauthorized`."""
    client.call(ACTIVATE, contato, read=done)


def deactivate(client: Client, contato: str) -> None:
    """Deactivates a contact."""
    client.call(DEACTIVATE, contato, read=done)


def subscribe(client: Client, contato: str, listas: Iterable[str]) -> None:
    """Adds a contact to all of `listas` (ids) in one call."""
    client.call(SUBSCRIBE, contato, body={"idGrupos": ", ".join(named(SUBSCRIBE, listas))}, read=done)


def unsubscribe(client: Client, contato: str, listas: Iterable[str]) -> None:
    """Takes a contact off all of `listas` (ids) in one call."""
    client.call(UNSUBSCRIBE, contato, body={"idGrupos": ", ".join(named(UNSUBSCRIBE, listas))}, read=done)


def set_fields(client: Client, contato: str, values: Mapping[str, str]) -> None:
    """Writes a contact's values of custom fields (by the field's id) in one call; other fields keep theirs."""
    named(SET_FIELDS, values)
    client.call(SET_FIELDS, contato, body={"campos": dict(values)}, read=done)
