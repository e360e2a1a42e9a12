"""How the account's own sends stand: those that are declared, and those that the ledger remembers. Only reads.

Calls: a hundred sends in one, at least one, and one for each that has begun and is shown, since the listing has no
figures but the share that is done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from reconciler.engine.channels import Bulk, Phase
from reconciler.engine.model import Address, Declared, Value
from reconciler.engine.overview import UNNAMED, Sending, Standing, in_order
from reconciler.engine.scene import Memory
from reconciler.providers.criaenvio.client import Client, Page, rows
from reconciler.providers.criaenvio.envios import calls
from reconciler.providers.criaenvio.envios.wire import KINDS, observed
from reconciler.providers.criaenvio.wire import moment
from reconciler.providers.fields import Kind, count, fields_of, percentage
from reconciler.transport import NotFound

SOURCE: Final = "criaenvio.envios"
PHASES: Final[Mapping[str, Phase]] = {
    "em criação": Phase.WAITING,
    "agendado": Phase.WAITING,
    "suspenso": Phase.WAITING,
    "enviando": Phase.RUNNING,
    "concluído": Phase.ENDED,
    "cancelado": Phase.ENDED,
}
REACTIONS: Final = ("cliques_unicos", "descadastros")
_AT_ONCE: Final = 100
_UNTOUCHED: Final = frozenset({"agendado", "em criação"})
_NOT_THERE: Final = "not in the account"
_NEXT: Final = "the next apply schedules it, if nothing keeps it from that"


@dataclass(frozen=True, slots=True)
class Known:
    """A send that is ours: its id (None: it has none, as far as is remembered), and what is declared of it, if so."""

    address: Address
    live_id: str | None
    declared: Declared | None = None

    @property
    def state(self) -> Value:
        """What it should be: `agendado`, `pausado`, `cancelado`; None where it is no longer declared."""
        return None if self.declared is None else self.declared.fields["estado"]

    @property
    def start(self) -> Value:
        """The declared start, or `agora`."""
        return None if self.declared is None else self.declared.fields["data_de_inicio"]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else decides how a send stands: the time, from when on sends that are over are shown, the checks that do
    not hold, and why it is not certain what the ledger knows, if so.
    """  # noqa: D205

    now: datetime
    since: datetime
    closed: Collection[str] = frozenset()
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """What the account shows of sends: rows of its listing by id, and in their place the record of those looked at."""

    zone: ZoneInfo
    found: dict[str, Mapping[str, Any]] = field(default_factory=dict)


def known_sends(declared: Iterable[Declared], memory: Memory) -> tuple[Known, ...]:
    """The declared sends, and those that the ledger remembers beside them."""
    bound = {Address(each.kind, each.key or ""): each.id for _, each in memory.bindings("envio") if each.id}
    own = {item.address: item for item in declared if item.address.kind == "envio"}
    return (
        *(Known(address, item.id or bound.get(address), item) for address, item in own.items()),
        *(Known(address, live_id) for address, live_id in sorted(bound.items(), key=str) if address not in own),
    )


def listed(client: Client, zone: ZoneInfo, known: Iterable[Known]) -> Rows:
    """Their rows. Where none has an id one page is read all the same, which tells the API's time. Raises Failure."""
    ids = sorted({each.live_id for each in known if each.live_id})
    if not ids:
        calls.search(client, status=calls.OPEN_CODES)
    return Rows(zone, {str(row["id"]): row for row in _rows(client, ids)})


def looked_at(client: Client, live: Rows, since: datetime) -> None:
    """Put the record with its figures in the place of each row that is shown and has begun. Raises Failure."""
    for live_id, row in live.found.items():
        if _begun(row) and not _long_over(row, live.zone, since):
            try:
                live.found[live_id] = calls.view(client, live_id)
            except NotFound:  # removed since it was listed: what the row said is the last that is known
                continue


def sendings(known: Iterable[Known], live: Rows, around: Surroundings) -> tuple[list[Sending], int]:
    """How they stand, by start, and how many are left out: those that were over before `around.since`."""
    found: list[Sending] = []
    hidden = 0
    for each in known:
        row = live.found.get(each.live_id or "")
        if row is not None and _long_over(row, live.zone, around.since):
            hidden += 1
        elif row is not None:
            found.append(_sending(each, row, live.zone))
        elif each.live_id is not None:
            found.append(_absent(each, Standing.WRONG, f"{_NOT_THERE} (any more)", "the account does not show it"))
        elif (missing := _unmade(each, around)) is not None:
            found.append(missing)
    return in_order(found), hidden


