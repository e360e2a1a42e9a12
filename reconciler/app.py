"""The story on one screen: load → observe → plan → review → apply. Wires the parts; decides nothing of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from secrets import token_hex

from reconciler import __version__
from reconciler.config import Account
from reconciler.engine.executor import Apply, Crew
from reconciler.engine.model import Action, Address, Declared, Finding, Outcome, Severity, Status
from reconciler.engine.plan import Plan, plain
from reconciler.engine.planner import plan as make_plan
from reconciler.engine.result import Exit, Result
from reconciler.engine.scene import Memory, Scene, Terms
from reconciler.ledger import Home, Ledger
from reconciler.providers.criaenvio.bench import Bench, Watch
from reconciler.providers.criaenvio.campos import calls as campos
from reconciler.providers.criaenvio.client import Client
from reconciler.providers.criaenvio.envios import switch
from reconciler.providers.criaenvio.provider import KINDS, Performer, follow_ups, observe, recover, sends
from reconciler.transport import Access, Clock, Limits, Origin, Ports, SystemClock

_WORKERS = 8
"""Changes of contacts, lists and messages made side by side; the account's pace bounds them further."""
_SKEW_WARNS, _SKEW_STOPS = timedelta(seconds=60), timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How an account is reached: base address, key, where its ledger lives, and the name of the API that this is.

    `api` is `sandbox` for an embedded one, else the base address: a ledger is only used with the API it was made for.
    `lineage` is the id of that ledger, if the workspace knows it.
    """

    address: str
    key: str = field(repr=False)
    ledger: Home
    api: str
    lineage: str | None = None
    clock: Clock = field(default_factory=SystemClock)

    @property
    def loopback(self) -> bool:
        """Whether the API is on this machine: a sandbox, whose own clock is then the truth."""
        return Origin.parse(self.address).loopback

    def client(self, account: Account, access: Access) -> Client:
        """A client of the account; one that plans cannot write. Close it, or use it as a context."""
        rate = account.pace if account.pace is not None or self.loopback else _ADVISED
        limits = Limits(account.deadline.total_seconds(), rate)
        return Client(self.address, self.key, access, limits, Ports(self.clock))


_ADVISED = 0.5
"""Calls per second where the account says nothing: the vendor's advice of about two seconds between calls."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan beside what it was made from."""

    plan: Plan
    scene: Scene
    account: Account
    reach: Reach


def plan_account(account: Account, client: Client, memory: Memory, reach: Reach, allow: Iterable[str]) -> Planned:
    """Read the account and plan. Raises the transport's Failure; nothing is written, whatever the client may do."""
    before = dict(client.count)
    live = observe(client, account.zone, reach.clock, account.declared, memory)
    now, clock_findings = _time(client, reach)
    terms = Terms(
        now=now.astimezone(account.zone),
        rules=account.rules,
        on_removal=account.on_removal,
        allow=frozenset(allow),
        quiet=account.deadline + account.longest_delay,
    )
    scene = Scene(account.declared, live, memory, terms)
    plan = make_plan(account.name, KINDS, scene)
    stops = [finding for finding in clock_findings if finding.severity is Severity.ERROR and plan.summary.sends]
    warns = [replace(finding, severity=Severity.WARNING) for finding in clock_findings if not stops]
    plan = replace(
        plan,
        warnings=(*account.warnings, *plan.warnings, *warns),
        refusals=(*plan.refusals, *stops),
        reads=_since(before, client),
        generated_from=_origin(account.declared, reach),
    )
    return Planned(plan, scene, account, reach)


def _since(before: Mapping[str, int], client: Client) -> dict[str, int]:
    """The calls that `client` has made since it had made `before`, by operation."""
    return {name: count - before.get(name, 0) for name, count in client.count.items() if count > before.get(name, 0)}


def _time(client: Client, reach: Reach) -> tuple[datetime, list[Finding]]:
    """The time to plan by. On loopback (a sandbox) the server's clock is the truth; elsewhere both must agree."""
    here, there = reach.clock.now(), client.server_time
    if there is None or reach.loopback:
        return there or here, []
    skew = abs(here - there)
    if skew <= _SKEW_WARNS:
        return here, []
    severity = Severity.ERROR if skew > _SKEW_STOPS else Severity.WARNING
    summary = f"this machine's clock and the API's differ by {int(skew.total_seconds())} s"
    remedy = "set this machine's clock; beyond 5 minutes nothing is sent"
    return there, [Finding(severity, "clock", summary, remedy=remedy)]


