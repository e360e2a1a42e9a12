"""What earlier runs left open: settled by reading (on paper for a plan, for good by an apply), or by a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

from reconciler.app import Planned, alone, api_time, bench_of, calls_of, plan_account
from reconciler.config import Account
from reconciler.engine.model import Address, Finding, Severity
from reconciler.engine.resolution import Answer, Resolution, absent, adopted, pinned
from reconciler.engine.scene import Memory
from reconciler.ledger import Ledger, State, draft, holder
from reconciler.providers.criaenvio.campos import calls as campos
from reconciler.providers.criaenvio.client import Client
from reconciler.providers.criaenvio.provider import PEOPLE, planned_by_itself, recover, recover_people
from reconciler.reach import Reach, quiet_of


def recover_account(account: Account, client: Client, ledger: Ledger, reach: Reach) -> tuple[Finding, ...]:
    """Settle, by reading, the calls that earlier runs left open; before planning, and only with the ledger in hand."""
    intents, strays = ledger.open_intents(), strays_of(account, ledger)
    if not (intents or strays):
        return ()
    campos.search(client)  # any answer: it carries the API's time
    bench = bench_of(account, client, reach)
    settled = list(recover(bench, ledger, intents))
    if strays:
        bench.watch.wait(bench.watch.now())  # the last of their requests may have left just before its run was killed
        settled += recover_people(client, ledger, strays)
    return tuple(settled)


def strays_of(account: Account, memory: Ledger | State) -> frozenset[bytes]:
    """The stamps of people whom an earlier run announced, that are not known to be there and not declared any more."""
    left = set(memory.announced)
    for item in account.people.read(account.people) if left else ():
        left.discard(memory.stamp(item.address.key))
    return frozenset(left)


def plan_ahead(account: Account, client: Client, memory: State, reach: Reach, allow: Iterable[str]) -> Planned:
    """The plan that an apply will come to, which settles first what earlier runs left open; nothing is written.

    While such a call may still take effect, or a run is at work, the plan may not be the last word, and says so.
    """
    before = calls_of(client, reach)
    foreseen, warnings = _foreseen(account, client, memory, reach)
    planned = plan_account(account, client, foreseen, reach, allow)
    plan = replace(planned.plan, warnings=(*planned.plan.warnings, *warnings), reads=calls_of(client, reach) - before)
    return replace(planned, plan=plan)


def _foreseen(account: Account, client: Client, memory: State, reach: Reach) -> tuple[Memory, tuple[Finding, ...]]:
    """`memory` with the open calls settled that planning does not see by itself; what it sees stays open there."""
    intents = [intent for intent in memory.open_intents() if not planned_by_itself(intent)]
    strays = strays_of(account, memory)
    if not (intents or strays):
        return memory, ()
    lease = holder(reach.ledger)
    campos.search(client)  # any answer: it carries the API's time
    now = api_time(client, reach)
    settles = max((intent.at + quiet_of(account) for intent in intents), default=now)
    until = ""
    if lease is not None and not lease.expired(reach.clock.now()):
        until = "until the run has ended that is at work now"
    elif now < settles:
        until = f"until {settles.astimezone(account.zone):%H:%M:%S}"
    if until:
        summary = f"calls of another run may still take effect, {until}"
        remedy = "plan again then: what the account shows decides"
        return memory, (Finding(Severity.WARNING, "unsettled", summary, remedy=remedy),)
    ledger = draft(memory)
    settled = recover(bench_of(account, client, reach), ledger, intents)
    for _ in chain(settled, recover_people(client, ledger, strays) if strays else ()):
        pass  # the apply that settles them for good will tell
    return ledger, ()


def resolve_account(account: Account, client: Client, ledger: Ledger, reach: Reach, answer: Answer) -> Resolution:
    """Take a person's answer into the ledger.

    Raises UnresolvableError, with nothing written, when it does not fit what the account and the ledger show.
    """
    address, live_id = answer.address, answer.live_id
    account, found = _singled_out(account, address, live_id)
    planned = plan_account(replace(account, checks=()), client, ledger, alone(reach), ())
    if live_id is None:
        resolution = absent(address, planned.scene)
    else:
        resolution = adopted(address, live_id, planned.plan, planned.scene)
    if found:
        ledger.bind(address, resolution.binding)
    for intent in resolution.closed:
        ledger.end(intent, "absent" if live_id is None else "confirmed", {"by": "a person"})
    ledger.flush()
    return resolution


def _singled_out(account: Account, address: Address, live_id: str | None) -> tuple[Account, bool]:
    """The account where `address` stands for `live_id`, if that is given, and is looked at closely; is it declared?

    Raises UnresolvableError if a live object is given and nothing declares the address.
    """
    place = account.people.find(address.key) if address.kind == PEOPLE else None
    if place is not None:
        item = account.people.declared(place)
        people = account.people.singled_out(place, item if live_id is None else replace(item, id=live_id))
        return replace(account, people=people), True
    if live_id is None:
        return account, any(item.address == address for item in account.declared)
    return replace(account, declared=pinned(account.declared, address, live_id)), True
