"""What became of sends that an earlier run asked for and heard nothing of: read until it is certain."""

from __future__ import annotations

from reconciler.engine.executor import ChangeFailedError, Performed
from reconciler.engine.model import Intent
from reconciler.providers.criaenvio.bench import Bench
from reconciler.providers.criaenvio.envios.acts import alone
from reconciler.providers.criaenvio.envios.question import asked, lead, start_of
from reconciler.providers.criaenvio.envios.sought import Sought, settled_record


def recovered(bench: Bench, intent: Intent) -> Performed | None:
    """What the account shows for an open intent, once nothing can still arrive; None when it had no effect.

    Twins are cancelled, the oldest stays. Where it was to replace another send, and that one is cancelled, the address
    stands for nothing any more. Raises Failure, and ChangeFailedError when a twin can no longer be stopped, or only a
    person can say what became of the send.
    """
    if "mensagem" not in intent.evidence:
        bench.watch.wait(intent.at)  # a new date for a send that is there: the plan compares it
        return None
    sought = Sought.of(intent.evidence, start_of(intent, bench.zone), intent.address, bench.ids)
    found = sought.settled(bench, intent.at)
    old = intent.evidence.get("replaces")
    if found:
        made = alone(bench, found)
        return Performed(made.live_id, former=(old,) if old else (), detail=made.detail)
    if old and settled_record(bench, old, intent.at).fields["estado"] != "cancelado":
        return None  # the new one is only asked for once the old one is cancelled
    if not lead(sought.start, bench.watch.now(), bench.watch.quiet):
        raise ChangeFailedError(f"the account does not show it; {asked(intent.address)}")
    return Performed(None, former=(old,)) if old else None
