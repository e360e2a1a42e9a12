"""`depois_de`: a send is held back until the checks that it comes after hold. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from reconciler.engine.check import Ruling, Verdict
from reconciler.engine.model import Action, Blocked, Finding
from reconciler.engine.waiting import Waiting
from reconciler.providers.criaenvio.envios.send import Send, warning

_SEND_ANYWAY = "take depois_de out to send all the same, or declare estado: cancelado"


def gates(send: Send) -> frozenset[str]:
    """The addresses of the checks that have to hold before `send` is scheduled or resumed.

    None for one that is scheduled already: it goes out in any case, and may be moved or replaced by what is declared.
    """
    observed = send.case.observed
    scheduled = observed is not None and observed.fields["estado"] == "agendado"
    return frozenset() if scheduled else _named(send)


def gate(send: Send, action: Action) -> Blocked | Waiting | None:
    """What keeps `send` from being scheduled or resumed now, if a check does.

    One that can still come to hold is waited for; of one that cannot a person has to decide.
    """
    closed = dict(_closed(send, gates(send)))
    if not closed:
        return None
    broken = [name for name, verdict in closed.items() if verdict is not None and verdict.ruling is Ruling.BROKEN]
    told = "; ".join(_told(name, closed[name]) for name in broken or closed)
    if broken:
        return send.case.block(action, told, _SEND_ANYWAY)
    audience = send.scene.crowd.audience(send.parts.lists, send.start)
    declared = send.case.declared
    return Waiting(declared.address, action, told, tuple(closed), audience, declared.place)


def no_longer(send: Send) -> Iterator[Finding]:
    """A word about every check that a send which is scheduled came after, and that does not hold any more."""
    for name, verdict in _closed(send, _named(send)):
        summary = f"stays scheduled, though {_told(name, verdict)}"
        yield warning(send, "depois-de", summary, "estado: pausado or cancelado stops it; else it goes out as it is")


def _named(send: Send) -> frozenset[str]:
    return cast("frozenset[str]", send.case.declared.fields.get("depois_de") or frozenset())


def _closed(send: Send, names: frozenset[str]) -> Iterator[tuple[str, Verdict | None]]:
    """The checks among `names` that do not hold; None for one that was not looked at."""
    verdicts = send.scene.terms.elsewhere.verdicts
    for name in sorted(names):
        verdict = verdicts.get(name)
        if verdict is None or not verdict.holds:
            yield name, verdict


def _told(name: str, verdict: Verdict | None) -> str:
    if verdict is None:
        return f"{name} was not looked at"
    return f"{name} {RULINGS[verdict.ruling]}: {verdict.reason}"


RULINGS = {
    Ruling.HOLDS: "holds",
    Ruling.NOT_YET: "does not hold yet",
    Ruling.NOT_FOUND: "does not hold yet",
    Ruling.NOT_READ: "could not be looked at",
    Ruling.BROKEN: "is broken",
}
"""What each ruling says of a check, as a sentence goes on."""
