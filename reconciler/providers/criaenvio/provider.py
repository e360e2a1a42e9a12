"""The one list of kinds, in dependency order, and the two ways to the account: observe and perform."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from reconciler.engine.bond import Bond
from reconciler.engine.executor import (
    ChangeFailedError,
    Intend,
    Journal,
    OutcomeUnknownError,
    Performed,
    RunEndedError,
    follow,
)
from reconciler.engine.kind import Kind
from reconciler.engine.model import Action, Address, Binding, Change, Finding, Intent, Severity
from reconciler.engine.plan import Plan
from reconciler.engine.result import Exit
from reconciler.engine.scene import Live, Memory, Scene
from reconciler.providers.criaenvio.bench import Act, Bench, Look, Watch
from reconciler.providers.criaenvio.campos import acts as campo_acts
from reconciler.providers.criaenvio.campos import decide as campo
from reconciler.providers.criaenvio.campos import live as campo_live
from reconciler.providers.criaenvio.client import Client
from reconciler.providers.criaenvio.contatos import acts as contato_acts
from reconciler.providers.criaenvio.contatos import decide as contato
from reconciler.providers.criaenvio.contatos import live as contato_live
from reconciler.providers.criaenvio.envios import acts as envio_acts
from reconciler.providers.criaenvio.envios import decide as envio
from reconciler.providers.criaenvio.envios import live as envio_live
from reconciler.providers.criaenvio.envios import recover as envio_recover
from reconciler.providers.criaenvio.listas import acts as lista_acts
from reconciler.providers.criaenvio.listas import decide as lista
from reconciler.providers.criaenvio.listas import live as lista_live
from reconciler.providers.criaenvio.mensagens import acts as mensagem_acts
from reconciler.providers.criaenvio.mensagens import decide as mensagem
from reconciler.providers.criaenvio.mensagens import live as mensagem_live
from reconciler.providers.criaenvio.mensagens import recover as mensagem_recover
from reconciler.providers.criaenvio.remetentes import live as remetente_live
from reconciler.providers.criaenvio.survey import Survey
from reconciler.transport import CircuitOpen, Failure, OutcomeUnknown, Overloaded, WaitEndedError


@dataclass(frozen=True, slots=True)
class Room:
    """All that the program knows of one kind: what to decide, how to read it, how to change it."""

    observe: Callable[[Survey], None]
    kind: Kind | None = None
    acts: Mapping[Action, Act] = field(default_factory=dict)


ROOMS = (
    Room(campo_live.observe, campo.KIND, campo_acts.ACTS),
    Room(lista_live.observe, lista.KIND, lista_acts.ACTS),
    Room(contato_live.observe, contato.KIND, contato_acts.ACTS),
    Room(mensagem_live.observe, mensagem.KIND, mensagem_acts.ACTS),
    Room(remetente_live.observe),
    Room(envio_live.observe, envio.KIND, envio_acts.ACTS),
)
"""In dependency order: what is referred to before what refers."""

KINDS = tuple(room.kind for room in ROOMS if room.kind is not None)
PEOPLE = contato.KIND.name
"""The kind whose resources are many, and are compared as they are read."""
_ACTS = {room.kind.name: room.acts for room in ROOMS if room.kind is not None}


def observe(survey: Survey) -> Live:
    """Read what a plan of what is declared and remembered needs, and nothing for nobody. Raises Failure."""
    for room in ROOMS:
        room.observe(survey)
    return survey.live


@dataclass(frozen=True, slots=True)
class Performer:
    """Makes changes on the account; puts the transport's failures into the executor's words."""

    client: Client
    zone: ZoneInfo
    watch: Watch
    made: dict[Address, Any] = field(default_factory=dict)
    look: Look = lambda _: ()

    def __call__(self, changes: Sequence[Change], ids: Mapping[Address, str], intend: Intend) -> Sequence[Performed]:
        """One change, or all of one batch. Raises ChangeFailedError, OutcomeUnknownError or RunEndedError."""
        first = changes[0]
        if first.action is Action.ADOPT:
            return [Performed(change.live_id) for change in changes]
        try:
            return _ACTS[first.address.kind][first.action](
                Bench(self.client, self.zone, self.watch, ids, intend, self.made, self.look), changes
            )
        except (CircuitOpen, Overloaded) as failure:
            raise RunEndedError(Exit.LATER, _told(failure)) from failure
        except OutcomeUnknown as failure:
            raise OutcomeUnknownError(str(failure)) from failure
        except WaitEndedError as ended:
            told = "it may have been applied: the run was asked to end while it waited to find out"
            raise OutcomeUnknownError(told) from ended
        except Failure as failure:
            raise ChangeFailedError(_told(failure)) from failure


def _told(failure: Failure) -> str:
    """A failure in words. What may be repeated safely is not called unknown: the next plan sees what is left."""
    return f"{failure}; it may have been applied all the same: the next plan shows" if failure.unknown else str(failure)


def follow_ups(scene: Scene, plan: Plan, ids: Mapping[Address, str]) -> Iterator[Finding]:
    """Sends that this run left with an earlier version of their message, which nobody could know when it was planned.

    A message gets a new id when it was sent before; whether it was is read while planning, and may change until then.
    """
    touched = {change.address for change in plan.changes if change.address.kind == envio.KIND.name}
    for declared in scene.of_kind(envio.KIND.name):
        observed = scene.match(declared.address).observed
        now = ids.get(Address(mensagem.KIND.name, str(declared.fields["mensagem"])))
        if observed is None or declared.address in touched or observed.fields["estado"] not in ("agendado", "suspenso"):
            continue
        if now is not None and observed.fields["mensagem"] != now:
            summary = f"{declared.address} would still send the earlier text: its message has the new id {now}"
            remedy = "run plan and apply again: the send is then replaced"
            yield Finding(Severity.WARNING, "follow-up", summary, remedy=remedy, address=declared.address)


_RECOVERED: Mapping[str, Callable[[Bench, Intent], Performed | None]] = {
    mensagem.KIND.name: mensagem_recover.recovered,
    envio.KIND.name: envio_recover.recovered,
}
"""Kinds whose open calls have to be looked for. What the others made is found by its natural key when it is planned."""


def planned_by_itself(intent: Intent) -> bool:
    """Whether a plan sees what came of an open call as well as `recover` does: where it is sought by what it is."""
    return intent.address.kind == envio.KIND.name


def recover(bench: Bench, ledger: Recovering, intents: Iterable[Intent]) -> Iterator[Finding]:
    """Settle by reading what earlier runs left open in the ledger, and say what that was. Raises Failure.

    What cannot be settled stays open: the plan then blocks its address.
    """
    named = (item for kind in KINDS if not kind.private for _, item in ledger.bindings(kind.name))
    known_ids = {Address(item.kind, item.key): item.id for item in named if item.key and item.id}
    bench = replace(bench, ids=known_ids)
    for intent in intents:
        try:
            look = _RECOVERED.get(intent.address.kind)
            made = look(bench, intent) if look is not None else None
        except (ChangeFailedError, OutcomeUnknownError) as failed:
            summary = f"{intent.address}: an earlier run left it open, and it could not be settled: {failed}"
            yield Finding(Severity.WARNING, "recovery", summary, remedy="look at the account", address=intent.address)
            continue
        bench.watch.wait(intent.at)
        if made is not None:
            known = ledger.of(intent.address) or Binding(intent.address.kind, intent.address.key, "")
            ledger.bind(intent.address, follow(known, made))
        ledger.end(intent, "absent" if made is None else "confirmed", {})
        told = (
            "had no effect" if made is None or made.live_id is None else f"made {made.live_id}. {made.detail}".strip()
        )
        summary = f"{intent.address}: a call of an earlier run that was left open {told}"
        yield Finding(Severity.WARNING, "recovery", summary, address=intent.address)


class Recovering(Memory, Journal, Protocol):
    """A ledger that is read and written."""

    @property
    def announced(self) -> frozenset[bytes]:
        """The stamps of people who may have been created, and are not bound."""

    def bind_people(self, bonds: Iterable[Bond]) -> None:
        """Remember these people."""

    def withdraw_stamps(self, stamps: Iterable[bytes]) -> None:
        """These people were announced and not created."""


def recover_people(client: Client, ledger: Recovering, undeclared: Collection[bytes]) -> Iterator[Finding]:
    """Settle by reading whether an earlier run created these people, whom it announced and nothing declares any more.

    Those who are still declared need no search: a plan finds them by their e-mail. Raises Failure.
    """
    found = contato_live.of_stamps(client, ledger.stamp, undeclared)
    ledger.bind_people(found)
    ledger.withdraw_stamps(undeclared)
    summary = (
        f"{len(undeclared)} contatos that an earlier run may have created are not declared any more: "
        f"{len(found)} are there, and are ours"
    )
    yield Finding(Severity.WARNING, "recovery", summary)


def herded(change: Change) -> bool:
    """Whether the change is announced with many others: a contato, which the vendor knows apart by its e-mail."""
    return change.action is Action.CREATE and change.address.kind == PEOPLE


def sends(change: Change) -> bool:
    """Whether the change must be made alone: everything about envios is strictly one at a time."""
    return change.address.kind == envio.KIND.name
