"""Reading a whole account, for a copy of it: what is declared today and what another version may declare tomorrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from reconciler.engine.model import Observed
from reconciler.providers.criaenvio.campos import calls as campos
from reconciler.providers.criaenvio.campos import wire as campo_wire
from reconciler.providers.criaenvio.client import Client, Page, rows
from reconciler.providers.criaenvio.contatos import calls as contatos
from reconciler.providers.criaenvio.contatos import whole
from reconciler.providers.criaenvio.contatos import wire as contato_wire
from reconciler.providers.criaenvio.contatos.lens import RELATIONS
from reconciler.providers.criaenvio.envios import calls as envios
from reconciler.providers.criaenvio.envios import wire as envio_wire
from reconciler.providers.criaenvio.envios.natural import OPEN
from reconciler.providers.criaenvio.listas import calls as listas
from reconciler.providers.criaenvio.listas import wire as lista_wire
from reconciler.providers.criaenvio.mensagens import calls as mensagens
from reconciler.providers.criaenvio.mensagens import wire as mensagem_wire
from reconciler.providers.criaenvio.mensagens.decide import newest
from reconciler.providers.criaenvio.pages import Row, Rows
from reconciler.providers.criaenvio.remetentes import calls as remetentes
from reconciler.providers.criaenvio.remetentes import wire as remetente_wire
from reconciler.providers.criaenvio.sweep import side_by_side, sweep
from reconciler.transport import NotFound

_SIDE_BY_SIDE: Final = 4
"""Records that are read at the same time, within the account's pace."""

Keep = Callable[[Observed], None]
"""Takes one contact, with lists and values."""


@dataclass(frozen=True, slots=True)
class Known:
    """What has to be read whole, whatever its age: live ids of mensagens and envios that are remembered or declared.

    Of other envios, who is mailed is read of those that may still reach people, and that start at `since` or later
    (aware; None: of all).
    """

    mensagens: frozenset[str]
    envios: frozenset[str]
    since: datetime | None


def census(client: Client, known: Known, zone: ZoneInfo) -> dict[str, tuple[Observed, ...]]:
    """Everything but the people, by kind. Raises Failure.

    Messages that a newer one of their name has taken the place of are without html, as the listing has them; envios
    that are long over are left out: of both, what is missing costs a call each.
    """
    lists = {item.id: item for ativo in (True, False) for item in map(lista_wire.observed, _lists(client, ativo=ativo))}
    listed = [envio_wire.observed(row, zone) for row in rows(lambda page: envios.search(client, page=page))]
    messages = [mensagem_wire.observed(row) for row in rows(lambda page: mensagens.search(client, page=page))]
    sends = tuple(_sends(client, listed, known, zone))
    return {
        "campo": tuple(map(campo_wire.observed, rows(lambda page: campos.search(client, page=page)))),
        "lista": tuple(lists.values()),
        "remetente": tuple(map(remetente_wire.observed, rows(lambda page: remetentes.search(client, page=page)))),
        "mensagem": tuple(_messages(client, messages, sends, known)),
        "envio": sends,
    }


def _lists(client: Client, *, ativo: bool) -> list[Row]:
    return rows(lambda page: listas.search(client, ativo=ativo, page=page))


def _sends(client: Client, sends: Sequence[Observed], known: Known, zone: ZoneInfo) -> Iterator[Observed]:
    """Envios with lists and sender, a call each; the listing has neither (reference)."""

    def read(item: Observed) -> Observed:
        record = envio_wire.observed(envios.view(client, item.id, embeds=("listas", "remetente")), zone)
        return Observed("envio", item.id, {**record.fields, "mensagem": item.fields["mensagem"]})

    wanted = [item for item in sends if item.id in known.envios or _matters(item, known.since)]
    with closing(side_by_side(read, wanted, _SIDE_BY_SIDE)) as found:
        yield from found


def _matters(item: Observed, since: datetime | None) -> bool:
    start = item.fields["data_de_inicio"]
    return since is None or item.fields["estado"] in OPEN or not isinstance(start, datetime) or start >= since


def _messages(
    client: Client, messages: Sequence[Observed], sends: Sequence[Observed], known: Known
) -> Iterator[Observed]:
    """Mensagens, with html those that an address may come to stand for: the newest of each name, and those in use."""
    by_name: dict[str, list[Observed]] = {}
    for item in messages:
        by_name.setdefault(str(item.fields["nome"] or ""), []).append(item)
    newest_ones = (newest(same) for name, same in by_name.items() if name)
    wanted = {item.id for item in newest_ones if item is not None}
    wanted |= known.mensagens | {str(item.fields["mensagem"]) for item in sends if item.fields["estado"] in OPEN}

    def read(item: Observed) -> Observed:
        return mensagem_wire.observed(mensagens.view(client, item.id)) if item.id in wanted else item

    with closing(side_by_side(read, messages, _SIDE_BY_SIDE)) as found:
        yield from found


@dataclass(slots=True)
class People:
    """One reading of the contacts: each is handed to `keep` as it comes; who came without relations is to be read."""

    keep: Keep
    lacking: list[Row] = field(default_factory=list)

    def take(self, rows: Rows) -> None:
        """The rows of one more page."""
        for row in rows:
            found = contato_wire.observed(row)
            if RELATIONS.keys() <= found.fields.keys():
                self.keep(found)
            else:
                self.lacking.append({name: value for name, value in row.items() if name not in RELATIONS.values()})


def people(client: Client, begin: Callable[[], Keep], *, values: bool) -> None:
    """Read every contact, with lists and values, into what the last call of `begin` gave. Raises Failure.

    Where the listing carries them they come with its pages, else a call for each contact is made. Without `values` the
    account has no campos, and so nobody a value.
    """
    wanted = tuple(relation for field, relation in RELATIONS.items() if values or field == "listas")
    listing = _Listing(client, wanted, values=values)
    found = sweep(listing, lambda: People(begin()))

    def read(row: Row) -> Row:
        try:
            return row | whole.record(client, str(row["id"]), wanted)
        except NotFound:
            return row | {"grupos": [], "campos": []}  # it went between two calls: the next reading tells

    with closing(side_by_side(read, found.lacking, _SIDE_BY_SIDE)) as records:
        for row in records:
            found.keep(contato_wire.observed(row if values else {**row, "campos": []}))


@dataclass(slots=True)
class _Listing:
    """Pages of all contacts, with the relations that answers advertise: that a listing takes them is not documented."""

    client: Client
    wanted: tuple[str, ...]
    values: bool
    embeds: tuple[str, ...] | None = None

    def __call__(self, page: int) -> Page:
        if self.embeds is None:
            first = contatos.search(self.client, page=page)
            self.embeds = tuple(relation for relation in self.wanted if relation in first.embeds)
            if not (self.embeds and first.rows):
                return self._complete(first)
        return self._complete(contatos.search(self.client, page=page, embeds=self.embeds))

    def _complete(self, page: Page) -> Page:
        if not self.values:
            for row in page.rows:
                row["campos"] = []
        return page