def _origin(declared: Iterable[Declared], reach: Reach) -> Mapping[str, str]:
    """What a plan was made from, without times: same inputs, same bytes."""
    lines = sorted(
        json.dumps([str(item.address), {name: plain(value) for name, value in item.fields.items()}], sort_keys=True)
        for item in declared
    )
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    api = "sandbox" if reach.loopback else "criaenvio"
    return {"api": api, "declared": f"sha256:{digest}", "reconciler": __version__}


def agrees(plan: Plan, digest: str, tolerance: float) -> bool:
    """Whether `plan` is the reviewed one: the same changes, for as many people within `tolerance` (a share)."""
    changes, _, people = digest.strip().rpartition("-")
    mine, _, now = plan.digest.rpartition("-")
    return changes == mine and people.isdigit() and abs(int(now) - int(people)) <= tolerance * int(people)


def _watch(account: Account, reach: Reach, now: datetime) -> Watch:
    """The API's time from here on: `now` is what it shows at this moment."""
    offset = now - reach.clock.now()
    return Watch(reach.clock, lambda: reach.clock.now() + offset, account.deadline + account.longest_delay)


def recover_account(account: Account, client: Client, ledger: Ledger, reach: Reach) -> tuple[Finding, ...]:
    """Settle, by reading, the calls that earlier runs left open; before planning, and only with the ledger in hand."""
    if not ledger.open_intents():
        return ()
    campos.search(client)  # any answer: it carries the API's time
    now, _ = _time(client, reach)
    bench = Bench(client, account.zone, _watch(account, reach, now), {}, lambda _: None)
    return tuple(recover(bench, ledger))


_STOPPING = {None: switch.SAFE, "pause": switch.PAUSE, "cancel": switch.CANCEL}


def stop_account(
    account: Account, client: Client, reach: Reach, sends: Mapping[str, Address], how: str | None
) -> tuple[switch.Stopped, ...]:
    """Stop the live sends `sends` (id → address), the earliest start first. `how` is None, `pause` or `cancel`."""
    bench = Bench(client, account.zone, _watch(account, reach, reach.clock.now()), {}, lambda _: None)
    return tuple(switch.switch_off(bench, sends, _STOPPING[how]))


def our_sends(memory: Memory) -> Mapping[str, Address]:
    """The live sends that the ledger knows: id → address."""
    return {
        binding.id: Address(binding.kind, binding.key or "")
        for _, binding in memory.bindings()
        if binding.kind == "envio" and binding.id
    }


def apply_plan(
    planned: Planned, client: Client, ledger: Ledger, tell: Callable[[Outcome], None], stopping: Callable[[], bool]
) -> Result:
    """Make the plan's changes, remember them in `ledger`, and say what came of each. `tell` hears each as it comes.

    When the ledger can no longer be written nothing further is called, and the result says so.
    """
    plan, scene = planned.plan, planned.scene
    before = dict(client.count)
    adopted = {change.address for change in plan.changes if change.action is Action.ADOPT}
    for address, binding in plan.keep.items():
        if address not in adopted:
            ledger.bind(address, binding)
    watch = _watch(planned.account, planned.reach, scene.terms.now)
    crew = Crew(_WORKERS, sends, stopping, watch.now, lambda: token_hex(4))
    run = Apply(plan, Performer(client, planned.account.zone, watch), ledger, crew)
    outcomes: dict[str, Outcome] = {}
    for outcome in run:
        outcomes[outcome.change.id] = outcome
        tell(outcome)
    ended = run.ended
    if ended is None and any(outcome.status is Status.PENDING for outcome in outcomes.values()):
        ended = (Exit.INTERRUPTED, "interrupted: the calls in flight were finished and recorded")
    calls = _since(before, client)
    in_order = tuple(outcomes[change.id] for change in plan.changes)
    return Result(plan, in_order, calls, ended, tuple(follow_ups(scene, plan, run.ids)))
