"""Live sends that are the very same as one that an address stands for, and stand for nothing themselves. Pure.

A request that was given up may be applied long after, when another one has been made in its place and was confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from reconciler.engine.kind import Case, Orphan
from reconciler.engine.model import Action, Call, Change, Delta, Observed, Value
from reconciler.engine.scene import Scene
from reconciler.providers.criaenvio.envios.natural import OPEN, by_code, family, taken
from reconciler.providers.criaenvio.mensagens.decide import STOPPED

TWINS = "envios"
"""The value of a change that holds the ids of the twins."""
_EACH = (Call("GET", "/envios/{id}/cancelar"), Call("GET", "/envios/{id}"))


@dataclass(frozen=True, slots=True)
class Likeness:
    """By what the twins of one live send are known before their lists are read: message ids, and starts.

    Its own start, and the one that it is about to be moved to.
    """

    id: str
    messages: frozenset[str]
    starts: frozenset[Value]

    @classmethod
    def of(cls, own: Observed, messages: frozenset[str], declared: Value = None) -> Likeness:
        """`messages` are the ids that its message has or had; `declared` is the declared start."""
        starts = (_minute(own.fields.get("data_de_inicio")), declared)
        return cls(own.id, messages, frozenset(start for start in starts if isinstance(start, datetime)))

    def among(self, others: Iterable[Observed]) -> Iterator[Observed]:
        """Those of `others` that may be its twins, and may still reach people."""
        for item in others:
            known = item.fields["mensagem"] in self.messages and item.fields["estado"] in OPEN
            if known and item.id != self.id and _minute(item.fields.get("data_de_inicio")) in self.starts:
                yield item


def twins(of: Case | Orphan, scene: Scene) -> list[Observed]:
    """The twins of the live send of `of`, oldest first; none while a call for it has no outcome, which decides first.

    Of an undeclared send's message only the present id is known.
    """
    own, declared = of.observed, scene.declared.get(of.address)
    if own is None or scene.open_intent(of.address) is not None:
        return []
    messages = family(own.fields["mensagem"], scene.of_kind("mensagem"), scene.live, scene.memory)
    start = declared.fields["data_de_inicio"] if declared else None
    likely = list(Likeness.of(own, messages, start).among(scene.live.of("envio")))
    if not likely:
        return []
    known = taken(scene)
    lists = own.fields.get("listas")
    alike = (item for item in likely if lists is not None and item.fields.get("listas") == lists)
    return sorted((item for item in alike if item.id not in known), key=by_code)


def without_twins(of: Case | Orphan, scene: Scene) -> Iterator[Change]:
    """Cancel what would mail people twice, or although the send that it is the same as is cancelled or paused."""
    found = twins(of, scene)
    if not found or of.observed is None:
        return
    reason = f"the same send as {of.observed.id} is live again and would mail the same people"
    deltas = tuple(Delta(f"{TWINS}.{item.id}", item.fields["estado"], "cancelado") for item in found)
    values: dict[str, Value] = {TWINS: frozenset(item.id for item in found)}
    calls = _EACH * len(found)
    yield of.change(Action.CANCEL_TWINS, reason, deltas=deltas, values=values, calls=calls, feeds=(STOPPED,))


def _minute(start: Value) -> Value:
    return start.replace(second=0, microsecond=0) if isinstance(start, datetime) else start
