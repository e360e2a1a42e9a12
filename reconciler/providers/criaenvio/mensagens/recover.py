"""What became of a message that an earlier run edited and heard nothing of: the server may have given it a new id."""

from __future__ import annotations

from reconciler.engine.diff import fingerprint
from reconciler.engine.executor import Performed
from reconciler.engine.model import Intent, Observed
from reconciler.providers.criaenvio.bench import Bench
from reconciler.providers.criaenvio.client import rows
from reconciler.providers.criaenvio.mensagens import calls, wire
from reconciler.providers.criaenvio.mensagens.decide import contador, newest
from reconciler.transport import NotFound


def edited(live_id: str, nome: object) -> dict[str, str]:
    """What finds the effect of an edit again: the id before it, and a hash of the name after it."""
    return {"mensagem": live_id, "nome": fingerprint(str(nome))}


def recovered(bench: Bench, intent: Intent) -> Performed | None:
    """The version that an open edit made, once nothing can still arrive; None when it made no new object.

    An edit of a message that was sent before leaves the old one and makes another (reference, PUT /mensagens/{id}):
    the newest later one of its name is it, whatever its text, which the plan compares. Creates, and edits in place, the
    plan sees by itself. Raises Failure.
    """
    bench.watch.wait(intent.at)
    old, nome = intent.evidence.get("mensagem"), intent.evidence.get("nome")
    if old is None or nome is None:
        return None
    try:
        before = wire.observed(calls.view(bench.client, old))
    except NotFound:
        return None
    others = {live_id for address, live_id in bench.ids.items() if address != intent.address}
    later = [
        item
        for item in _alike(bench, before, nome)
        if fingerprint(item.fields["nome"]) == nome and contador(item) > contador(before) and item.id not in others
    ]
    made = newest(later)
    return Performed(made.id, former=(old,)) if made is not None else None


def _alike(bench: Bench, before: Observed, nome: str) -> list[Observed]:
    """The messages among which it must be: those of the same name, or all where the edit changed the name as well."""
    same = before.fields["nome"] if fingerprint(before.fields["nome"]) == nome else None
    found = rows(lambda page: calls.search(bench.client, page=page, nome=None if same is None else str(same)))
    return [wire.observed(row) for row in found]
