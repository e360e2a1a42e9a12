"""The first line of a report, in Portuguese: what it means in people and time. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.engine.model import Action, Audience, Status
from reconciler.engine.plan import Plan
from reconciler.engine.result import Exit, Result
from reconciler.report.view import View
from reconciler.report.words import brief_moment, count, number

_CANCELS = frozenset({Action.CANCEL, Action.CANCEL_TWINS})


def plan_headline(plan: Plan, view: View) -> str:
    """`2 envios para 51.314 pessoas; o primeiro qui 26/11 18:00`, or how many changes; and what holds them up."""
    audiences = [change.audience for change in plan.changes if change.audience]
    parts = list(_sends(audiences, plan.reached, view) or _changes(plan))
    cancelled = sum(1 for change in plan.changes if change.action in _CANCELS)
    if cancelled:
        parts.append(f"{count(cancelled, 'envio')} a cancelar")
    if plan.waiting:
        parts.append(f"{count(len(plan.waiting), 'envio')} à espera")
    if plan.refusals:
        parts.append(f"recusado por {count(len(plan.refusals), 'regra')}")
    if plan.blocked:
        parts.append(count(len(plan.blocked), "item bloqueado", "itens bloqueados"))
    return "; ".join(parts)


def _sends(audiences: Sequence[Audience], reached: tuple[int, bool], view: View) -> tuple[str, ...]:
    """How many sends, for how many people (`reached`: counted once, and whether exactly), and when the first goes."""
    if not audiences:
        return ()
    people, exact = reached
    messages = sum(audience.people for audience in audiences)
    who = f"{'' if exact else 'até '}{count(people, 'pessoa')}"
    if messages != people:
        bound = "" if all(audience.exact for audience in audiences) else "até "
        who += f" ({bound}{count(messages, 'mensagem', 'mensagens')})"
    starts = [audience.start for audience in audiences]
    when = brief_moment(None if None in starts else min(start for start in starts if start), view)
    return (f"{count(len(audiences), 'envio')} para {who}", f"{'sai' if len(audiences) == 1 else 'o primeiro'} {when}")


def _changes(plan: Plan) -> tuple[str, ...]:
    others = len(plan.steps)
    adopted = len(plan.changes) - others + plan.adopted
    found = (f"{count(adopted, 'objeto')} a adotar",) if adopted else ()
    if others:
        return ("nenhum envio", count(others, "mudança"), *found)
    return ("nada a mudar", *found)


_ENDS = {
    Exit.INTERRUPTED: "interrompido",
    Exit.TERMINATED: "encerrado (SIGTERM)",
    Exit.LATER: "parou antes do fim, pode continuar mais tarde",
    Exit.DIFFERS: "nada foi feito, o plano não é o que foi revisado",
}


def result_headline(result: Result, view: View) -> str:
    """What was done and what was not: `feito em parte: 9 de 12 mudanças; 1 envio para 300 pessoas; …; 3 falharam`."""
    parts = [_verdict(result), *_sends(*standing(result), view), *_not_done(result)]
    if result.plan.waiting:
        parts.append(f"{count(len(result.plan.waiting), 'envio')} à espera")
    if result.plan.blocked:
        parts.append(count(len(result.plan.blocked), "item bloqueado", "itens bloqueados"))
    return "; ".join(parts)


def _verdict(result: Result) -> str:
    total, done = len(result.outcomes), result.count(Status.DONE)
    made = f": {number(done)} de {count(total, 'mudança')}" if total else ""
    if result.count(Status.UNKNOWN):
        return f"resultado desconhecido{made}"
    if result.ended is not None:
        return f"{_ENDS.get(result.ended[0], 'parou antes do fim')}{made}"
    if not total:
        return f"nada a mudar; {_adopted(result.adopted)}" if result.adopted else "nada a mudar"
    if done == total:
        return f"tudo feito: {count(total, 'mudança')}"
    return f"feito em parte{made}" if done else f"nada foi feito{made}"


def _adopted(people: int) -> str:
    return count(people, "pessoa adotada", "pessoas adotadas")


def standing(result: Result) -> tuple[list[Audience], tuple[int, bool]]:
    """The sends that were made, and whom they reach.

    People are counted once only where the plan's own count is about just these sends.
    """
    done = (outcome.change.audience for outcome in result.outcomes if outcome.status is Status.DONE)
    audiences = [audience for audience in done if audience]
    if len(audiences) == result.plan.summary.sends:
        return audiences, result.plan.reached
    return audiences, (sum(each.people for each in audiences), len(audiences) == 1 and audiences[0].exact)


def _not_done(result: Result) -> tuple[str, ...]:
    words = (
        (Status.UNKNOWN, "sem resposta certa", "sem resposta certa"),
        (Status.FAILED, "falhou", "falharam"),
        (Status.SKIPPED, "ficou à espera", "ficaram à espera"),
        (Status.PENDING, "não foi alcançada", "não foram alcançadas"),
    )
    found = ((result.count(status), one, many) for status, one, many in words)
    return tuple(count(times, one, many) for times, one, many in found if times)
