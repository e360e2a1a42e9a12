"""The story on one screen: load → observe → plan → review → apply. Wires the parts; decides nothing of its own."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from secrets import token_hex

from reconciler import __version__
from reconciler.config import Account, nobody
from reconciler.engine.budget import Budget, Purse
from reconciler.engine.check import NoChannels, Verdict
from reconciler.engine.executor import Apply, Crew, JournalError
from reconciler.engine.model import (
    LOOK_ALIKE,
    Action,
    Address,
    Finding,
    Outcome,
    Severity,
    Status,
    Use,
)
from reconciler.engine.outline import Outline, Tolerance
from reconciler.engine.plan import Plan, plain
from reconciler.engine.planner import plan as make_plan
from reconciler.engine.result import Exit, Result
from reconciler.engine.review import rules_of
from reconciler.engine.saved import Agreement, agreement
from reconciler.engine.scene import Memory, Scene, Terms
from reconciler.engine.timeline import timeline
from reconciler.ledger import Ledger
from reconciler.providers.channels import look
from reconciler.providers.criaenvio.bench import Bench, Look, Watch
from reconciler.providers.criaenvio.client import Client
from reconciler.providers.criaenvio.contatos.vouching import Vouching
from reconciler.providers.criaenvio.envios.events import events
from reconciler.providers.criaenvio.envios.spacing import asked
from reconciler.providers.criaenvio.provider import (
    KINDS,
    Performer,
    follow_ups,
    herded,
    observe,
    sends,
)
from reconciler.providers.criaenvio.survey import Survey
from reconciler.reach import Reach, quiet_of

_SKEW_WARNS, _SKEW_STOPS = timedelta(seconds=60), timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan beside what it was made from."""

    plan: Plan
    scene: Scene
    account: Account
    reach: Reach
    budget: Budget = field(default_factory=Budget)

    def purse(self, client: Client) -> Purse:
        """What `client` may still use of the budget."""
        return Purse(self.budget, client, self.reach.clock.monotonic, quiet_of(self.account).total_seconds())


def plan_account(account: Account, client: Client, memory: Memory, reach: Reach, allow: Iterable[str]) -> Planned:
    """Read the account and plan. Raises the transport's Failure; nothing is written, whatever the client may do."""
    before = calls_of(client, reach)
    way = (reach.refresh, reach.secret(memory))
    live = observe(Survey(client, account.zone, reach.clock, account.declared, account.people, memory, *way))
    clocks, now = _clocks(client, reach), api_time(client, reach).astimezone(account.zone)
    terms = Terms(
        now=now,
        rules=account.rules,
        on_removal=account.on_removal,
        allow=frozenset(allow),
        quiet=quiet_of(account),
        no_sends=next((clock.summary for clock in clocks if clock.severity is Severity.ERROR), ""),
        elsewhere=look(reach.channels, account.checks, _whole(account, reach), now),
    )
    scene = Scene((*account.declared, *live.people.declared), live, memory, terms)
    plan = make_plan(account.name, KINDS, scene)
    plan = replace(
        plan,
        warnings=(*account.warnings, *plan.warnings, *(replace(clock, severity=Severity.WARNING) for clock in clocks)),
        reads=calls_of(client, reach) - before,
        pace=client.rate,
        routes=live.routes,
        refresh=reach.refresh,
        trusted=live.people.trusted,
        timeline=timeline(events(plan, scene), terms.elsewhere, now),
        generated_from=_origin(account, reach),
    )
    return Planned(plan, scene, account, reach)


def _whole(account: Account, reach: Reach) -> Collection[str]:
    """The sources of which every bulk send is read, since a rule asks for all of them."""
    return frozenset(reach.channels.bulks()) if asked(account.rules, account.declared) else ()


def calls_of(client: Client, reach: Reach) -> Counter[str]:
    """All calls made so far, those to other channels included, by operation: subtract to count."""
    return Counter(client.count) + Counter(reach.channels.count)


def api_time(client: Client, reach: Reach) -> datetime:
    """The API's time, as of its last answer; this machine's until there is one."""
    return client.server_time or reach.clock.now()


def _clocks(client: Client, reach: Reach) -> tuple[Finding, ...]:
    """What is wrong with this machine's clock; an error forbids sends.

    Nothing is on loopback: the clock of a sandbox is moved at will.
    """
    ahead = -client.skew
    if reach.loopback or abs(ahead) <= _SKEW_WARNS:
        return ()
    side = "ahead of" if ahead > timedelta() else "behind"
    summary = f"this machine's clock is {abs(ahead) // timedelta(seconds=1)} s {side} the API's"
    reason = "one of the two is wrong, and starts and leases are told by them"
    remedy = "set this machine's clock (NTP); beyond 5 minutes no send is made, while everything else goes on"
    return (
        Finding(Severity.ERROR if abs(ahead) > _SKEW_STOPS else Severity.WARNING, "clock", summary, reason, remedy),
    )


