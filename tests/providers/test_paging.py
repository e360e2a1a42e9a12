"""A listing of several pages is read to its end, each row once, under whatever a server tells of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.channels import Observation
from reconciler.providers.paging import MOST_PAGES, Reading, Unpaged
from reconciler.transport import Endpoint, Repeat

LIST = Endpoint("GET", "/lista", Repeat.FREELY, effect=False)


def rows(names: Sequence[str]) -> list[Observation]:
    """Observations with these ids."""
    return [Observation("fonte", name, {"nome": name}) for name in names]


def feed(reading: Reading, names: Sequence[str], total: int | None, offset: int = 0) -> list[str]:
    """One more page, with the total and the offset that it tells; the ids of what is new."""
    covered = reading.covers(len(names), total, offset)
    return [each.id for each in reading.take(rows(names), total=total, covered=covered)]


def test_once() -> None:
    """A row that moved to the next page while that was asked for is given once."""
    reading = Reading(LIST)
    assert reading.take(rows("abc"), total=5) == rows("abc")
    assert reading.take(rows("cd"), total=6) == rows("d")
    assert not reading.ended


def test_without_ids() -> None:
    """Rows without an id are told apart by what they say."""
    reading = Reading(LIST)
    some = [Observation("fonte", "", {"nome": name}) for name in ("a", "b", "a")]
    assert reading.take(some, total=None) == some[:2]


def test_an_id_is_no_content() -> None:
    """An id that looks like the content of a row without one is another row all the same."""
    first = Observation("fonte", "", {"nome": "a"})
    second = Observation("fonte", repr(first.fields), {})
    assert Reading(LIST).take([first, second], total=None) == [first, second]


@pytest.mark.parametrize(
    ("pages", "ended"),
    [
        ([([], None, 0)], [True]),
        ([(["a", "b"], 2, 0), ([], 2, 2)], [False, True]),  # that may be the total of the page
        ([(["a", "b"], 2, 0), (["c", "d"], 2, 2), ([], 0, 4)], [False, False, True]),  # and here it is
        ([(["a", "b"], 3, 0), (["c"], 3, 2)], [False, True]),
        ([(["a", "b"], 4, 0), (["c", "d"], 4, 0)], [False, True]),  # an offset that is always 0
        ([(["a"], 9, 8)], [True]),  # an offset that knows better
        ([(["a"], 9, 0), ([], 9, 1)], [False, True]),
        ([(["a"], None, 0), (["b"], None, 0), ([], None, 0)], [False, False, True]),
        ([(["a"], 0, 0), (["b"], 0, 1), (["b"], 0, 2)], [False, False, True]),  # a total that cannot be
    ],
)
def test_ended(pages: list[tuple[list[str], int | None, int]], ended: list[bool]) -> None:
    """It is over with an empty page or once a total that can be believed is reached, whichever comes first."""
    reading = Reading(LIST)
    assert not reading.begun
    found = []
    for names, total, offset in pages:
        feed(reading, names, total, offset)
        found.append(reading.ended)
        assert reading.begun
    assert found == ended


@pytest.mark.parametrize("total", [None, 3, 10**18])
def test_the_same_page_again(total: int | None) -> None:
    """A page that only repeats, while more is said to exist, ends it with the reason and what can be done."""
    reading = Reading(LIST)
    reading.take(rows("ab"), total=total)
    with pytest.raises(Unpaged, match=r"GET /lista: page 2 .* ignore which page .* select less") as caught:
        reading.take(rows("ba"), total=total)
    assert not caught.value.later
    assert not caught.value.unknown


def test_all_again() -> None:
    """A page that only repeats is no mistake once all that is said to exist has come, or at the end."""
    for total, last in ((2, False), (None, True), (9, True)):
        reading = Reading(LIST)
        reading.take(rows("ab"), total=9)
        assert reading.take(rows("b"), total=total, last=last) == []
        assert reading.ended


def test_without_end() -> None:
    """A server that always has one more is left in the end."""
    reading = Reading(LIST)
    for number in range(1, MOST_PAGES):
        reading.take(rows([str(number)]), total=None)
    assert not reading.ended
    with pytest.raises(Unpaged, match="no end"):
        reading.take(rows(["one more"]), total=None)


@given(
    pages=st.lists(
        st.tuples(st.lists(st.sampled_from("abcdefg"), max_size=4), st.none() | st.integers(0, 9)), max_size=9
    )
)
def test_whatever_comes(pages: list[tuple[list[str], int | None]]) -> None:
    """Whatever a server answers, each row is given at most once, in the order in which it came first."""
    reading = Reading(LIST)
    given_: list[str] = []
    came: list[str] = []
    for names, total in pages:
        came += names
        try:
            given_ += feed(reading, names, total)
        except Unpaged:
            break
    assert given_ == list(dict.fromkeys(came))
