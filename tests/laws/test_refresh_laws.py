"""The law of `--refresh`: where nobody else changes anything, all of its ways plan the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from reconciler.engine.model import Action
from reconciler.engine.plan import Plan, canonical
from reconciler.engine.sight import Refresh
from reconciler.sandbox.faults import Effect, Fault, FaultKind
from tests.laws.world import World, world_of

PEOPLE = tuple(f"p{number}@exemplo.com.br" for number in range(4))
TEXTS = st.sampled_from(["Ana", "Bia"])
LISTS, FIELDS = ("sp", "rj", "vip"), ("cidade", "time")
PLAIN: Mapping[str, Any] = {"embeds_na_listagem": False}


@st.composite
def campaigns(draw: st.DrawFn) -> dict[str, Any]:
    """Some lists and fields, and people who say something about them; most people say the same each time."""
    lists = [key for key in LISTS if draw(st.integers(0, 4))]
    fields = [key for key in FIELDS if draw(st.integers(0, 4))]
    contatos = [_person(draw, email, lists, fields) for email in PEOPLE if draw(st.integers(0, 4))]
    return {
        "listas": {key: {} for key in lists},
        "campos": {key: {} for key in fields},
        "contatos": contatos,
    }


def _person(draw: st.DrawFn, email: str, lists: list[str], fields: list[str]) -> dict[str, Any]:
    usual = bool(draw(st.integers(0, 3)))
    wish: dict[str, Any] = {"email": email, "nome": "Ana" if usual else draw(TEXTS)}
    if usual or draw(st.booleans()):
        wish["listas"] = lists[:1] if usual or not lists else draw(st.lists(st.sampled_from(lists), unique=True))
    if fields and (usual or draw(st.booleans())):
        wish["campos"] = {fields[0]: "Santos" if usual else draw(st.sampled_from(["Santos", "Olinda", ""]))}
    if not usual and draw(st.booleans()):
        wish["ativo"] = draw(st.booleans())
    return wish | ({"ao_remover": "manter"} if not usual and draw(st.booleans()) else {})


@st.composite
def accounts(draw: st.DrawFn) -> dict[str, Any]:
    """An account in which some of it is already, and in which not everybody who is in it is declared."""
    lists = [key for key in LISTS if draw(st.booleans())]
    fields = [key for key in FIELDS if draw(st.booleans())]
    contatos = [
        {
            "id": f"C{number}",
            "email": email,
            "nome": "Ana",
            "ativo": bool(draw(st.integers(0, 4))),
            "descadastrado": not draw(st.integers(0, 6)),
            "listas": [f"L{key}" for key in lists if draw(st.booleans())],
            "campos": {f"K{key}": "Santos" for key in fields if draw(st.booleans())},
        }
        for number, email in enumerate((*PEOPLE, "outro@exemplo.org"))
        if draw(st.booleans())
    ]
    return {
        "listas": [{"id": f"L{key}", "nome": key} for key in lists],
        "campos": [{"id": f"K{key}", "nome": key} for key in fields],
        "contatos": contatos,
        "suposicoes": draw(st.sampled_from([{}, PLAIN, {**PLAIN, "embeds_anunciados": False}])),
    }


def planned(world: World, refresh: Refresh) -> Plan:
    """The plan of now, made so."""
    world.refresh = refresh
    return world.plan().plan


class Dead(BaseException):
    """A run is killed."""


def ending(after: int, *, killed: bool) -> Callable[[], bool]:
    """Ends a run when it has asked so often whether it should end: in good order, or not."""
    asked = count()

    def ends() -> bool:
        over = next(asked) >= after
        if over and killed:
            raise Dead
        return over

    return ends


ENDINGS = st.sampled_from([(99, False), (99, False), (3, False), (3, True), (5, True)])


@given(accounts(), st.lists(st.tuples(campaigns(), st.sampled_from(Refresh), ENDINGS), min_size=2, max_size=4))
def test_all_plan_the_same_where_nobody_else_changes_anything(
    account: dict[str, Any], history: list[tuple[dict[str, Any], Refresh, tuple[int, bool]]]
) -> None:
    """Whatever was declared and applied before, in whatever way it was read, and whatever run was cut short or died."""
    with world_of(account) as world:
        for campaign, refresh, (after, killed) in history:
            world.declare(campaign)
            whole = planned(world, Refresh.FULL)
            for other in (Refresh.CHANGED, Refresh.NONE):
                made = planned(world, other)
                event(f"{other}: {'some' if made.trusted else 'nobody'} trusted")
                assert [canonical(change) for change in made.changes] == [canonical(each) for each in whole.changes]
                assert made.blocked == whole.blocked
                assert made.digest == whole.digest
            world.refresh = refresh
            with suppress(Dead):
                world.apply(("max_desativacoes=contato",), stopping=ending(after, killed=killed))


def test_what_a_call_may_have_done_leaves_nothing_known() -> None:
    """Declared anew as before, they are read: the call whose every answer was lost may have come through, and did."""
    wish = {"email": PEOPLE[0], "nome": "Ana"}
    with world_of({}, {"contatos": [wish]}) as world:
        world.apply()
        assert planned(world, Refresh.NONE).trusted == 1
        world.declare({"contatos": [{**wish, "nome": "Bia"}]})
        world.sandbox.faults.add(Fault(method="PUT", count=None, kind=FaultKind.DROP, effect=Effect.FIRST))
        assert not world.apply().clean
        world.sandbox.faults.clear()
        world.declare({"contatos": [wish]})
        made = planned(world, Refresh.NONE)
        assert [change.action for change in made.changes] == [Action.UPDATE]
        assert made.trusted == 0