def _origin(account: Account, reach: Reach) -> Mapping[str, str]:
    """What a plan was made from, without times: same inputs, same bytes."""
    lines = sorted(
        json.dumps([str(item.address), {name: plain(value) for name, value in item.fields.items()}], sort_keys=True)
        for item in account.declared
    )
    digest = hashlib.sha256("\n".join((*lines, account.people.fingerprint)).encode()).hexdigest()
    api = "sandbox" if reach.loopback else "criaenvio"
    return {"api": api, "declared": f"sha256:{digest}", "reconciler": __version__}


def agrees(plan: Plan, digest: str, tolerance: float) -> bool:
    """Whether `plan` is the reviewed one: the same changes, for as many people within `tolerance` (a share)."""
    changes, _, people = digest.strip().rpartition("-")
    mine, _, now = plan.digest.rpartition("-")
    return changes == mine and people.isdigit() and abs(int(now) - int(people)) <= tolerance * int(people)


def agreed_to(planned: Planned, reviewed: Outline, now: Outline, use: Use | None) -> Agreement:
    """Whether what is planned now (`now` is its outline) may run on the strength of a plan that was reviewed."""
    share = planned.account.rules.tolerancia_de_publico
    sends = [change.address for change in planned.plan.steps if change.audience]
    shares = {str(address): rules_of(address, planned.scene).tolerancia_de_publico for address in sends}
    return agreement(reviewed, now, use, Tolerance(share, shares))


def bench_of(account: Account, client: Client, reach: Reach) -> Bench:
    """Where calls are made outside of a plan: to settle what is open, to find what is ours, to stop it."""
    return Bench(client, account.zone, _watch(account, client, reach), {}, lambda _: None)


def _watch(account: Account, client: Client, reach: Reach) -> Watch:
    """The API's time from here on, as its answers tell it."""
    return Watch(reach.clock, lambda: reach.clock.now() + client.skew, quiet_of(account))


def declared_sends(account: Account, client: Client, memory: Memory, reach: Reach) -> Mapping[str, Address]:
    """The live sends that are what the campaign files declare: id → address. Raises the transport's Failure.

    Nothing is read but what makes a send: in a hurry, people are not counted.
    """
    parts = tuple(item for item in account.declared if item.address.kind in ("envio", "lista", "mensagem"))
    bare = replace(account, declared=parts, people=nobody(), checks=())
    matches = plan_account(bare, client, memory, alone(reach), ()).scene.matches.items()
    found = ((match.observed, address) for address, match in matches if address.kind == "envio")
    return {observed.id: address for observed, address in found if observed is not None}


def alone(reach: Reach) -> Reach:
    """The same account, without other channels: they need not be reached for what is the account's own."""
    return replace(reach, channels=NoChannels())


def _interrupted(came: Collection[Status]) -> tuple[Exit, str] | None:
    """How a run ended that was asked to, from what came of its changes; None if there was nothing left to end."""
    if Status.UNKNOWN in came:
        told = "interrupted while it waited for the outcome of a call, which stays open: the next apply settles it"
        return Exit.INTERRUPTED, told
    if Status.PENDING in came:
        return Exit.INTERRUPTED, "interrupted: the calls in flight were finished and recorded"
    return None


def _looking(planned: Planned, watch: Watch) -> Look:
    """What comes of some of the account's checks, whenever that is asked."""

    def verdicts(names: Collection[str]) -> Iterable[Verdict]:
        account, channels = planned.account, planned.reach.channels
        return look(channels, account.checks, _whole(account, planned.reach), watch.now(), names).verdicts.values()

    return verdicts


def apply_plan(
    planned: Planned, client: Client, ledger: Ledger, tell: Callable[[Outcome], None], stopping: Callable[[], bool]
) -> Result:
    """Make the plan's changes, remember them in `ledger`, and say what came of each. `tell` hears each as it comes.

    When the ledger can no longer be written nothing further is called, and the result says so.
    """
    plan, scene = planned.plan, planned.scene
    before = calls_of(client, planned.reach)
    later = {change.address for change in plan.changes if change.action is Action.ADOPT}
    ledger.bind_all((address, binding) for address, binding in plan.keep.items() if address not in later)
    vouching = Vouching(plan, scene, planned.account.people, planned.reach.secret(ledger))
    vouching.begin(ledger.register)
    if not any(item.rule == LOOK_ALIKE for item in plan.blocked):
        ledger.settle()
    watch = _watch(planned.account, client, planned.reach)
    short = planned.purse(client).short
    crew = Crew(planned.reach.workers, sends, herded, stopping, watch.now, lambda: token_hex(4), short)
    run = Apply(plan, Performer(client, planned.account.zone, watch, look=_looking(planned, watch)), ledger, crew)
    outcomes: dict[str, Outcome] = {}
    for outcome in run:
        outcomes[outcome.change.id] = outcome
        tell(outcome)
    ended = run.ended
    try:
        vouching.end(ledger.register, outcomes.values(), run.ids)
    except JournalError as error:
        ended = ended or (Exit.ERROR, str(error))
    if stopping() and (ended is None or ended[0] is Exit.LATER):
        ended = _interrupted({outcome.status for outcome in outcomes.values()}) or ended
    calls = calls_of(client, planned.reach) - before
    in_order = tuple(outcomes[change.id] for change in plan.changes)
    return Result(plan, in_order, calls, ended, tuple(follow_ups(scene, plan, run.ids)), client.rate, plan.adopted)
