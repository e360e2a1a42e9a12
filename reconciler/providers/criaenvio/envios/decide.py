"""Envios: what is decided about each, which are let go, and what guards them; never twice, never in the past. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.engine.audience import SENDS
from reconciler.engine.kind import Case, Decision, Kind, Orphan
from reconciler.engine.model import Action, Address, Call, Change, Delta, Finding, Severity
from reconciler.engine.review import refuse, rules_of
from reconciler.engine.scene import Scene
from reconciler.providers.criaenvio.envios import spacing
from reconciler.providers.criaenvio.envios.frequency import frequency
from reconciler.providers.criaenvio.envios.natural import natural, natural_live, prefer
from reconciler.providers.criaenvio.envios.parts import parts_of
from reconciler.providers.criaenvio.envios.question import answer
from reconciler.providers.criaenvio.envios.send import Send
from reconciler.providers.criaenvio.envios.transitions import TABLE, blocked
from reconciler.providers.criaenvio.envios.twins import without_twins
from reconciler.providers.criaenvio.mensagens.decide import STOPPED


def _decide(case: Case, scene: Scene) -> Iterator[Decision]:
    """Look the transition up. `Em criação` was read again while observing; what still is waits for the next plan."""
    send = Send(case, scene, parts_of(case, scene))
    live = str(case.observed.fields["estado"]) if case.observed else "none"
    wanted = str(case.declared.fields["estado"])
    if (live, wanted) != ("cancelado", "agendado"):  # there the other one may be what somebody put in its place
        yield from without_twins(case, scene)
    vanished = case.binding.id if case.binding and case.observed is None else ""
    if vanished and scene.open_intent(case.address) is None:
        yield case.block(
            None,
            f"the live envio {vanished} is not in the account any more",
            f"{answer(case.address, '--absent')}: schedule it again",
        )
    elif live == "em criação":
        different = wanted != "agendado" or send.parts.deltas or send.moved()
        yield from blocked("still being created by the vendor", "run it again in a minute")(send) if different else ()
    elif (live, wanted) not in TABLE:
        yield case.block(None, f"the live status {live!r} is not one that the vendor documents", "look at it yourself")
    elif send.start is not None or (live, wanted) != ("agendado", "agendado"):  # agora: what exists satisfies it
        yield from TABLE[live, wanted](send)


def _release(orphan: Orphan, scene: Scene) -> Iterator[Decision]:
    """`ao_remover: cancelar` while Agendado or Suspenso; one that is going out or being created is only told."""
    live = str(orphan.observed.fields["estado"])
    if orphan.policy != "cancelar":
        return
    yield from without_twins(orphan, scene)
    if live in ("agendado", "suspenso"):
        deltas = (Delta("estado", live, "cancelado"),)
        yield orphan.change(Action.CANCEL, "no longer declared", deltas=deltas, feeds=(STOPPED,))
    elif live == "em criação":
        yield orphan.block(Action.CANCEL, "no longer declared, still being created", "run it again in a minute")
    elif live == "enviando":
        summary = "no longer declared, but already going out: it is left to finish"
        remedy = "declare it with estado: cancelado to stop it now"
        yield Finding(Severity.WARNING, "too-late", summary, remedy=remedy, address=orphan.address)


def _guard(change: Change, scene: Scene) -> Iterator[Finding]:
    """The guards that know what an envio is."""
    if change.action in SENDS and change.audience is not None:
        yield from spacing.spacing(change, change.audience, scene)
        yield from frequency(change, change.audience, scene)
        yield from _way_out(change, scene)


def _way_out(change: Change, scene: Scene) -> Iterator[Finding]:
    """`exigir_descadastro`: whoever gets mail must be able to leave. The envio's rules win over its message's."""
    address = Address("mensagem", str(change.values["mensagem"]))
    if not rules_of(address, scene).overridden(scene.declared[change.address].rules).exigir_descadastro:
        return
    declared, observed = scene.declared[address], scene.match(address).observed
    live = observed.fields if observed else {}
    text = declared.fields.get("mensagem_descadastro", live.get("mensagem_descadastro"))
    if not text and not scene.terms.allows("exigir_descadastro", change.address):
        summary = f"{address} has no mensagem_descadastro: recipients are not told how to leave"
        yield refuse("exigir_descadastro", change, summary, f"write mensagem_descadastro on {address}")


KIND = Kind(
    name="envio",
    fields=(),
    natural=natural,
    natural_live=natural_live,
    former=lambda _declared, _scene: None,
    prefer=prefer,
    decide=_decide,
    release=_release,
    guard=_guard,
    over=lambda observed: observed.fields.get("estado") == "cancelado",
    calls={
        Action.SCHEDULE: (
            Call("GET", "/envios"),
            Call("POST", "/envios"),
            Call("GET", "/envios"),
            Call("GET", "/envios/{id}"),
        ),
        Action.RESCHEDULE: (Call("POST", "/envios/{id}/retomar"), Call("GET", "/envios/{id}")),
        Action.RESUME: (Call("POST", "/envios/{id}/retomar"), Call("GET", "/envios/{id}")),
        Action.PAUSE: (Call("GET", "/envios/{id}/pausar"), Call("GET", "/envios/{id}")),
        Action.CANCEL: (Call("GET", "/envios/{id}/cancelar"), Call("GET", "/envios/{id}")),
        Action.REPLACE: (
            Call("GET", "/envios/{id}/cancelar"),
            Call("GET", "/envios/{id}"),
            Call("POST", "/envios"),
            Call("GET", "/envios"),
            Call("GET", "/envios/{id}"),
        ),
    },
)
