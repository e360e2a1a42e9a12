"""One declared envio with all that a decision about it may look at, and what keeps it from being sent. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from reconciler.engine.kind import Case
from reconciler.engine.model import Action, Address, Blocked, Call, Change, Delta, Finding, Observed, Severity
from reconciler.engine.review import rules_of
from reconciler.engine.scene import Scene
from reconciler.providers.criaenvio.contatos.decide import RELEASED, group
from reconciler.providers.criaenvio.envios import spacing
from reconciler.providers.criaenvio.envios.natural import NOW, OPEN, message_of
from reconciler.providers.criaenvio.envios.parts import Parts
from reconciler.providers.criaenvio.mensagens.decide import content


@dataclass(frozen=True, slots=True)
class Send:
    """One declared envio with all that its transition may look at."""

    case: Case
    scene: Scene
    parts: Parts

    @property
    def start(self) -> datetime | None:
        """The declared start; None for `agora`."""
        value = self.case.declared.fields["data_de_inicio"]
        return value if isinstance(value, datetime) else None

    @property
    def live_start(self) -> datetime | None:
        """The live start, to the minute."""
        value = self.case.observed.fields.get("data_de_inicio") if self.case.observed else None
        return value.replace(second=0, microsecond=0) if isinstance(value, datetime) else None

    @property
    def passed(self) -> bool:
        """Whether the declared start is not in the future."""
        return self.start is not None and self.start <= self.scene.terms.now

    def moved(self) -> tuple[Delta, ...]:
        """The start, if it differs. A send of `agora` that ever existed is satisfied, whenever it started."""
        if self.start is None or self.start == self.live_start:
            return ()
        return (Delta("data_de_inicio", self.live_start, self.start),)


def obstacle(send: Send, action: Action) -> Blocked | None:
    """Why this send may not be scheduled, moved or resumed now, if there is a reason."""
    if send.scene.terms.no_sends:
        return send.case.block(action, send.scene.terms.no_sends, "set the clock that is wrong, then run again")
    if send.passed:
        reason = "the start has passed; nothing is sent"
        return send.case.block(action, reason, "move data_de_inicio to the future, or estado: cancelado")
    unseen = spacing.unseen(send.case.address, send.scene)
    if unseen:
        reason = f"{spacing.RULE} cannot be checked: {unseen}"
        return send.case.block(action, reason, f"run it again, or --allow {spacing.RULE}={send.case.address}")
    problem = send.parts.problem
    return send.case.block(action, *problem) if problem else _nobody(send, action)


def _nobody(send: Send, action: Action) -> Blocked | None:
    """A send must reach somebody, and every list of it must be active and not empty."""
    for key in send.parts.lists:
        declared = send.scene.declared[Address("lista", key)]
        observed = send.scene.match(declared.address).observed
        active = declared.fields.get("ativo", observed.fields.get("ativo") if observed else True)
        if not active:
            return send.case.block(action, f"lista.{key} is inactive", f"ativo: true on lista.{key}, or another list")
        people = send.scene.crowd.of([key]).people
        if people == 0:
            return send.case.block(action, f"lista.{key} is empty", "subscribe contacts to it, or choose another list")
    if send.scene.crowd.of(send.parts.lists).people is None:
        reason = "the account does not say how many people the lists reach"
        return send.case.block(action, reason, "try again; the guards cannot count without it")
    return None


def complete(send: Send, change: Change, checks: Collection[str]) -> Change:
    """What every sending change has: all values, the audience, and what must be done before.

    `checks` are those that have to hold still when it is made.
    """
    keys = send.parts.lists
    start: datetime | str = send.start or NOW
    values = {
        "mensagem": send.parts.message,
        "listas": frozenset(keys),
        "data_de_inicio": start,
        **({"remetente": send.parts.sender} if send.parts.sender is not None else {}),
    }
    needs = (*send.parts.needs, *(group(key) for key in keys), RELEASED)
    audience = send.scene.crowd.audience(keys, send.start)
    expects = _expectations(send)
    if checks:
        expects[CHECKS] = ",".join(sorted(checks))
    if change.live_id is not None and send.case.observed is not None:
        expects[ITSELF] = shown(send.case.observed)
    read = [Call("GET", path) for name, path in _READ_AGAIN.items() if name in expects]
    calls = (Call("GET", "/grupos"), *read, *send.scene.terms.elsewhere.again(checks), *change.calls)
    return replace(
        change, values=values, needs=needs, audience=audience, irreversible=True, expects=expects, calls=calls
    )


MESSAGE, ITSELF, BESIDE, TOLERANCE, LEAD = "mensagem", "envio", "ao lado", "tolerancia", "antecedencia"
CHECKS = "verificacoes"
_READ_AGAIN = {MESSAGE: "/mensagens/{id}", ITSELF: "/envios/{id}"}


def shown(observed: Observed) -> str:
    """What somebody may make of a live send meanwhile: they may pause it, cancel it, move it."""
    start = observed.fields.get("data_de_inicio")
    return f"{observed.fields['estado']} for {f'{start:%d/%m/%Y %H:%M}' if isinstance(start, datetime) else start}"


def _expectations(send: Send) -> dict[str, str]:
    """What is looked at again right before the send: each list's people, what the message says, how far its start is.

    A message that this plan writes is read back when it is written, and not once more.
    """
    counted = {key: send.scene.crowd.counted(key) for key in send.parts.lists}
    expects = {f"lista.{key}": str(count) for key, count in counted.items() if count is not None}
    expects[TOLERANCE] = str(rules_of(send.case.address, send.scene).tolerancia_de_publico)
    expects[LEAD] = str(_least_lead(send).total_seconds())
    expects[BESIDE] = ",".join(sorted(item.id for item in send.scene.live.of("envio")))
    address = Address("mensagem", send.parts.message)
    written = any(send.scene.planned(address, action) for action in (Action.CREATE, Action.UPDATE))
    observed = send.scene.match(address).observed
    if observed is not None and not written:
        expects[MESSAGE] = content(observed.fields)
    return expects


def _least_lead(send: Send) -> timedelta:
    """How far the start has to be when the call is made: enough for reading to settle it, twice, and no more.

    A long apply may use up what antecedencia_minima asked for when it was planned. Nothing where that was waived.
    """
    terms, rules = send.scene.terms, rules_of(send.case.address, send.scene)
    if terms.allows("antecedencia_minima", send.case.address):
        return timedelta()
    return min(rules.antecedencia_minima, 2 * terms.quiet)


def look_alikes(send: Send) -> Iterator[Finding]:
    """Open live sends of the same message to the same lists at another start: perhaps this one, before it was moved."""
    owned = {found.observed.id for found in send.scene.matches.values() if found.observed is not None}
    message, lists = send.parts.message, frozenset(send.scene.reference("lista", key).id for key in send.parts.lists)
    for item in send.scene.live.of("envio"):
        alike = item.fields.get("listas") == lists and message_of(item, send.scene) == message
        if alike and item.id not in owned and item.fields["estado"] in OPEN:
            summary = f"the account has {item.id}, of the same message to the same lists, at another start"
            remedy = f"if it is this send, pin it with id: {item.id}; else both will go out"
            yield warning(send, "look-alike", summary, remedy)


def warning(send: Send, rule: str, summary: str, remedy: str) -> Finding:
    """Something about this send that only has to be told."""
    declared = send.case.declared
    return Finding(Severity.WARNING, rule, summary, remedy=remedy, place=declared.place, address=declared.address)
