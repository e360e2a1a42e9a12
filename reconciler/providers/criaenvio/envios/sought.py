"""Finding a send again by what it is: how the outcome of a POST is settled by reading, and twins are seen."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from reconciler.engine.model import Address, Observed, Value
from reconciler.providers.criaenvio.bench import Bench
from reconciler.providers.criaenvio.client import rows
from reconciler.providers.criaenvio.envios import calls, wire
from reconciler.providers.criaenvio.envios.calls import OPEN_CODES
from reconciler.providers.criaenvio.envios.natural import by_code

_STARTED = (*OPEN_CODES, "2")
"""With Concluído, which a send can be once it may have begun; never Cancelado."""
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
        return self.among(bench, self.listed(bench))

    def among(self, bench: Bench, listed: Iterable[Observed]) -> list[Observed]:
        """The same of sends that were listed already: one call for each likely."""
        return self._to_the_lists(bench, self.likely(listed))

    def likely(self, listed: Iterable[Observed]) -> list[Observed]:
        """Of sends that were listed, those that may be this one: their lists decide."""
        return [item for item in listed if self._may_be(item)]

    def around(self, bench: Bench, known: Container[str]) -> tuple[list[Observed], list[Observed]]:
        """Those that are alike, and such as differ in their start alone and are not `known` (ids): the same calls."""
        found = self.listed(bench)
        near = (item for item in found if self._may_go(item) and not self._may_be(item) and item.id not in known)
        return self.among(bench, found), self._to_the_lists(bench, near)

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

    def listed(self, bench: Bench) -> list[Observed]:
        """All sends that may be this one by their status: one call a page."""
        begun = self.start is None or self.start <= bench.watch.now() + timedelta(minutes=1)
        status = _STARTED if begun else OPEN_CODES
        listed = rows(lambda page: calls.search(bench.client, page=page, status=status))
        return [wire.observed(row, bench.zone) for row in listed]

    def _to_the_lists(self, bench: Bench, likely: Iterable[Observed]) -> list[Observed]:
        whole = [wire.observed(calls.view(bench.client, item.id, embeds=("listas",)), bench.zone) for item in likely]
        return sorted((item for item in whole if item.fields.get("listas") == self.lists), key=by_code)

    def _may_go(self, item: Observed) -> bool:
        alive = item.fields["estado"] != "cancelado" and item.id not in self.others
        return item.fields["mensagem"] == self.message and alive

    def _may_be(self, item: Observed) -> bool:
        return self._may_go(item) and (self.start is None or item.fields["data_de_inicio"] == self.start)


def settled_record(bench: Bench, live_id: str, since: datetime) -> Observed:
    """One live send, once nothing that was asked of it at `since` can still arrive."""
    bench.watch.wait(since)
    return wire.observed(calls.view(bench.client, live_id), bench.zone)
