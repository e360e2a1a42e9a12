"""Guards: what a plan may not do, however well it is meant, unless somebody says so. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from reconciler.engine.audience import SENDS
from reconciler.engine.model import Action, Address, Audience, Change, Finding, Severity
from reconciler.engine.rules import Rules
from reconciler.engine.scene import Scene, Terms


def review(changes: Iterable[Change], reached: int, scene: Scene) -> Iterator[Finding]:
    """The guards that refuse this plan. Each finding names rule, address and figure, and how to let it pass."""
    changes = tuple(changes)
    for change in changes:
        if change.audience is not None and change.action in SENDS:
            yield from _send(change, change.audience, rules_of(change.address, scene), scene.terms)
    yield from _reach(reached, scene.terms)
    for kind in sorted({change.address.kind for change in changes if change.action is Action.DEACTIVATE}):
        yield from _deactivations(kind, changes, scene)


def rules_of(address: Address, scene: Scene) -> Rules:
    """The rules that hold for one resource: the account's, with its own in their place."""
    declared = scene.declared.get(address)
    return scene.terms.rules.overridden(declared.rules) if declared else scene.terms.rules


def refuse(rule: str, change: Change, summary: str, remedy: str) -> Finding:
    """A guard's refusal of one change; `--allow` is always named as the way past it."""
    way = f"--allow {rule}={change.address}"
    return Finding(
        Severity.ERROR, rule, summary, remedy=f"{remedy}, or {way}", place=change.place, address=change.address
    )


def until(changes: Iterable[Change], scene: Scene) -> datetime | None:
    """Up to when lead time lets all of `changes` be applied, in the zone of the start; None if no time ends that."""
    ends = []
    for change in changes:
        start = change.audience.start if change.audience is not None and change.action in SENDS else None
        if start is not None:
            waived = scene.terms.allows("antecedencia_minima", change.address)
            lead = timedelta() if waived else rules_of(change.address, scene).antecedencia_minima
            ends.append((start.astimezone(UTC) - lead).astimezone(start.tzinfo))
    return min(ends, default=None)


def _send(change: Change, audience: Audience, rules: Rules, terms: Terms) -> Iterator[Finding]:
    """Guards of one send: lead time, window, head-count."""
    if audience.start is None:
        if not (rules.permitir_agora or terms.allows("agora", change.address)):
            yield refuse("agora", change, "goes out the moment it is applied: no lead time protects it", "set a start")
    else:
        # In UTC: of two times in one zone Python subtracts what the clocks show, as if they were never changed.
        lead = audience.start.astimezone(UTC) - terms.now
        if lead < rules.antecedencia_minima and not terms.allows("antecedencia_minima", change.address):
            minutes, least = int(lead.total_seconds() // 60), int(rules.antecedencia_minima.total_seconds() // 60)
            summary = f"starts in {minutes} min; at least {least} min are asked for (antecedencia_minima)"
            yield refuse("antecedencia_minima", change, summary, "move data_de_inicio")
    yield from _window(change, audience, rules, terms)
    limit = rules.max_destinatarios
    if limit is not None and audience.people > limit and not terms.allows("max_destinatarios", change.address):
        summary = f"would reach {audience.people} people; at most {limit} are allowed (max_destinatarios)"
        yield refuse("max_destinatarios", change, summary, "choose other lists or raise the rule")


def _window(change: Change, audience: Audience, rules: Rules, terms: Terms) -> Iterator[Finding]:
    """The days and hours in which a send may start, in the account's own time."""
    window = rules.janela_de_envio
    if window is None or terms.allows("janela_de_envio", change.address):
        return
    start = audience.start or terms.now
    local = start.time().replace(second=0, microsecond=0)
    if start.isoweekday() not in window.days or not window.opens <= local <= window.closes:
        summary = f"starts {start:%a %d/%m %H:%M}, outside janela_de_envio ({window.opens:%H:%M}–{window.closes:%H:%M})"
        yield refuse("janela_de_envio", change, summary, "move data_de_inicio")


def _reach(reached: int, terms: Terms) -> Iterator[Finding]:
    """The whole plan's head-count."""
    limit = terms.rules.max_destinatarios_do_plano
    if limit is not None and reached > limit and "max_destinatarios=plano" not in terms.allow:
        yield Finding(
            Severity.ERROR,
            "max_destinatarios",
            f"the plan would reach {reached} people; at most {limit} are allowed (max_destinatarios.por_plano)",
            remedy="split the plan, raise the rule, or --allow max_destinatarios=plano",
        )


def _deactivations(kind: str, changes: Iterable[Change], scene: Scene) -> Iterator[Finding]:
    """How much of a kind one plan may deactivate."""
    count = sum(1 for change in changes if change.address.kind == kind and change.action is Action.DEACTIVATE)
    share, least = scene.terms.rules.max_desativacoes
    total = scene.live.totals.get(kind, len(scene.live.of(kind)))
    limit = max(least, int(share * total))
    if count > limit and f"max_desativacoes={kind}" not in scene.terms.allow:
        yield Finding(
            Severity.ERROR,
            "max_desativacoes",
            f"would deactivate {count} of {total} live objects of kind {kind}; at most {limit} are allowed in one plan",
            reason="a section that was lost or a file that is no longer read looks just like this",
            remedy=f"check that no file is missing, or --allow max_desativacoes={kind}",
        )
