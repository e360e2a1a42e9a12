"""Which live sends are ours, as far as ledger and account tell, and which nobody can tell."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from reconciler.engine.model import Address, Observed
from reconciler.engine.scene import Memory
from reconciler.providers.criaenvio.bench import Bench
from reconciler.providers.criaenvio.client import rows
from reconciler.providers.criaenvio.envios import calls, wire
from reconciler.providers.criaenvio.envios.calls import OPEN_CODES
from reconciler.providers.criaenvio.envios.natural import by_code
from reconciler.providers.criaenvio.envios.question import start_of
from reconciler.providers.criaenvio.envios.sought import Sought


def ours(bench: Bench, memory: Memory) -> Mapping[str, Address]:
    """The live sends that the ledger knows, and those that calls without an outcome have made: id → address.

    Nothing is waited for: what such a call makes later is not among them. Raises the transport's Failure.
    """
    bound = [binding for _, binding in memory.bindings("envio") if binding.id]
    known = {binding.id: Address(binding.kind, binding.key or "") for binding in bound}
    ids = {address: live_id for live_id, address in known.items()}
    for intent in memory.open_intents():
        if intent.address.kind == "envio" and "mensagem" in intent.evidence:
            sought = Sought.of(intent.evidence, start_of(intent, bench.zone), intent.address, ids)
            known |= {item.id: intent.address for item in sought.alike(bench)}
    return known


def others(bench: Bench, known: Collection[str]) -> tuple[Observed, ...]:
    """Live sends that may still reach people, beside the `known` (ids), oldest first. Raises Failure."""
    listed = rows(lambda page: calls.search(bench.client, page=page, status=OPEN_CODES))
    found = (wire.observed(row, bench.zone) for row in listed)
    return tuple(sorted((item for item in found if item.id not in known), key=by_code))
