"""What a rehearsal has to show, looked at one by one: each function says what did not hold. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeAlias

from reconciler.engine.model import Action, Address, Change, Finding, Outcome, Severity, Status
from reconciler.engine.plan import Plan, canonical
from reconciler.providers.criaenvio.envios.twins import TWINS

SECTIONS: Final = {
    "campos": "campo",
    "listas": "lista",
    "contatos": "contato",
    "mensagens": "mensagem",
    "envios": "envio",
    "remetentes": "remetente",
}
"""Section of an account's state → our kind."""
_MOST: Final = 20
"""So many things are named of what did not hold in one way; the others are counted."""
_BY_TIME: Final = ("status", "data_de_termino", "total_de_contatos", "total_enviado")
"""What time alone changes of an envio that is to start, or goes out."""
_MOVING: Final = frozenset({"Agendado", "Em criação", "Enviando"})
_STOPS: Final = frozenset({Action.CANCEL, Action.PAUSE, Action.CANCEL_TWINS})

State: TypeAlias = Mapping[str, Mapping[str, bytes]]
"""Everything in an account: records as JSON by id, by section. There are many contatos, and as bytes they are small."""


@dataclass(frozen=True, slots=True)
class Mailed:
    """One e-mail that left: of which envio and message, to which contact (ids), and when."""

    envio: str
    mensagem: str
    contato: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rehearsal left behind: the plan as it was made there, what came of it, the account before and after.

    `began` and `ended` are when the plan was applied; `mail` is what had gone out once every start had passed.
    """

    plan: Plan
    outcomes: Sequence[Outcome]
    before: State
    after: State
    mail: Sequence[Mailed]
    began: datetime
    ended: datetime
    ids: Mapping[Address, str] = field(default_factory=dict)


def fault(rule: str, summary: str, reason: str = "", address: Address | None = None) -> Finding:
    """Something that did not hold."""
    return Finding(Severity.ERROR, rule, summary, reason, address=address)


def few(found: Iterable[Finding], rule: str, what: str) -> Iterator[Finding]:
    """The first of many findings, and how many more of `what` there are."""
    left = 0
    for place, item in enumerate(found):
        if place < _MOST:
            yield item
        else:
            left += 1
    if left:
        yield fault(rule, f"and {left} more {what}")


def alike(plan: Plan, copy: Plan) -> Iterator[Finding]:
    """The copy of the account is planned as the account is: else nothing that is seen on it says much."""
    steps, others = _steps(plan), _steps(copy)
    found = (
        fault("copy", f"{action} is planned otherwise on the copy of the account", address=address)
        for address, action in sorted(steps.keys() | others.keys())
        if steps.get((address, action)) != others.get((address, action))
    )
    yield from few(found, "copy", "changes")
    held = sorted(_held(plan) ^ _held(copy))
    otherwise = (fault("copy", f"either on the account or on its copy alone {what}", address=who) for what, who in held)
    yield from few(otherwise, "copy", "items")
    if plan.reached != copy.reached:
        yield fault("copy", f"the plan reaches {plan.reached[0]} people, on the copy {copy.reached[0]}")


def _held(plan: Plan) -> set[tuple[str, Address]]:
    """What is blocked, waits, or is refused."""
    blocked = {(f"{item.action or 'it'} is blocked", item.address) for item in plan.blocked}
    waiting = {(f"{item.action} waits", item.address) for item in plan.waiting}
    refused = {(f"{item.rule} refuses", item.address or Address("", "")) for item in plan.refusals}
    return blocked | waiting | refused


def _steps(plan: Plan) -> dict[tuple[Address, Action], str]:
    return {(change.address, change.action): json.dumps(canonical(change), sort_keys=True) for change in plan.steps}


def failed(outcomes: Iterable[Outcome]) -> Iterator[Finding]:
    """Every change was made."""
    found = (
        fault("failed", f"{item.change.action} {item.status}", item.detail, item.change.address)
        for item in outcomes
        if item.status is not Status.DONE
    )
    yield from few(found, "failed", "changes that were not made")


def unfinished(second: Plan) -> Iterator[Finding]:
    """The plan that is made afterwards has nothing to do."""
    found = (
        fault("not-converged", f"planned again, it would still {change.action}", change.reason, change.address)
        for change in second.changes
    )
    yield from few(found, "not-converged", "changes")
    if second.adopted:
        yield fault("not-converged", f"planned again, it would still adopt {second.adopted} contatos")


def touched(facts: Facts) -> Iterator[Finding]:
    """Nothing changed, came or went that the plan does not name."""
    yield from few(_touched(facts), "touched", "objects")


def compared(facts: Facts) -> int:
    """How many objects are there that the plan has nothing to do with."""
    ours = _ours(facts)
    ids = ((kind, live_id) for section, kind in SECTIONS.items() for live_id in facts.before[section])
    return sum(1 for each in ids if each not in ours)


def _touched(facts: Facts) -> Iterator[Finding]:
    ours, settle = _ours(facts), _settled(facts)
    for section, kind in SECTIONS.items():
        before, after = facts.before[section], facts.after[section]
        for live_id in sorted(before.keys() | after.keys()):
            if (kind, live_id) in ours:
                continue
            was, now = before.get(live_id), after.get(live_id)
            if was is None or now is None:
                what = "came" if was is None else "went"
                yield fault("touched", f"{kind} {live_id} {what}, and the plan does not say so")
            elif was != now and (found := _differing(settle(kind, json.loads(was)), settle(kind, json.loads(now)))):
                yield fault("touched", f"{kind} {live_id} is not part of the plan, and changed: {', '.join(found)}")


def _ours(facts: Facts) -> frozenset[tuple[str, str]]:
    """The live objects that the plan says it changes or makes, by kind and id."""
    found: set[tuple[str, str]] = set()
    for outcome in facts.outcomes:
        change = outcome.change
        ids = {change.live_id, outcome.live_id, facts.ids.get(change.address)}
        twins = change.values.get(TWINS) if change.action is Action.CANCEL_TWINS else None
        ids |= set(twins) if isinstance(twins, frozenset) else set()
        found |= {(change.address.kind, live_id) for live_id in ids if live_id}
    return frozenset(found)


def _settled(facts: Facts) -> Callable[[str, Mapping[str, Any]], dict[str, Any]]:
    """A record without what follows from the plan, or from the time that passed, and is no change of its own."""
    gone = {
        outcome.change.live_id
        for outcome in facts.outcomes
        if outcome.change.action is Action.DELETE and outcome.change.address.kind == "campo"
    }
    sent = {record["mensagem"] for record in map(json.loads, facts.after["envios"].values())}

    def settle(kind: str, record: Mapping[str, Any]) -> dict[str, Any]:
        found = dict(record)
        if kind == "contato" and gone:  # with a campo goes every contact's value of it
            found["campos"] = {name: text for name, text in found["campos"].items() if name not in gone}
        elif kind == "mensagem" and record["id"] in sent:
            found.pop("ja_enviada")
        elif kind == "envio" and _moves(facts, record):
            found = {name: value for name, value in found.items() if name not in _BY_TIME}
        return found

    return settle


def _moves(facts: Facts, record: Mapping[str, Any]) -> bool:
    """Whether time alone may have changed an envio until the plan had been applied."""
    known = facts.before["envios"].get(record["id"])
    was = record if known is None else json.loads(known)
    due = datetime.fromisoformat(was["data_de_inicio"]) <= facts.ended
    return was["status"] in _MOVING and (due or was["status"] != "Agendado")


def _differing(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in was.keys() | now.keys() if was.get(name) != now.get(name))


def mailed(facts: Facts) -> Iterator[Finding]:
    """Every send went out as declared, to whom it was to reach, nobody twice; what was stopped did not."""
    counted = Counter(item.envio for item in facts.mail)
    for outcome in facts.outcomes:
        change = outcome.change
        if outcome.status is not Status.DONE:
            continue
        if change.audience is not None and outcome.live_id:
            yield from _sent(change, counted[outcome.live_id], outcome.live_id, facts)
        elif change.action in _STOPS:
            yield from _stopped(change, facts)
    yield from few(_twice(facts), "mailed-twice", "envios")


def _sent(change: Change, people: int, live_id: str, facts: Facts) -> Iterator[Finding]:
    audience = change.audience
    if audience is None:
        return
    if people != audience.people and (audience.exact or people > audience.people):
        told = f"was to reach {'' if audience.exact else 'at most '}{audience.people} people, and reached {people}"
        yield fault("audience", told, address=change.address)
    first = min((item.at for item in facts.mail if item.envio == live_id), default=None)
    if first is not None and audience.start is not None and first < audience.start:
        local = first.astimezone(audience.start.tzinfo)
        told = f"was to start at {audience.start.isoformat()}, and started at {local.isoformat()}"
        yield fault("too-early", told, address=change.address)


def _stopped(change: Change, facts: Facts) -> Iterator[Finding]:
    twins = change.values.get(TWINS) if change.action is Action.CANCEL_TWINS else None
    ids = set(twins) if isinstance(twins, frozenset) else {change.live_id}
    late = sum(1 for item in facts.mail if item.envio in ids and item.at > facts.ended)
    if late:
        yield fault("not-stopped", f"was to be stopped, and reached {late} people afterwards", address=change.address)


def _twice(facts: Facts) -> Iterator[Finding]:
    """Two envios that are one send: the same message, lists and start, and both went out after all was done."""
    seen: dict[tuple[str, ...], str] = {}
    late = {item.envio for item in facts.mail if item.at >= facts.began}
    for live_id in sorted(late & facts.after["envios"].keys()):
        record = json.loads(facts.after["envios"][live_id])
        start = datetime.fromisoformat(record["data_de_inicio"]).replace(second=0, microsecond=0)
        same = (record["mensagem"], start.isoformat(), *sorted(record["listas"]))
        if same in seen:
            yield fault("mailed-twice", f"envio {live_id} and envio {seen[same]} are one send, and both went out")
        seen.setdefault(same, live_id)


def left(second: Plan) -> Iterator[Finding]:
    """What stays as it is on purpose."""
    for item in second.blocked:
        yield Finding(Severity.WARNING, "blocked", "is blocked: a person decides", item.reason, address=item.address)
    for wait in second.waiting:
        yield Finding(Severity.WARNING, "waiting", "waits for a check", wait.reason, address=wait.address)


def by_id(records: Iterable[Mapping[str, Any]]) -> dict[str, bytes]:
    """Records as JSON by their id."""
    return {str(record["id"]): json.dumps(record, sort_keys=True).encode() for record in records}
