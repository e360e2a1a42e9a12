"""The order in which changes may be made."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.model import Action, Change
from reconciler.engine.order import ordered
from tests.engine.making import RANKS, change


def _names(*changes: Change) -> list[str]:
    return [item.id for item in ordered(changes, RANKS)]


def test_kinds_then_keys_then_actions() -> None:
    """What is referred to comes before what refers; among equals the key decides, then the action."""
    assert _names(
        change("envio.a/schedule"),
        change("mensagem.a/create"),
        change("contato.b@exemplo.com.br/create"),
        change("contato.a@exemplo.com.br/subscribe"),
        change("contato.a@exemplo.com.br/create"),
        change("lista.a/create"),
        change("campo.a/create"),
    ) == [
        "campo.a/create",
        "lista.a/create",
        "contato.a@exemplo.com.br/create",
        "contato.a@exemplo.com.br/subscribe",
        "contato.b@exemplo.com.br/create",
        "mensagem.a/create",
        "envio.a/schedule",
    ]


def test_stopping_comes_first() -> None:
    """Pausing and cancelling come before everything else: if the run breaks off, mail is unsent."""
    assert _names(change("campo.a/create"), change("envio.b/cancel"), change("envio.a/pause")) == [
        "envio.a/pause",
        "envio.b/cancel",
        "campo.a/create",
    ]


def test_letting_go_comes_last_and_the_other_way_round() -> None:
    """What is no longer declared goes after everything that is, what refers before what is referred to."""
    names = ["campo.x/delete", "lista.x/deactivate", "contato.x@exemplo.com.br/deactivate", "mensagem.x/delete"]
    released = [change(name, place=None) for name in names]
    assert _names(*released, change("mensagem.a/create")) == ["mensagem.a/create", *reversed(names)]


def test_needs_win_over_everything() -> None:
    """A change comes after all that it needs, be it a change or a group."""
    assert _names(
        change("campo.a/create", needs=("envio.a/schedule",)),
        change("envio.a/schedule", needs=("lista.l/members",)),
        change("contato.z@exemplo.com.br/subscribe", feeds=("lista.l/members",)),
    ) == ["contato.z@exemplo.com.br/subscribe", "envio.a/schedule", "campo.a/create"]


def test_needs_outside_the_plan_are_met() -> None:
    """What is not in the plan, a change or a group that nothing feeds, is waited for by nobody."""
    assert _names(change("envio.a/schedule", needs=("mensagem.a/create", "lista.l/members"))) == ["envio.a/schedule"]


def test_a_circle_is_a_fault() -> None:
    """Changes that wait for each other are a fault of the program, and named."""
    with pytest.raises(AssertionError, match=r"lista\.a/create, lista\.b/create"):
        _names(change("lista.a/create", needs=("lista.b/create",)), change("lista.b/create", needs=("lista.a/create",)))


_KEYS = st.sampled_from(["a", "b", "c"])
_CHANGES = st.lists(
    st.builds(
        lambda kind, key, action: change(f"{kind}.{key}/{action}"),
        st.sampled_from(sorted(RANKS)),
        _KEYS,
        st.sampled_from(list(Action)),
    ),
    max_size=20,
    unique_by=lambda item: item.id,
)


@given(_CHANGES, st.data())
def test_independent_of_the_order_of_input(found: list[Change], data: st.DataObject) -> None:
    """Whatever order changes come in, they go out in the same one, and each after what it needs."""
    names = [item.id for item in found]
    linked = []
    for place, item in enumerate(found):
        needed = data.draw(st.lists(st.sampled_from(names[:place]), max_size=3)) if place else []
        linked.append(change(item.id, needs=tuple(needed)))
    shuffled = data.draw(st.permutations(linked))
    out = _names(*linked)
    assert out == _names(*shuffled)
    assert sorted(out) == sorted(names)
    places = {name: place for place, name in enumerate(out)}
    assert all(places[need] < places[item.id] for item in linked for need in item.needs)
