"""What is remembered of people: a table that answers as a dict would, in a fraction of the room."""

from __future__ import annotations

import tracemalloc
from hashlib import blake2b

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.engine.bond import Bond, Sheet
from reconciler.engine.people import Bonds

# The first halves of some stamps are alike, which by chance would never be.
stamps = st.builds(
    bytes.__add__, st.sampled_from([b"\0" * 8, b"a" * 8, b"\xff" * 8]), st.binary(min_size=8, max_size=8)
)
ids = (
    st.text("ab-_9", max_size=6) | st.text("ab", min_size=38, max_size=43) | st.sampled_from(["é", "a\0", "\udc80", ""])
)
former = st.lists(ids, max_size=2).map(tuple)
policies = st.none() | st.sampled_from(["manter", "desativar"])
digests = st.just(0) | st.integers(0, (1 << 64) - 1)
bonds = st.builds(Bond, stamps, ids, policies, former | st.just(()), digests)
steps = st.lists(bonds | stamps | st.just("place"), max_size=40)


def _place_of_id(people: Bonds, live_id: str) -> int | None:
    return next(people.places_of_id(live_id), None)


def numbered(number: int) -> Bond:
    """One of many people, with an id as long as the vendor's."""
    return Bond(blake2b(b"%d" % number, digest_size=16).digest(), f"{number:024}")


def holds(found: Bonds, told: dict[bytes, Bond]) -> None:
    """`found` is what `told` is, by every way of asking."""
    ordered = [told[stamp] for stamp in sorted(told)]
    assert len(found) == len(told)
    assert list(found) == ordered
    for place, bond in enumerate(ordered):
        assert found.place(bond.stamp) == place
        seen = found.table.seen(place)
        asked = Bond(found.stamp(place), found.id(place), found.policy(place), found.former(place), seen)
        assert asked == bond == found.of(bond.stamp)
        there = _place_of_id(found, bond.id)
        assert (there is None) if not bond.id else ordered[there or 0].id == bond.id


@given(steps)
@settings(max_examples=200, deadline=None)
def test_it_is_a_dict_by_stamp(history: list[Bond | bytes | str]) -> None:
    """Whatever was bound and forgotten, in whatever order, with and without a merge in between."""
    found, told = Bonds(), dict[bytes, Bond]()
    for step in history:
        match step:
            case Bond():
                found.bind(*step)
                told[step.stamp] = step
                assert found.of(step.stamp) == step
            case bytes():
                found.forget(step)
                told.pop(step, None)
                assert found.of(step) is None
            case _:
                found.place(b"b" * 16)  # merges
        assert len(found) == len(told)
    holds(found, told)


@given(st.lists(bonds, max_size=20), st.integers(1, 7))
@settings(max_examples=100, deadline=None)
def test_sheets_hold_all_of_it(people: list[Bond], rows: int) -> None:
    """What was written down on sheets reads as it was, however many stand on each."""
    told = {bond.stamp: bond for bond in people}
    sheets = list(Bonds(people).sheets(rows))
    assert all(len(sheet.ids) <= rows for sheet in sheets)
    holds(Bonds.of_sheets(sheets), told)
    assert [bond for sheet in sheets for bond in sheet.bonds()] == [told[stamp] for stamp in sorted(told)]


def test_a_copy_goes_its_own_way() -> None:
    """What is changed in one is not changed in the other."""
    first = Bonds([numbered(1), numbered(2)])
    other = first.copy()
    other.bind(numbered(1).stamp, "changed")
    other.forget(numbered(2).stamp)
    first.bind(*numbered(3))
    holds(first, {numbered(number).stamp: numbered(number) for number in (1, 2, 3)})
    holds(other, {numbered(1).stamp: Bond(numbered(1).stamp, "changed")})


def test_nobody_is_found_in_an_empty_one() -> None:
    """Neither by stamp nor by id; and the empty id is nobody's."""
    found = Bonds()
    assert (len(found), found.place(b"a" * 16), _place_of_id(found, "x"), found.of(b"a" * 16)) == (0, None, None, None)
    found.bind(b"a" * 16, "")
    assert (found.place(b"a" * 16), _place_of_id(found, "")) == (0, None)


def test_a_former_id_leads_to_nobody() -> None:
    """Only the present one stands for the person."""
    found = Bonds([Bond(b"a" * 16, "new", None, ("old",))])
    assert (_place_of_id(found, "old"), _place_of_id(found, "new")) == (None, 0)


def test_more_policies_than_codes_are_kept() -> None:
    """Nothing is lost when everybody has another one."""
    people = [Bond(numbered(number).stamp, "x", f"policy {number}") for number in range(300)]
    holds(Bonds(people), {bond.stamp: bond for bond in people})


@pytest.mark.parametrize(
    "sheet",
    [
        Sheet(b"b" * 16 + b"a" * 16, ["1", "2"], (), {}),
        Sheet(b"a" * 32, ["1", "2"], (), {}),
        Sheet(b"a" * 16, ["1", "2"], (), {}),
        Sheet(b"a" * 15, ["1"], (), {}),
        Sheet(b"a" * 16, ["1"], ["manter", None], {}),
    ],
    ids=["order", "twice", "ids", "stamps", "policies"],
)
def test_what_is_no_sheet_is_refused(sheet: Sheet) -> None:
    """A table that is not in order would find nobody: better none at all."""
    with pytest.raises(ValueError, match=r"columns|order"):
        Bonds.of_sheets([sheet])


def test_sheets_come_in_order() -> None:
    """One after the other, too; and what is no stamp cannot be bound."""
    first, second = (Sheet(stamp * 16, ["1"], (), {}) for stamp in (b"a", b"b"))
    assert len(Bonds.of_sheets([first, second])) == 2
    for sheets in ([second, first], [first, first]):
        with pytest.raises(ValueError, match="order"):
            Bonds.of_sheets(sheets)
    with pytest.raises(ValueError, match="16 bytes, not 3"):
        Bonds().bind(b"abc", "1")


def test_many_take_little_room() -> None:
    """With ids of 24 characters some 60 bytes each, what finds them by id included; all are there, and in order."""
    many = 30_000
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        found = Bonds(numbered(number) for number in range(many))
        assert _place_of_id(found, numbered(7).id) == found.place(numbered(7).stamp)
        taken = (tracemalloc.get_traced_memory()[0] - before) / many
    finally:
        tracemalloc.stop()
    assert 48 < taken < 70
    assert list(found) == sorted(map(numbered, range(many)))
