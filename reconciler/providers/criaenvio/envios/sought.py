"""Finding a send again by what it is: how the outcome of a POST is settled by reading, and twins are seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from reconciler.engine.model import Address, Observed, Value
from reconciler.providers.criaenvio.bench import Bench
from reconciler.providers.criaenvio.client import rows
from reconciler.providers.criaenvio.envios import calls, wire

_SCHEDULED = ("0", "1", "4", "5")
_STARTED = (*_SCHEDULED, "2")
"""Codes of the statuses that a send can have: never Cancelado, and Concluído only once it may have begun."""
_READINGS = 5
_GAP = 2.0
"""Seconds between two readings that have to agree."""


@dataclass(frozen=True, slots=True)
class Sought:
    """One send, known by what it is: message id, lista ids, and start (None: `agora`, whenever that was).

    `others` are live sends that stand for other addresses: they are never it, nor its twins.
    """

    message: str
    lists: frozenset[str]
    start: datetime | None
    others: frozenset[str]

    @classmethod
    def of(cls, request: Mapping[str, str], start: Value, address: Address, ids: Mapping[Address, str]) -> Sought:
        """The send that the body of a POST asks for on behalf of `address`; `ids` as a Bench has them."""
        lists = frozenset(request["listas"].split(","))
        others = frozenset(live for other, live in dict(ids).items() if other.kind == address.kind and other != address)
        return cls(request["mensagem"], lists, start if isinstance(start, datetime) else None, others)

    def alike(self, bench: Bench) -> list[Observed]:
        """Live sends that are exactly this one and not cancelled, by `codigo`: one call, and one for each likely."""
        begun = self.start is None or self.start <= bench.watch.now() + timedelta(minutes=1)
        status = _STARTED if begun else _SCHEDULED
        found = [
            wire.observed(row, bench.zone)
            for row in rows(lambda page: calls.search(bench.client, page=page, status=status))
        ]
        near = [item for item in found if self._may_be(item)]
        whole = [wire.observed(calls.view(bench.client, item.id, embeds=("listas",)), bench.zone) for item in near]
        return sorted((item for item in whole if item.fields.get("listas") == self.lists), key=by_code)

    def settled(self, bench: Bench, since: datetime) -> list[Observed]:
        """The same once nothing that was asked for at `since` can still arrive: two readings that agree."""
        bench.watch.wait(since)
        last = self.alike(bench)
        for _ in range(_READINGS):
            bench.watch.clock.sleep(_GAP)
            again = self.alike(bench)
            if [item.id for item in again] == [item.id for item in last]:
                break
            last = again
        return last

    def _may_be(self, item: Observed) -> bool:
        starts = self.start is None or item.fields["data_de_inicio"] == self.start
        alive = item.fields["estado"] != "cancelado" and item.id not in self.others
        return item.fields["mensagem"] == self.message and starts and alive


def settled_record(bench: Bench, live_id: str, since: datetime) -> Observed:
    """One live send, once nothing that was asked of it at `since` can still arrive."""
    bench.watch.wait(since)
    return wire.observed(calls.view(bench.client, live_id), bench.zone)


def by_code(item: Observed) -> tuple[int, str]:
    """Oldest first: `codigo` grows with every send (vendor's examples)."""
    return (cast("int", item.fields.get("codigo") or 0), item.id)
