"""The kill switch: what is ours and can still be stopped is stopped, the earliest start first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from reconciler.engine.executor import ChangeFailedError, OutcomeUnknownError
from reconciler.engine.model import Action, Address, Observed
from reconciler.providers.criaenvio.bench import Bench
from reconciler.providers.criaenvio.client import Page, rows
from reconciler.providers.criaenvio.envios import calls, wire
from reconciler.providers.criaenvio.envios.acts import halt
from reconciler.transport import Failure

_AT_ONCE = 100

SAFE: Mapping[str, Action] = {
    "agendado": Action.CANCEL,
    "suspenso": Action.CANCEL,
    "em criação": Action.CANCEL,
    "enviando": Action.PAUSE,
}
"""What stops a send so that no later apply starts it again by itself: what has not begun is cancelled, what is going
out is paused (its start has passed, so that it stays paused until somebody decides)."""
PAUSE: Mapping[str, Action] = {"agendado": Action.PAUSE, "enviando": Action.PAUSE}
CANCEL: Mapping[str, Action] = dict.fromkeys(SAFE, Action.CANCEL)
WAYS: Mapping[str | None, Mapping[str, Action]] = {None: SAFE, "pause": PAUSE, "cancel": CANCEL}
"""How to stop, as it is asked for → live status → action."""

_HALTS = {Action.PAUSE: (calls.pause, "suspenso"), Action.CANCEL: (calls.cancel, "cancelado")}


@dataclass(frozen=True, slots=True)
class Stopped:
    """What became of one send: its start (aware; None: not known), the status before, and what was done.

    `action` is None where there was nothing to stop. `problem` says why it could not be stopped, if it could not.
    """

    address: Address
    live_id: str
    start: datetime | None
    before: str
    action: Action | None = None
    problem: str | None = None

    @property
    def too_late(self) -> bool:
        """Whether its mail is out."""
        return self.before == "concluído"


def switch_off(bench: Bench, sends: Mapping[str, Address], how: Mapping[str, Action]) -> Iterator[Stopped]:
    """Stop the live sends `sends` (id → address), by start. One that cannot be stopped does not keep the next from it.

    `how` maps live status → action; a status that it does not name is left as it is. Raises the transport's Failure
    when the sends cannot even be listed.
    """
    found = _listed(bench, sorted(sends))
    for item in sorted(found, key=_start):
        yield _one(bench, sends[item.id], item, how)
    for missing in sorted(set(sends) - {item.id for item in found}):
        yield Stopped(sends[missing], missing, None, "not in the account", problem="the account does not show it")


def _listed(bench: Bench, ids: Iterable[str]) -> list[Observed]:
    wanted = list(ids)
    found: list[Observed] = []
    for begin in range(0, len(wanted), _AT_ONCE):
        chunk = tuple(wanted[begin : begin + _AT_ONCE])
        fetch = partial(_page, bench, chunk)
        found += [wire.observed(row, bench.zone) for row in rows(fetch) if str(row["id"]) in chunk]
    return found


def _page(bench: Bench, ids: tuple[str, ...], page: int) -> Page:
    return calls.search(bench.client, page=page, ids=ids)


def _start(item: Observed) -> tuple[bool, str, str]:
    start = item.fields.get("data_de_inicio")
    return (isinstance(start, datetime), start.isoformat() if isinstance(start, datetime) else "", item.id)


def _one(bench: Bench, address: Address, item: Observed, how: Mapping[str, Action]) -> Stopped:
    start, before = item.fields.get("data_de_inicio"), str(item.fields["estado"])
    told = Stopped(address, item.id, start if isinstance(start, datetime) else None, before)
    action = how.get(before)
    if action is None:
        return told
    call, state = _HALTS[action]
    try:
        halt(bench, item.id, call, state)
    except (ChangeFailedError, OutcomeUnknownError, Failure) as failure:
        return Stopped(address, item.id, told.start, before, problem=str(failure))
    return Stopped(address, item.id, told.start, before, action)
