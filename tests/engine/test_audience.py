"""Counting people, not objects."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reconciler.engine.audience import Crowd, Reach, reached
from reconciler.engine.model import Audience
from tests.engine.making import change

ANA, BIA, CID = "ana@exemplo.com.br", "bia@exemplo.com.br", "cid@exemplo.com.br"
START = datetime(2026, 12, 20, 12, 0, tzinfo=UTC)


def test_members_of_several_lists_are_counted_once() -> None:
    """Where memberships are known, who is in two lists is one person."""
    crowd = Crowd({"a": 2, "b": 2}, {"a": frozenset({ANA, BIA}), "b": frozenset({BIA, CID})}, [])
    assert crowd.of(["a", "b"]) == Reach(3, exact=True)
    assert crowd.of(["a", "a"]) == Reach(2, exact=True)


def test_counts_alone_are_an_upper_bound() -> None:
    """Where only counts are known, one list is exact and several are at most their sum."""
    crowd = Crowd({"a": 2, "b": 5}, {}, [])
    assert crowd.of(["b"]) == Reach(5, exact=True)
    assert crowd.of(["a", "b"]) == Reach(7, exact=False)


def test_members_and_counts_mixed_are_an_upper_bound() -> None:
    """One list whose members are not known makes the sum an upper bound."""
    assert Crowd({"a": 9, "b": 5}, {"a": frozenset({ANA})}, []).of(["a", "b"]) == Reach(6, exact=False)


def test_unknown_counts_are_not_guessed() -> None:
    """A list of which nothing is known makes the whole not known, and gives no audience."""
    crowd = Crowd({"a": 2, "b": None}, {}, [])
    assert crowd.of(["a", "b"]).people is None
    assert crowd.of(["none"]).people is None
    assert crowd.audience(["a", "b"], START) is None


@pytest.mark.parametrize("members", [{}, {"a": frozenset({ANA, BIA})}], ids=["counted", "known"])
def test_moves_of_the_plan_count(members: dict[str, frozenset[str]]) -> None:
    """Who joins a list in this plan is counted, who leaves it is not."""
    changes = [
        change(f"contato.{ANA}/unsubscribe", moves=(("a", -1),)),
        change(f"contato.{CID}/subscribe", moves=(("a", 1),)),
        change("contato.dora@exemplo.com.br/subscribe", moves=(("a", 1), ("b", 1))),
    ]
    crowd = Crowd({"a": 2, "b": 0}, members, changes)
    assert crowd.of(["a"]) == Reach(3, exact=True)
    assert crowd.of(["b"]).people == 1


def test_a_list_never_has_fewer_than_nobody() -> None:
    """Counts of the account that lag behind its memberships do not become negative."""
    assert Crowd({"a": 0}, {}, [change(f"contato.{ANA}/unsubscribe", moves=(("a", -1),))]).of(["a"]).people == 0


def test_a_changed_address_is_one_person() -> None:
    """Memberships know people by their live address: who gets another one is not counted twice."""
    joins = change("contato.nova@exemplo.com.br/activate", moves=(("a", 1),))
    crowd = Crowd({"a": 1}, {"a": frozenset({ANA})}, [joins], lambda _: ANA)
    assert crowd.of(["a"]) == Reach(1, exact=True)


def test_audience_of_a_send() -> None:
    """An audience says how many people, whether that is exact, when, and how many are behind each list."""
    crowd = Crowd({"a": 2, "b": 2}, {"a": frozenset({ANA, BIA}), "b": frozenset({BIA})}, [])
    assert crowd.audience(["b", "a"], START) == Audience(2, exact=True, start=START, lists=(("a", 2), ("b", 1)))


def test_reached_counts_people_over_all_sends() -> None:
    """Two sends to the same people reach them once; changes that send nothing reach nobody."""
    crowd = Crowd({"a": 2, "b": 1}, {"a": frozenset({ANA, BIA}), "b": frozenset({BIA})}, [])
    sends = [change(f"envio.{key}/schedule", audience=crowd.audience([key], START)) for key in ("a", "b")]
    assert reached(sends, crowd) == (2, True)
    assert reached([change("lista.a/create")], crowd) == (0, True)
