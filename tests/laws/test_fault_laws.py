"""Laws of misfortune: whatever goes wrong at whatever call, no send goes out twice and the report says what is true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from reconciler.engine.model import Action, Status
from reconciler.engine.result import Exit
from reconciler.sandbox import Effect, Fault, FaultKind
from reconciler.transport import Failure
from tests.laws.cases import Case, campaigns
from tests.laws.world import AFTER_ALL, SECTIONS, Run, World, result_bytes, world_of

DEADLINE = timedelta(seconds=0.4)
"""Of a request, in real time: what drips or comes late has to be given up soon."""
ROUNDS = 6
"""Runs in good weather within which everything has to be settled."""
FEWER = settings(max_examples=settings().max_examples // 3)
"""Bad weather takes real time: what drips and what is slow."""
_LATE = 100.0
"""Seconds of the account's clock by which a request is applied after its client gave up: less than `atraso_maximo`."""
_KINDS = (
    {"kind": FaultKind.THROTTLE},
    {"kind": FaultKind.THROTTLE, "retry_after": "7", "page": True},
    {"kind": FaultKind.THROTTLE, "retry_after": "date+9"},
    {"kind": FaultKind.THROTTLE, "effect": Effect.FIRST},
    {"kind": FaultKind.PAGE, "status": 200},
    {"kind": FaultKind.PAGE, "status": 200, "effect": Effect.FIRST},
    {"kind": FaultKind.PAGE, "status": 503},
    {"kind": FaultKind.ERROR, "status": 500},
    {"kind": FaultKind.ERROR, "status": 500, "effect": Effect.FIRST},
    {"kind": FaultKind.DROP},
    {"kind": FaultKind.DROP, "effect": Effect.FIRST},
    {"kind": FaultKind.DROP, "effect": Effect.LATER, "delay": _LATE},
    {"kind": FaultKind.TRUNCATE},
    {"kind": FaultKind.TRUNCATE, "effect": Effect.NEVER},
    {"kind": FaultKind.SLOW, "delay": 0.6},
    {"kind": FaultKind.SLOW, "effect": Effect.LATER, "delay": 0.6},
    {"kind": FaultKind.SLOW, "effect": Effect.NEVER, "delay": 0.6},
    {"kind": FaultKind.DRIP, "delay": 0.1},
    {"kind": FaultKind.BOMB, "size": 34 * 1024 * 1024},
    {"kind": FaultKind.REDIRECT},
    {"kind": FaultKind.REDIRECT, "effect": Effect.FIRST},
)
_MAKING = (Action.CREATE, Action.SCHEDULE, Action.REPLACE, Action.UPDATE)
"""Actions after which there is an object that the outcome names."""
_PLACES = ("*", "*", "/envios", "/envios/*", "/mensagens*", "/contatos*")


@st.composite
def faults(draw: st.DrawFn) -> Fault:
    """Any misbehaviour at any call, once, a few times, or for as long as it rains."""
    kind = draw(st.sampled_from(_KINDS))
    count = draw(st.sampled_from((1, 1, 2, None)))
    path, skip = draw(st.sampled_from(_PLACES)), draw(st.integers(0, 12))
    method = draw(st.sampled_from(("*", "*", "POST")))
    return Fault(**{"count": count, "path": path, "skip": skip, "method": method, **kind})


@FEWER
@given(case=campaigns(), storm=st.lists(faults(), min_size=1, max_size=2), early=st.booleans())
def test_no_fault_sends_twice(case: Case, storm: list[Fault], early: bool) -> None:
    """With faults at any call, the report is written and true; when the weather clears, all is as declared, once."""
    with world_of(case.seed, case.declared) as world:
        before = world.sandbox.state()
        run = _tried(world, storm, early=early)
        if run is not None and run.result is not None:
            event(f"exit {run.result.exit.name}")
            result_bytes(run)
            _truthful(world, run, before)
        _settle(world)
        _once(world, before)
        shown = picture(world)
    with world_of(case.seed, case.declared) as fair:
        fair.apply()
        _settle(fair)
        assert shown == picture(fair)


def _tried(world: World, storm: Iterable[Fault], *, early: bool = False) -> Run | None:
    """One apply in the rain, begun before or after the planning; an account that cannot be read is left alone."""
    before = world.sandbox.state()
    world.deadline = DEADLINE

    def rain() -> None:
        for fault in storm:
            world.sandbox.faults.add(fault)

    if early:
        rain()
    try:
        return world.apply(meanwhile=(lambda: None) if early else rain)
    except Failure:
        assert world.sandbox.state() == before, "a plan that could not be made writes nothing"
        return None
    finally:
        world.sandbox.faults.clear()


