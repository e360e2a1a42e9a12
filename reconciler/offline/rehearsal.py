"""A plan applied to a copy of the account, in memory, and planned again: does it come to what it says?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Final

from reconciler.app import Planned, apply_plan, plan_account
from reconciler.engine.model import Finding
from reconciler.engine.plan import Plan
from reconciler.engine.proof import Proof
from reconciler.engine.result import Exit, Result
from reconciler.ledger import State as Memory
from reconciler.ledger import draft
from reconciler.offline import judging
from reconciler.offline.judging import SECTIONS, Facts, Mailed, State
from reconciler.offline.snapshot import Kept, Snapshot
from reconciler.offline.standin import Standin, standing_in, unhurried
from reconciler.sandbox import Sandbox
from reconciler.settling import recover_account
from reconciler.transport import Access

_AFTERWARDS: Final = timedelta(days=1)
"""How long after the last start everything has gone out."""


def rehearsed(planned: Planned, snapshot: Snapshot, assumed: Mapping[str, Any]) -> Planned:
    """`planned` with the proof that a rehearsal on `snapshot`, the same account whole, gives as of when it was planned.

    `assumed` are assumptions on the vendor, by name, that the sandbox would make otherwise. The account is asked for
    nothing but what checks want to know of single people. Raises the transport's Failure, SeedError, AssumptionError.
    """
    then = replace(snapshot, observed=planned.scene.terms.now.replace(microsecond=0))  # reading takes its time
    with standing_in(then, Kept(then, planned.reach.channels), assumed) as standin:
        proof = _played(planned, snapshot.memory, standin)
    return replace(planned, plan=replace(planned.plan, proof=proof))


def exit_of(plan: Plan) -> Exit:
    """The verdict of a rehearsal, worst first."""
    proof = plan.proof
    if proof is not None and proof.faults:
        return Exit.ERROR
    if plan.unanswered:
        return Exit.UNKNOWN
    return Exit.BLOCKED if plan.blocked or plan.refusals else Exit.OK


def _played(planned: Planned, memory: Memory, standin: Standin) -> Proof:
    """Apply the plan on the stand-in, with a ledger that begins as the account's, and look at what came of it."""
    account, way = unhurried(planned.account), standin.reach
    sandbox, ledger, allow = standin.sandbox, draft(memory), planned.scene.terms.allow
    with ledger, way.client(account, Access.WRITE) as client:
        for _ in recover_account(account, client, ledger, way):
            pass  # the apply that settles them for good will tell
        copy = plan_account(account, client, ledger, way, allow)
        faults = list(judging.alike(planned.plan, copy.plan))
        if copy.plan.refusals:
            return Proof(tuple(faults), notes=standin.lacks, rehearsed=bool(faults))
        before, began = state_of(sandbox), sandbox.now()
        result = apply_plan(copy, client, ledger, lambda _: None, lambda: False)
        ended, after = sandbox.now(), state_of(sandbox)
        second = plan_account(account, client, ledger, way, allow)
    facts = Facts(
        plan=copy.plan,
        outcomes=result.outcomes,
        before=before,
        after=after,
        mail=_mail(sandbox, result),
        began=began,
        ended=ended,
        ids={outcome.change.address: outcome.live_id for outcome in result.outcomes if outcome.live_id},
    )
    return _proof(faults, facts, result, second, standin)


def _proof(faults: list[Finding], facts: Facts, result: Result, second: Planned, standin: Standin) -> Proof:
    ended = () if result.ended is None else (judging.fault("ended", "the run ended early", result.ended[1]),)
    looks = (
        ended,
        judging.failed(result.outcomes),
        result.notes,
        judging.unfinished(second.plan),
        judging.touched(facts),
        judging.mailed(facts),
    )
    ours = {outcome.live_id for outcome in result.outcomes if outcome.change.audience is not None}
    sent = [item for item in facts.mail if item.envio in ours]
    return Proof(
        faults=(*faults, *chain.from_iterable(looks)),
        left=tuple(judging.left(second.plan)),
        notes=standin.lacks,
        changes=len(result.outcomes),
        predicted=facts.plan.summary.calls,
        calls=sum(result.calls.values()),
        sends=len({item.envio for item in sent}),
        messages=len(sent),
        compared=judging.compared(facts),
        differences=len(second.plan.changes) + second.plan.adopted,
    )


def state_of(sandbox: Sandbox) -> State:
    """Every record of a simulated account, by id, by section."""
    state = sandbox.state()
    return {section: judging.by_id(state.pop(section)) for section in SECTIONS}


def _mail(sandbox: Sandbox, result: Result) -> list[Mailed]:
    """What goes out when the time of every start of the plan has come."""
    sandbox.clock.set(max(_starts(result), default=sandbox.now()) + _AFTERWARDS)
    found = sandbox.history.deliveries()
    return [Mailed(item.envio, item.mensagem, item.contato, item.at) for item in found]


def _starts(result: Result) -> Iterator[datetime]:
    for outcome in result.outcomes:
        audience = outcome.change.audience
        if audience is not None and audience.start is not None:
            yield audience.start
