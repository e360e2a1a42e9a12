"""The simulator's own calls under `/_sandbox/`: clock, faults, assumptions, history, state, edits. No vendor's."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from reconciler.sandbox import snapshot
from reconciler.sandbox.account import assume, assumptions, zone
from reconciler.sandbox.assumptions import Assumptions
from reconciler.sandbox.clock import Clock
from reconciler.sandbox.edits import edit, remove
from reconciler.sandbox.faults import Fault, FaultKind, Faults
from reconciler.sandbox.framing import Answer, Request
from reconciler.sandbox.history import History
from reconciler.sandbox.moments import moment, parse_local
from reconciler.sandbox.service import Service
from reconciler.sandbox.store import Store

CONTROL = "/_sandbox/"
"""Where the simulator's own calls begin."""


@dataclass(frozen=True, slots=True)
class Control:
    """Everything about a simulated account that no vendor's API offers."""

    store: Store
    service: Service
    clock: Clock
    faults: Faults
    history: History

    @property
    def assumptions(self) -> Assumptions:
        """What is assumed of the vendors."""
        with self.store.transaction() as db:
            return assumptions(db)

    def assume(self, wanted: Mapping[str, Any]) -> None:
        """Assume otherwise. Raises AssumptionError for a name or value that cannot be."""
        with self.store.transaction() as db:
            assume(db, wanted)

    def edit(self, section: str, ident: str, wanted: Mapping[str, Any]) -> None:
        """Change a record as in its vendor's screens (see `edits.edit`)."""
        with self.store.transaction() as db:
            edit(self.service.settled(db), section, ident, wanted)

    def remove(self, section: str, ident: str) -> None:
        """Delete a record as in its vendor's screens (see `edits.remove`)."""
        with self.store.transaction() as db:
            remove(self.service.settled(db), section, ident)

    def state(self) -> dict[str, Any]:
        """The whole account in the form of a seed (see `snapshot.state`)."""
        with self.store.transaction() as db:
            return snapshot.state(self.service.settled(db))

    def counts(self) -> dict[str, int]:
        """How many records there are of each kind, and the credits left."""
        with self.store.transaction() as db:
            return snapshot.counts(self.service.settled(db))

    def answer(self, request: Request) -> Answer:
        """Answer one of the simulator's own calls; a wrong one with 400 or 404 and the reason in `error`."""
        call = _CALLS.get((request.method, request.path.removeprefix(CONTROL)))
        if call is None:
            return _json(404, {"error": f"there is no such call; GET {CONTROL} lists those that there are"})
        try:
            body = json.loads(request.body or b"{}")
            if not isinstance(body, dict):
                return _json(400, {"error": "the body must be a JSON object"})
            return _json(200, call(self, request.query, body))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            return _json(400, {"error": str(error)})


_Query = Mapping[str, str]
_Body = dict[str, Any]


def _index(_control: Control, _query: _Query, _body: _Body) -> _Body:
    return {"calls": [f"{method} {CONTROL}{name}{words}" for (method, name), words in _WORDS.items()]}


def _health(control: Control, _query: _Query, _body: _Body) -> _Body:
    return {"ok": True, "now": control.clock.now().isoformat()}


def _show_clock(control: Control, _query: _Query, _body: _Body) -> _Body:
    now = control.clock.now()
    with control.store.transaction() as db:
        local = now.astimezone(zone(db)).replace(tzinfo=None)
    return {"now": now.isoformat(), "local": local.isoformat(), "stopped": control.clock.stopped}


def _move_clock(control: Control, query: _Query, body: _Body) -> _Body:
    """`stopped` (true, false), `now` (ISO, local unless it has an offset), `advance` (seconds); in this order."""
    unknown = sorted(set(body) - {"stopped", "now", "advance"})
    if unknown:
        raise ValueError(f"there is no {unknown[0]!r}; there are: stopped, now, advance")
    if "stopped" in body:
        (control.clock.stop if body["stopped"] else control.clock.start)()
    if "now" in body:
        with control.store.transaction() as db:
            local = zone(db)
        control.clock.set(moment(parse_local(body["now"], local)))
    if "advance" in body:
        control.clock.advance(timedelta(seconds=body["advance"]))
    return _show_clock(control, query, body)


def _list_faults(control: Control, _query: _Query, _body: _Body) -> _Body:
    return {"faults": control.faults.as_json()}


def _add_fault(control: Control, query: _Query, body: _Body) -> _Body:
    control.faults.add(Fault.from_json(body))
    return _list_faults(control, query, body)


def _clear_faults(control: Control, query: _Query, body: _Body) -> _Body:
    control.faults.clear()
    return _list_faults(control, query, body)


def _show_assumptions(control: Control, _query: _Query, _body: _Body) -> _Body:
    return control.assumptions.as_json()


def _assume(control: Control, _query: _Query, body: _Body) -> _Body:
    control.assume(body)
    return control.assumptions.as_json()


def _history(control: Control, query: _Query, _body: _Body) -> _Body:
    return control.history.as_json(int(query.get("since", "0")))


def _counts(control: Control, _query: _Query, _body: _Body) -> _Body:
    return dict(control.counts())


def _state(control: Control, _query: _Query, _body: _Body) -> _Body:
    return control.state()


def _edit(control: Control, _query: _Query, body: _Body) -> _Body:
    """`section`, `id`, and either `set` (an object of fields) or `remove` (true)."""
    section, ident = str(body.get("section", "")), str(body.get("id", ""))
    if body.get("remove") is True:
        control.remove(section, ident)
    else:
        control.edit(section, ident, body["set"])
    return {"ok": True}


_WORDS = {
    ("GET", "health"): ": whether it runs, and its time",
    ("GET", "clock"): ": now (UTC), local, stopped",
    (
        "PUT",
        "clock",
    ): ' {"stopped": true|false, "now": "2026-11-02T08:00", "advance": seconds}: any of them, in this order',
    ("GET", "faults"): ": what is ordered",
    (
        "POST",
        "faults",
    ): f' {{"kind": "{"|".join(FaultKind)}", "method", "path", "count", "skip", "effect": "never|first|later",'
    ' "status", "delay", "retry_after", "page", "size", "location", "probability", "seed", "rate", "burst"}:'
    " all but kind optional",
    ("DELETE", "faults"): ": behave from now on",
    ("GET", "assumptions"): ": what is assumed of the vendors",
    ("PATCH", "assumptions"): " {name: value}: assume otherwise",
    ("GET", "history"): "?since=NUMBER: requests (after that number), deliveries, tests",
    ("GET", "counts"): ": records of each kind, credits",
    ("GET", "state"): ": the whole account, in the form of a seed",
    (
        "POST",
        "edits",
    ): ' {"section", "id", "set": {field: value}} or {"section", "id", "remove": true}: as in the screens',
}
"""What each call takes, for people."""

_CALLS: Mapping[tuple[str, str], Callable[[Control, _Query, _Body], _Body]] = {
    ("GET", ""): _index,
    ("GET", "health"): _health,
    ("GET", "clock"): _show_clock,
    ("PUT", "clock"): _move_clock,
    ("GET", "faults"): _list_faults,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "assumptions"): _show_assumptions,
    ("PATCH", "assumptions"): _assume,
    ("GET", "history"): _history,
    ("GET", "counts"): _counts,
    ("GET", "state"): _state,
    ("POST", "edits"): _edit,
}


def _json(status: int, body: _Body) -> Answer:
    return Answer(status, json.dumps(body, ensure_ascii=False, sort_keys=True).encode())