def _truthful(world: World, run: Run, before: Mapping[str, Any]) -> None:
    """What is said to be done is there; what is there was said to be done, or not to be known; so is the verdict."""
    result, state = run.result, world.sandbox.state()
    assert result is not None
    done = {item.live_id for item in result.outcomes if item.status is Status.DONE and item.change.action in _MAKING}
    assert done <= {row["id"] for section in SECTIONS.values() for row in state[section]}
    for kind, section in SECTIONS.items():
        known = {row["id"] for row in before[section]} | done
        untold = [row for row in state[section] if row["id"] not in known and row.get("status") != "Cancelado"]
        unknown = [
            item for item in result.outcomes if item.status is Status.UNKNOWN and item.change.address.kind == kind
        ]
        assert len(untold) <= len(unknown), untold
    if result.count(Status.UNKNOWN):
        assert result.exit is Exit.UNKNOWN
    elif not run.clean:
        assert result.exit in (Exit.ERROR, Exit.PARTLY, Exit.LATER)
    elif not result.notes:
        assert result.exit is (Exit.BLOCKED if run.plan.blocked else Exit.OK)


def _settle(world: World) -> None:
    """A few runs in good weather, each after the quiet period, leave nothing to do."""
    world.deadline = timedelta(seconds=30)
    for _ in range(ROUNDS):
        world.settle()
        run = world.apply()
        if not run.plan.changes:
            return
    raise AssertionError([change.id for change in run.plan.changes], run.plan.blocked)


def _once(world: World, before: Mapping[str, Any]) -> None:
    """Of what we made, no two live sends are alike."""
    old = {row["id"] for row in before["envios"]}
    made = Counter(send for ident, send in _sends(world.sandbox.state()).items() if ident not in old)
    assert set(made.values()) <= {1}, made


def _sends(state: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What each send that is not cancelled says: its message's name, its lists' names, and its start."""
    name = {row["id"]: str(row["nome"]) for section in ("mensagens", "listas") for row in state[section]}
    return {
        row["id"]: (name[row["mensagem"]], *sorted(name[lista] for lista in row["listas"]), row["data_de_inicio"])
        for row in state["envios"]
        if row["status"] != "Cancelado"
    }


def picture(world: World) -> dict[str, Any]:
    """What an account shows to a person, ids aside."""
    state = world.sandbox.state()
    lists = {row["id"]: row["nome"] for row in state["listas"]}
    newest = {row["nome"]: (row["assunto"], row["html"]) for row in sorted(state["mensagens"], key=_contador)}
    people = {
        row["email"].lower(): (row["nome"], row["sexo"], row["ativo"], sorted(lists[lista] for lista in row["listas"]))
        for row in state["contatos"]
    }
    return {
        "listas": Counter((row["nome"], row["ativo"]) for row in state["listas"]),
        "contatos": people,
        "mensagens": newest,
        "envios": Counter(_sends(state).values()),
    }


def _contador(row: Mapping[str, Any]) -> int:
    return int(row["contador"])


@FEWER
@given(case=campaigns(), storm=st.lists(faults(), min_size=1, max_size=2))
def test_no_fault_mails_twice(case: Case, storm: list[Fault]) -> None:
    """Whatever went wrong, when all starts have passed nobody has got the same declared send twice."""
    with world_of(case.seed, case.declared) as world:
        old = {row["id"] for row in world.sandbox.state()["envios"]}
        _tried(world, storm)
        _settle(world)
        which = _sends(world.sandbox.state())
        world.sandbox.clock.set(AFTER_ALL)
        deliveries = world.sandbox.history.deliveries()
    mail = Counter((which[item.envio], item.email) for item in deliveries if item.envio not in old)
    assert set(mail.values()) <= {1}


@FEWER
@given(case=campaigns(), fault=faults())
def test_no_fault_makes_twins(case: Case, fault: Fault) -> None:
    """A request that was applied before its answer was lost is found, not repeated: nothing is made twice.

    What is applied after the client gave up, or cannot be looked for either, may leave a second draft of a message.
    """
    assume(fault.takes_effect is not Effect.LATER and fault.count == 1)
    with world_of(case.seed, case.declared) as world:
        run = _tried(world, [fault])
        _settle(world)
        state = world.sandbox.state()
    event(f"{run is not None and run.result is not None and run.result.exit.name}")
    for section in ("campos", "listas"):
        assert max(Counter(row["nome"] for row in state[section]).values(), default=1) == 1
    known = {row["nome"] for row in case.seed["mensagens"]}
    made = Counter(row["nome"] for row in state["mensagens"] if row["nome"] not in known)
    assert max(made.values(), default=1) == 1
