"""Making changes to envios: an intent before every call that sends, a reading after it, never a blind repetition."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import cast

from reconciler.engine.diff import fingerprint
from reconciler.engine.executor import ChangeFailedError, OutcomeUnknownError, Performed
from reconciler.engine.model import Action, Address, Change, Observed
from reconciler.providers.criaenvio.bench import Act, Bench, Departure, looked, only, same_id
from reconciler.providers.criaenvio.client import Client
from reconciler.providers.criaenvio.envios import calls, wire
from reconciler.providers.criaenvio.envios.fresh import still_so
from reconciler.providers.criaenvio.envios.question import asked, lead
from reconciler.providers.criaenvio.envios.send import BESIDE, shown
from reconciler.providers.criaenvio.envios.sought import Sought, settled_record
from reconciler.providers.criaenvio.envios.twins import TWINS
from reconciler.providers.criaenvio.wire import br_minute
from reconciler.transport import Failure, NotSent, OutcomeUnknown, Refused, Throttled

_PATIENCE = 5.0
"""Seconds to wait after a 429 that does not say how long."""
_ATTEMPTS = 2
"""POSTs of one send in one run, each after the one before is proven to have had no effect."""


def _schedule(bench: Bench, change: Change) -> Performed:
    """POST /envios, once; a live send that is exactly the declared one is ours, whoever made it."""
    still_so(bench, change)
    request = _request(bench, change)
    sought = Sought.of(request, change.values["data_de_inicio"], change.address, bench.ids)
    there, beside = sought.around(bench, frozenset(change.expects[BESIDE].split(",")))
    if there:
        return Performed(there[0].id, detail="it was there already, exactly as declared")
    if beside:
        told = f"somebody scheduled {beside[0].id}, of the same message to the same lists, {shown(beside[0])}"
        raise ChangeFailedError(f"changed since plan: {told}; nothing was sent")
    return _post(bench, change, request, _evidence(request))


def _replace(bench: Bench, change: Change) -> Performed:
    """Cancel, confirm, then POST: if anything breaks off in between, mail stays unsent and the ledger knows why."""
    still_so(bench, change)
    request, old = _request(bench, change), bench.live_id(change)
    evidence = _evidence(request) | {"replaces": old}
    bench.intend(evidence)
    halt(bench, old, calls.cancel, "cancelado")
    try:
        return _post(bench, change, request, evidence)
    except (Refused, NotSent, ChangeFailedError) as failure:
        left = failure.performed if isinstance(failure, ChangeFailedError) else None
        live_id, former = (left.live_id, left.former) if left else (None, ())
        detail = f"{old} was cancelled, but its replacement was not made: {failure}"
        raise ChangeFailedError(detail, Performed(live_id, former=(old, *former))) from failure


def _request(bench: Bench, change: Change) -> dict[str, str]:
    values = change.values
    request = {
        "mensagem": bench.ids[Address("mensagem", str(values["mensagem"]))],
        "listas": ",".join(bench.keys_to_ids("lista", values["listas"])),
        "data_de_inicio": br_minute(values["data_de_inicio"], bench.zone),
    }
    return request | ({"remetente": str(values["remetente"])} if values.get("remetente") else {})


def _evidence(request: Mapping[str, str]) -> dict[str, str]:
    """What finds the effect again: ids and start only."""
    return {**request, "request": fingerprint(dict(request))}


def _post(bench: Bench, change: Change, request: Mapping[str, str], evidence: Mapping[str, str]) -> Performed:
    """One POST, of which the journal knows when it leaves; reading settles an open outcome.

    Only the proven absent is repeated.
    """
    sought = Sought.of(request, change.values["data_de_inicio"], change.address, bench.ids)
    for _ in range(_ATTEMPTS):
        leaving = Departure.of(bench, evidence)
        try:
            made = str(calls.create(bench.client, request, leaving)["id"])
        except (OutcomeUnknown, Throttled) as failure:
            problem: Failure = failure
            found = _after(bench, sought, failure, leaving.at)
            if found:
                return alone(bench, found)
            if not lead(change.values["data_de_inicio"], bench.watch.now(), bench.watch.quiet):
                break
        else:
            return _checked(bench, change, sought, made)
    if isinstance(problem, Throttled):
        raise ChangeFailedError(f"{problem}; the account shows no such send, nothing was scheduled") from problem
    told = f"{problem}; the account shows no such send, and its start is too near to try again"
    raise OutcomeUnknownError(f"{told}: {asked(change.address)}")


def _checked(bench: Bench, change: Change, sought: Sought, made: str) -> Performed:
    """The post-check: one more listing, in which neither this send nor one that the run made before has a twin."""
    told = f"{made} was made"
    listed = looked(told, partial(sought.listed, bench))
    surplus = looked(told, partial(_surplus, bench, change.address, listed))
    found = looked(told, partial(sought.among, bench, listed))
    performed = alone(bench, found) if made in {item.id for item in found} else _confirm(bench, change, made)
    bench.made[change.address] = sought
    return replace(performed, detail="; ".join(filter(None, (performed.detail, *surplus))))


def _surplus(bench: Bench, present: Address, listed: Sequence[Observed]) -> list[str]:
    """Cancel twins that have come up of sends that this run made before; what was done, in words.

    One that cannot be cancelled leaves the present send open, so that the next run looks at all of them again.
    """
    done = []
    for address, sought in bench.made.items():
        if address == present or sought.start is None or len(sought.likely(listed)) < 2:
            continue
        for twin in sought.among(bench, listed):
            if twin.id == bench.ids[address]:
                continue
            try:
                halt(bench, twin.id, calls.cancel, "cancelado")
            except ChangeFailedError as failed:
                raise OutcomeUnknownError(f"{address} was made twice: {failed}") from failed
            done.append(f"{address} was made twice: {twin.id} was cancelled")
    return done


def _after(bench: Bench, sought: Sought, failure: OutcomeUnknown | Throttled, since: datetime) -> list[Observed]:
    """What the account shows of a POST without a proper answer: a 429 is a no, anything else may arrive yet."""
    if isinstance(failure, Throttled):
        bench.watch.clock.sleep(failure.retry_after or _PATIENCE)
        return looked(failure, partial(sought.alike, bench))
    return looked(failure, partial(sought.settled, bench, since))


def alone(bench: Bench, found: Sequence[Observed]) -> Performed:
    """One send: of those found the oldest stays, its twins are cancelled.

    A twin that is still live leaves the outcome open, so that the next run tries again; it must not be forgotten.
    """
    keep, *twins = (item.id for item in found)
    for twin in twins:
        try:
            halt(bench, twin, calls.cancel, "cancelado")
        except ChangeFailedError as failed:
            raise OutcomeUnknownError(f"made twice ({keep} and {twin}): {failed}") from failed
    return Performed(keep, detail=f"made twice: {', '.join(twins)} was cancelled" if twins else "")


def _confirm(bench: Bench, change: Change, live_id: str) -> Performed:
    """Read the send back: it must echo the minute, the message and the lists, or it is cancelled at once."""
    try:
        record = wire.observed(calls.view(bench.client, live_id, embeds=("listas", "mensagem")), bench.zone)
    except Failure as failure:
        return Performed(live_id, detail=f"made, but could not be read back: {failure}")
    wrong = list(_wrong(bench, change, record))
    if not wrong:
        return Performed(live_id)
    told = f"the account shows another {', '.join(wrong)} than was asked for"
    try:
        halt(bench, live_id, calls.cancel, "cancelado")
    except ChangeFailedError as failed:  # live all the same: it is ours, and the next plan puts it right
        raise ChangeFailedError(f"{told}, and {failed}", Performed(live_id)) from failed
    raise ChangeFailedError(f"{told}: {live_id} was cancelled", Performed(None, former=(live_id,)))


def _wrong(bench: Bench, change: Change, record: Observed) -> list[str]:
    """Fields of the live send that are not what the change asked for; what was not shown is not judged."""
    wanted: dict[str, object] = {}
    start = change.values["data_de_inicio"]
    if isinstance(start, datetime):
        wanted["data_de_inicio"] = start
    if change.action in (Action.SCHEDULE, Action.REPLACE):
        wanted["mensagem"] = bench.ids[Address("mensagem", str(change.values["mensagem"]))]
        wanted["listas"] = frozenset(bench.keys_to_ids("lista", change.values["listas"]))
    return [name for name, value in wanted.items() if record.fields.get(name) not in (None, value)]


def _redate(bench: Bench, change: Change) -> Performed:
    """POST retomar; after an open outcome the send itself tells, once nothing can still arrive."""
    still_so(bench, change)
    live_id = bench.live_id(change)
    data = br_minute(change.values["data_de_inicio"], bench.zone)
    leaving = Departure.of(bench, {"envio": live_id, "data": data})
    try:
        calls.resume(bench.client, live_id, data, leaving)
    except (OutcomeUnknown, Throttled) as unknown:
        record = looked(unknown, lambda: settled_record(bench, live_id, leaving.at))
        shown = (record.fields["estado"], record.fields["data_de_inicio"])
        if shown != ("agendado", change.values["data_de_inicio"]):
            raise ChangeFailedError(f"{unknown}; {live_id} is {shown[0]} for {shown[1]}") from unknown
    return _confirm(bench, change, live_id)


def _pause(bench: Bench, change: Change) -> Performed:
    halt(bench, bench.live_id(change), calls.pause, "suspenso")
    return same_id(bench, change)


def _cancel(bench: Bench, change: Change) -> Performed:
    halt(bench, bench.live_id(change), calls.cancel, "cancelado")
    return same_id(bench, change)


def _cancel_twins(bench: Bench, change: Change) -> Performed:
    """Each of them, the others too when one cannot be stopped."""
    failed: list[str] = []
    for twin in sorted(cast("frozenset[str]", change.values[TWINS])):
        try:
            halt(bench, twin, calls.cancel, "cancelado")
        except ChangeFailedError as failure:
            failed.append(str(failure))
    if failed:
        raise ChangeFailedError("; ".join(failed))
    return same_id(bench, change)


def halt(bench: Bench, live_id: str, call: Callable[[Client, str], None], state: str) -> None:
    """Pause or cancel, and believe only what the account then shows: a refusal may echo a call that worked."""
    problem: Failure | None = None
    try:
        call(bench.client, live_id)
    except Failure as failure:
        problem = failure
    if problem is None or problem.unknown:
        shown = looked(problem or "the vendor accepted it", lambda: _state(bench, live_id))
    else:
        shown = _state(bench, live_id)
    if shown != state:
        why = f": {problem}" if problem else ", though the vendor accepted it"
        raise ChangeFailedError(f"{live_id} is {shown}, not {state}{why}") from problem


def _state(bench: Bench, live_id: str) -> str:
    return str(wire.observed(calls.view(bench.client, live_id), bench.zone).fields["estado"])


ACTS: Mapping[Action, Act] = {
    Action.SCHEDULE: only(_schedule),
    Action.REPLACE: only(_replace),
    Action.RESCHEDULE: only(_redate),
    Action.RESUME: only(_redate),
    Action.PAUSE: only(_pause),
    Action.CANCEL: only(_cancel),
    Action.CANCEL_TWINS: only(_cancel_twins),
}