def _rows(client: Client, ids: list[str]) -> Iterator[Mapping[str, Any]]:
    for begin in range(0, len(ids), _AT_ONCE):
        chunk = tuple(ids[begin : begin + _AT_ONCE])
        yield from (row for row in rows(partial(_page, client, chunk)) if str(row["id"]) in chunk)


def _page(client: Client, ids: tuple[str, ...], page: int) -> Page:
    return calls.search(client, page=page, ids=ids)


def _state(row: Mapping[str, Any]) -> str:
    return str(row.get("status") or "").strip().lower()


def _begun(row: Mapping[str, Any]) -> bool:
    done = fields_of(row, {"porcentagem_de_conclusao": Kind.NUMBER}).get("porcentagem_de_conclusao")
    return _state(row) not in _UNTOUCHED and (_state(row) in ("enviando", "concluído") or percentage(done) != 0)


def _long_over(row: Mapping[str, Any], zone: ZoneInfo, since: datetime) -> bool:
    """Whether it was over by then; one that was cancelled is over when it would have started."""
    ended, start = (moment(row, name, zone) for name in ("data_de_termino", "data_de_inicio"))
    last = ended if isinstance(ended, datetime) else start
    return PHASES.get(_state(row)) is Phase.ENDED and isinstance(last, datetime) and last < since


def _sending(known: Known, row: Mapping[str, Any], zone: ZoneInfo) -> Sending:
    fields = fields_of(row, KINDS)
    start, ended = (moment(row, name, zone) for name in ("data_de_inicio", "data_de_termino"))
    created = moment(row, "data_de_criacao", zone)
    bulk = Bulk(
        source=SOURCE,
        id=observed(row, zone).id,
        title=known.address.key,
        status=str(row.get("status") or "").strip(),
        phase=PHASES.get(_state(row), Phase.UNKNOWN),
        total=count(fields.get("total_de_contatos")),
        sent=count(fields.get("total_enviado")),
        delivered=count(fields.get("nao_rejeitados")),
        read=count(fields.get("visualizacoes_unicas")),
        failed=count(fields.get("rejeitados")),
        progress=percentage(fields.get("porcentagem_de_conclusao")),
        created=created if isinstance(created, datetime) else None,
        ended=ended if isinstance(ended, datetime) else None,
    )
    standing, reason = _standing(known, _state(row), over=bulk.ended is not None)
    at = start if isinstance(start, datetime) else None
    reactions = {name: count(fields.get(name)) for name in REACTIONS}
    return Sending(bulk, standing, reason, at, known.address, reactions)


def _standing(known: Known, state: str, *, over: bool) -> tuple[Standing, str]:
    """Cancelled or paused is as it should be where that is declared, or where the send is no longer declared at all."""
    if state not in PHASES:
        return (Standing.WRONG if over else Standing.OPEN), UNNAMED
    if state == "suspenso" and known.state != "pausado":
        return Standing.WRONG, "paused: it goes on only if it is resumed"
    if state == "cancelado" and known.state not in ("cancelado", None):
        return Standing.WRONG, f"declared {known.state}, and cancelled outside"
    if state in ("suspenso", "cancelado"):
        return Standing.DONE, "as declared" if known.declared else "no longer declared"
    return (Standing.DONE if state == "concluído" else Standing.OPEN), ""


def _unmade(known: Known, around: Surroundings) -> Sending | None:
    """A declared send that has no live one yet; None if it is to have none."""
    start = known.start
    if known.state == "cancelado" or (isinstance(start, datetime) and start < around.since):
        return None
    status = "not known" if around.doubt else "not scheduled"
    if isinstance(start, datetime) and start <= around.now:
        return _absent(known, Standing.WRONG, status, around.doubt or "the start has passed; nothing was sent")
    after = known.declared.fields.get("depois_de") if known.declared else None
    waits = sorted(after & set(around.closed)) if isinstance(after, frozenset) else []
    reason = f"waits for {', '.join(waits)}" if waits else "" if around.doubt else _NEXT
    return _absent(known, Standing.OPEN, status, "; ".join(filter(None, (reason, around.doubt))))


def _absent(known: Known, standing: Standing, status: str, reason: str) -> Sending:
    phase = Phase.WAITING if standing is Standing.OPEN else Phase.UNKNOWN
    bulk = Bulk(SOURCE, known.live_id or "", known.address.key, status, phase)
    start = known.start if isinstance(known.start, datetime) else None
    return Sending(bulk, standing, reason, start, known.address)
