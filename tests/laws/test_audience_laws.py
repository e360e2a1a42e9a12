"""Laws of who gets mail: exactly those that the plan counted, and nobody the same send twice."""

from __future__ import annotations

from collections import Counter, defaultdict

from hypothesis import event, given
from hypothesis import strategies as st

from reconciler.engine.model import Address, Change, Status
from tests.laws.cases import Case, campaigns, cases
from tests.laws.world import AFTER_ALL, Run, World, world_of


def mailed(world: World) -> dict[str, set[str]]:
    """Everybody whom each send reached, by its live id, once every start has passed."""
    world.sandbox.clock.set(AFTER_ALL)
    reached: defaultdict[str, set[str]] = defaultdict(set)
    for delivery in world.sandbox.history.deliveries():
        reached[delivery.envio].add(delivery.email.lower())
    return reached


@given(st.one_of(campaigns(), cases()))
def test_the_plan_counts_whom_it_mails(case: Case) -> None:
    """Each planned send reaches as many people as the plan says, or at most so many where it says that; so do all."""
    with world_of(case.seed, case.declared) as world:
        run = world.apply()
        if run.result is None:
            return
        assert run.clean
        reached = mailed(world)
    everybody: set[str] = set()
    for outcome in run.result.outcomes:
        audience = outcome.change.audience
        if audience is None:
            continue
        people = reached.get(outcome.live_id or "", set())
        everybody |= people
        event(f"exact: {audience.exact}")
        assert len(people) == audience.people if audience.exact else len(people) <= audience.people
    summary = run.plan.summary
    assert len(everybody) == summary.recipients if summary.exact else len(everybody) <= summary.recipients


@given(data=st.data(), case=campaigns())
def test_nobody_gets_a_send_twice(data: st.DataObject, case: Case) -> None:
    """However often it is applied, and whatever is edited meanwhile, a declared send reaches everybody at most once."""
    with world_of(case.seed, case.declared) as world:
        sends: defaultdict[Address, set[str]] = defaultdict(set)
        for _ in range(3):
            _note_sends(world.apply(), sends)
            for key in sorted(case.declared.get("mensagens", {})):
                if data.draw(st.booleans()):
                    case.declared["mensagens"][key]["assunto"] += "!"
            world.declare(case.declared)
            world.clock.sleep(data.draw(st.sampled_from((0.0, 3600.0, 3 * 86_400.0, 4 * 86_400.0))))
        _note_sends(world.apply(), sends)
        world.sandbox.clock.set(AFTER_ALL)
        deliveries = world.sandbox.history.deliveries()
    for live_ids in sends.values():
        times = Counter(delivery.email for delivery in deliveries if delivery.envio in live_ids)
        assert set(times.values()) <= {1}, times
    event(f"{len(deliveries) > 0}: mail")


def _note_sends(run: Run, sends: defaultdict[Address, set[str]]) -> None:
    """Every live id that an address of a send has had, so far as the run tells."""
    for address, binding in run.plan.keep.items():
        if address.kind == "envio":
            sends[address] |= set(binding.ids)
    for outcome in run.result.outcomes if run.result is not None else ():
        if outcome.change.address.kind == "envio" and outcome.status is Status.DONE and outcome.live_id:
            sends[outcome.change.address].add(outcome.live_id)


@given(campaigns())
def test_what_sends_is_marked(case: Case) -> None:
    """Whatever may put mail on its way says so (irreversible), has an audience, and comes after all that shapes it."""
    with world_of(case.seed, case.declared) as world:
        plan = world.plan().plan
    position = {change.id: place for place, change in enumerate(plan.changes)}
    groups: defaultdict[str, list[Change]] = defaultdict(list)
    for change in plan.changes:
        for group in change.feeds:
            groups[group].append(change)
    for change in plan.changes:
        if change.audience is None:
            continue
        assert change.irreversible
        before = [other.id for need in change.needs for other in groups.get(need, [])]
        before += [need for need in change.needs if need in position]
        assert all(position[other] < position[change.id] for other in before)
        lists = {key for key, _ in change.audience.lists}
        shaping = {item.id for item in plan.changes if lists & {key for key, _ in item.moves}}
        assert shaping <= set(before)


def test_a_send_at_once_is_no_other_send() -> None:
    """A send of the same message to the same list that is scheduled for later does not stand in for one of `agora`."""
    letter = {"assunto": "Olá", "html": "<p>Olá</p>", "mensagem_descadastro": "Sair?"}
    shared = {"mensagem": "ola", "listas": ["sp"]}
    declared = {
        "listas": {"sp": {}},
        "contatos": [{"email": "ana@exemplo.com.br", "listas": ["sp"]}],
        "mensagens": {"ola": letter},
        "envios": {
            "depois": {**shared, "data_de_inicio": "2026-12-20T09:00"},
            "ja": {**shared, "data_de_inicio": "agora", "regras": {"permitir_agora": True}},
        },
    }
    with world_of({}, declared) as world:
        assert world.apply().clean
        assert world.plan().plan.changes == ()
        reached = mailed(world)
    assert list(reached.values()) == [{"ana@exemplo.com.br"}] * 2
