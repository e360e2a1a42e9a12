"""Laws of frugality: plan and apply make the documented calls, and not one more."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from reconciler.engine.sight import Refresh
from tests.laws.cases import Case, campaigns, cases
from tests.laws.formula import Crowd, Habits, apply_calls, contact_reads, extra_looks
from tests.laws.world import Run, World, world_of


@given(st.one_of(cases(), campaigns()))
def test_apply_makes_the_documented_calls(case: Case) -> None:
    """An apply makes one call per created object, one per changed aspect, and reads messages and sends back once."""
    case.seed["suposicoes"]["limite_de_registros"] = 100  # type: ignore[index]
    with world_of(case.seed, case.declared) as world:
        planned = world.plan().plan
        with world.watched() as seen:
            run = world.apply()
        if run.result is None:
            return
        alive = [(row["mensagem"], row["data_de_inicio"]) for row in world.sandbox.state()["envios"]]
    calls = Counter(run.result.calls)
    extra = calls["GET /envios/{id}"] - apply_calls(_kinds(run))["GET /envios/{id}"]
    assert 0 <= extra <= extra_looks(alive)
    assert calls - Counter({"GET /envios/{id}": extra}) == apply_calls(_kinds(run))
    assert calls.total() - extra == run.plan.summary.calls
    assert seen == Counter(run.result.calls) + Counter(run.plan.reads), "what it says is what the server saw"
    assert planned.reads == run.plan.reads


def _kinds(run: Run) -> list[tuple[str, str]]:
    """(kind, action) of every change; and a `reread` of its message for every send whose message is not written."""
    changes = run.plan.changes
    written = {change.address.key for change in changes if change.address.kind == "mensagem" and change.values}
    sends = [change for change in changes if change.audience is not None]
    reread = [("mensagem", "reread") for change in sends if change.values["mensagem"] not in written]
    return [(change.address.kind, str(change.action)) for change in changes] + reread


@st.composite
def crowds(draw: st.DrawFn) -> tuple[Crowd, Habits]:
    """Sizes around the edges of pages, and every habit of the server."""
    live = draw(st.sampled_from((0, 1, 99, 100, 101, 230, 450)))
    bound = min(draw(st.sampled_from((0, 0, 1, 3, 100, 101))), live)
    new_live = min(draw(st.sampled_from((0, 1, 2, 40))), live - bound)
    missing = draw(st.sampled_from((0, 1, 3)))
    lists, fields = draw(st.booleans()), draw(st.booleans())
    habits = Habits(draw(st.sampled_from((100, 30))), draw(st.booleans()), draw(st.booleans()), tried=bound > 0)
    members = (bound + new_live,) if lists else ()
    changed = min(bound, draw(st.sampled_from((0, 0, 1, 2, 100, 101))))
    return Crowd(live, bound, new_live + missing, new_live, lists, fields, members, changed), habits


@given(crowds(), st.sampled_from(Refresh))
def test_contacts_are_read_by_the_cheapest_route(drawn: tuple[Crowd, Habits], refresh: Refresh) -> None:
    """Contacts cost as many reads as the formula says, whatever their number and whatever the listing offers."""
    crowd, habits = drawn
    listing = {"recursos_em_30": ["contatos"] if habits.rows == 30 else []}
    assumed = listing | {"embeds_anunciados": habits.named, "embeds_na_listagem": habits.carried}
    with world_of({**_account(crowd), "suposicoes": assumed}) as world:
        everybody = [_wish(number, crowd) for number in range(crowd.bound + crowd.new_live)]
        known = {"campos": {"cidade": {}}, "listas": {"sp": {}}}
        if crowd.bound:
            world.declare({**known, "contatos": everybody[: crowd.bound]})
            world.apply()
        strangers = [{"email": f"n{number}@exemplo.org"} for number in range(crowd.new - crowd.new_live)]
        renamed = [{**wish, "nome": "Outro nome"} for wish in everybody[: crowd.changed]]
        world.declare({**known, "contatos": [*renamed, *everybody[crowd.changed :], *strangers]})
        world.refresh = refresh
        reads = _of_contacts(world)
    event(f"{refresh} {habits}")
    assert reads == contact_reads(crowd, habits, refresh)


def _account(crowd: Crowd) -> dict[str, Any]:
    declared = crowd.bound + crowd.new_live
    return {
        "campos": [{"id": "Kcidade", "nome": "cidade"}],
        "listas": [{"id": "Lsp", "nome": "sp"}],
        "contatos": [
            {
                "id": f"C{number}",
                "email": f"p{number:04}@exemplo.com.br",
                "listas": ["Lsp"] if crowd.lists and number < declared else [],
                "campos": {"Kcidade": "Santos"} if crowd.fields else {},
            }
            for number in range(crowd.live)
        ],
    }


def _wish(number: int, crowd: Crowd) -> dict[str, Any]:
    wish: dict[str, Any] = {"email": f"p{number:04}@exemplo.com.br"}
    wish |= {"listas": ["sp"]} if crowd.lists else {}
    return wish | ({"campos": {"cidade": "Santos"}} if crowd.fields else {})


def _of_contacts(world: World) -> dict[str, int]:
    """What a plan reads for contacts: all but the listings of the fields and of the lists."""
    reads = world.plan().plan.reads
    return {call: count for call, count in reads.items() if call not in ("GET /campos", "GET /grupos")}
