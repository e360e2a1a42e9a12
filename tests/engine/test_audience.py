"""Counting people, not objects."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.audience import Crowd, Reach, reached
from reconciler.engine.model import Audience
from reconciler.engine.overlap import Overlap
from tests.engine.making import change

ANA, BIA, CID = 0b001, 0b010, 0b100
SEATS = {"c-ana": 0, "c-bia": 1, "c-cid": 2}
START = datetime(2026, 12, 20, 12, 0, tzinfo=UTC)


def test_members_of_several_lists_are_counted_once() -> None:
    """Where memberships are known, who is in two lists is one person."""
    crowd = Crowd({"a": 2, "b": 2}, {"a": ANA | BIA, "b": BIA | CID}, [])
    assert crowd.of(["a", "b"]) == Reach(3, exact=True)
    assert crowd.of(["a", "a"]) == Reach(2, exact=True)


def test_counts_alone_are_an_upper_bound() -> None:
    """Where only counts are known, one list is exact and several are at most their sum."""
    crowd = Crowd({"a": 2, "b": 5}, {}, [])
    assert crowd.of(["b"]) == Reach(5, exact=True)
    assert crowd.of(["a", "b"]) == Reach(7, exact=False)


def test_members_and_counts_mixed_are_an_upper_bound() -> None:
    """One list whose members are not known makes the sum an upper bound."""
    assert Crowd({"a": 9, "b": 5}, {"a": ANA}, []).of(["a", "b"]) == Reach(6, exact=False)


def test_unknown_counts_are_not_guessed() -> None:
    """A list of which nothing is known makes the whole not known, and gives no audience."""
    crowd = Crowd({"a": 2, "b": None}, {}, [])
    assert crowd.of(["a", "b"]).people is None
    assert crowd.of(["none"]).people is None
    assert crowd.audience(["a", "b"], START) is None


@pytest.mark.parametrize("members", [{}, {"a": ANA | BIA}], ids=["counted", "known"])
def test_moves_of_the_plan_count(members: dict[str, int]) -> None:
    """Who joins a list in this plan is counted, who leaves it is not."""
    changes = [
        change("contato.ana@exemplo.com.br/unsubscribe", live_id="c-ana", moves=(("a", -1),)),
        change("contato.cid@exemplo.com.br/subscribe", live_id="c-cid", moves=(("a", 1),)),
        change("contato.dora@exemplo.com.br/subscribe", moves=(("a", 1), ("b", 1))),
    ]
    crowd = Crowd({"a": 2, "b": 0}, members, changes, SEATS)
    assert crowd.of(["a"]) == Reach(3, exact=True)
    assert crowd.of(["b"]).people == 1


def test_a_list_never_has_fewer_than_nobody() -> None:
    """Counts of the account that lag behind its memberships do not become negative."""
    leaves = change("contato.ana@exemplo.com.br/unsubscribe", live_id="c-ana", moves=(("a", -1),))
    assert Crowd({"a": 0}, {}, [leaves]).of(["a"]).people == 0


def test_a_changed_address_is_one_person() -> None:
    """Memberships know people by their live address: who gets another one is not counted twice."""
    joins = change("contato.nova@exemplo.com.br/activate", live_id="c-ana", moves=(("a", 1),))
    crowd = Crowd({"a": 1}, {"a": ANA}, [joins], SEATS)
    assert crowd.of(["a"]) == Reach(1, exact=True)


def test_audience_of_a_send() -> None:
    """An audience says how many people, whether that is exact, when, and how many are behind each list."""
    crowd = Crowd({"a": 2, "b": 2}, {"a": ANA | BIA, "b": BIA}, [])
    assert crowd.audience(["b", "a"], START) == Audience(
        2,
        exact=True,
        start=START,
        lists=(("a", 2), ("b", 1)),
        overlap=Overlap((("a", 1), ("b", 0)), 1, (("a", "b", 1),)),
    )


def test_reached_counts_people_over_all_sends() -> None:
    """Two sends to the same people reach them once; changes that send nothing reach nobody."""
    crowd = Crowd({"a": 2, "b": 1}, {"a": ANA | BIA, "b": BIA}, [])
    sends = [change(f"envio.{key}/schedule", audience=crowd.audience([key], START)) for key in ("a", "b")]
    assert reached(sends, crowd) == (2, True)
    assert reached([change("lista.a/create")], crowd) == (0, True)


@given(st.data())
def test_a_bitmap_counts_as_a_set_does(data: st.DataObject) -> None:
    """Whoever is in which list and whoever moves: people are counted as if memberships were sets of people."""
    people = st.sampled_from([f"p{number}" for number in range(12)])
    sets = data.draw(st.dictionaries(st.sampled_from("abc"), st.sets(people), min_size=1))
    seated = data.draw(st.permutations([f"p{number}" for number in range(12)]))
    seats = {f"live-{name}": seat for seat, name in enumerate(seated)}
    members = {key: sum(1 << seats[f"live-{name}"] for name in who) for key, who in sets.items()}
    moves = data.draw(st.dictionaries(st.tuples(people, st.sampled_from("abc")), st.sampled_from((1, -1))))
    news = data.draw(st.dictionaries(st.sampled_from(("new1", "new2")), st.sampled_from("abc")))
    changes = [
        change(
            f"contato.{name}/{'subscribe' if step > 0 else 'unsubscribe'}", live_id=f"live-{name}", moves=((key, step),)
        )
        for (name, key), step in moves.items()
    ]
    changes += [change(f"contato.{name}/subscribe", moves=((key, 1),)) for name, key in news.items()]
    for (name, key), step in moves.items():
        if key in sets:
            (sets[key].add if step > 0 else sets[key].discard)(name)
    for name, key in news.items():
        if key in sets:
            sets[key].add(name)
    crowd = Crowd(dict.fromkeys(sets, 0), members, changes, seats)
    for keys in (list(sets), *([key] for key in sets)):
        assert crowd.of(keys) == Reach(len(set().union(*(sets[key] for key in keys))), exact=True)


def test_lists_overlap_as_their_members_say() -> None:
    """Everybody is in just one list, or in several; pairs are told by how many they share, most first."""
    crowd = Crowd({"a": 2, "b": 2, "c": 1, "d": 1}, {"a": ANA | BIA, "b": ANA | BIA, "c": BIA, "d": CID}, [])
    audience = crowd.audience(["c", "a", "d", "b"], START)
    assert audience is not None
    assert audience.overlap == Overlap(
        (("a", 0), ("b", 0), ("c", 0), ("d", 1)), 2, (("a", "b", 2), ("a", "c", 1), ("b", "c", 1))
    )


def test_what_is_not_known_has_no_overlap() -> None:
    """One list overlaps with nothing, and of a list that is only counted nobody knows."""
    crowd = Crowd({"a": 2, "b": 2, "c": 9}, {"a": ANA | BIA, "b": ANA}, [])
    for keys in (["a"], ["a", "c"]):
        audience = crowd.audience(keys, START)
        assert audience is not None
        assert audience.overlap is None


@given(st.dictionaries(st.sampled_from("abcdef"), st.sets(st.integers(0, 30)), min_size=2))
def test_an_overlap_counts_everybody_once(lists: dict[str, set[int]]) -> None:
    """Those in one list and those in several are all that the send reaches; each figure is what sets say."""
    members = {key: sum(1 << seat for seat in people) for key, people in lists.items()}
    audience = Crowd({key: len(people) for key, people in lists.items()}, members, []).audience(lists, START)
    assert audience is not None
    overlap = audience.overlap
    assert overlap is not None
    assert sum(people for _, people in overlap.only) + overlap.several == audience.people
    for key, people in overlap.only:
        assert people == len(lists[key].difference(*(lists[other] for other in lists if other != key)))
    assert {(one, other): people for one, other, people in overlap.pairs} == {
        (one, other): len(lists[one] & lists[other])
        for one in lists
        for other in lists
        if one < other and lists[one] & lists[other]
    }
