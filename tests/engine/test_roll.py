"""The declared people as a table: it finds whom it holds, and tells like from unlike as the decisions do."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.model import Address, Declared, Place
from reconciler.engine.roll import FIELDS, Enrolment, Roll, RowChangedError, Shape, canonical, digest

KEYS = ("a", "b", "c")
TEXTS = st.sampled_from(["", " ", "x", " x ", "y"])
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "nome": TEXTS,
        "sexo": st.sampled_from("mf"),
        "data_de_nascimento": st.sampled_from(["1990-02-12", "1991-02-12"]),
        "ativo": st.booleans(),
        "listas": st.frozensets(st.sampled_from(KEYS)),
        "campos": st.dictionaries(st.sampled_from(KEYS), TEXTS),
    },
)


def crowded(text: str) -> int:
    """Marks that begin alike: every look-up meets everybody."""
    return hash(text) if text.startswith("@") else 7


def person(number: int, fields: dict[str, Any] | None = None, **rest: Any) -> Declared:
    """Somebody, declared on a line of one's own."""
    email = f"p{number}@exemplo.org"
    given = {"email": email} | (fields or {})
    return Declared(Address("contato", email), given, Place("a.yaml", number + 1, 3), **rest)


@pytest.mark.parametrize(("hashed", "count"), [(hash, 1), (hash, 100), (hash, 3000), (crowded, 100)])
def test_everybody_is_found_and_nobody_else(hashed: Any, count: int) -> None:
    """An e-mail leads to the place of the one whose it is, or nowhere; places are in the order of the sources."""
    people = [person(number, {"nome": f"N{number}"}) for number in range(count)]
    roll = Roll.of(people, hashed)
    assert list(roll) == list(range(len(people))) == [roll.place(one.address.key) for one in people]
    assert list(roll.read(roll)) == [roll.declared(place) for place in roll] == people
    assert roll.find("P0@EXEMPLO.org") == 0
    assert roll.find("p3000@exemplo.org") is None
    assert Roll.of((), hashed).find("p0@exemplo.org") is None


def test_the_first_of_several_counts_and_the_others_are_named() -> None:
    """Whoever stands in the table twice is found at the first place, and each later one is told with it."""
    people = [person(1), person(2), person(1), person(3), person(1), person(3)]
    roll = Roll.of(people)
    assert list(roll.repeats) == [(2, 0), (4, 0), (5, 3)]
    assert roll.find("p1@exemplo.org") == 0


@given(VALUES, VALUES)
def test_digests_are_equal_where_the_decisions_see_no_difference(wanted: dict[str, Any], live: dict[str, Any]) -> None:
    """Only what is declared is compared; spaces round values, and whether an empty one is there, make no difference."""
    shape = Shape.of(wanted)
    campos, there = wanted.get("campos", {}), live.get("campos", {})
    same = all(live.get(name) == wanted[name] for name in wanted if name not in ("campos", "listas"))
    same &= live.get("listas", frozenset()) == wanted.get("listas", live.get("listas", frozenset()))
    same &= all(there.get(key, "").strip() == text.strip() for key, text in campos.items())
    assert (canonical(shape, live) == canonical(shape, wanted)) is same
    assert (digest(shape, live) == digest(shape, wanted)) is same


@given(st.lists(VALUES, max_size=8))
def test_a_row_has_the_shape_and_digest_of_what_is_declared(declared: list[dict[str, Any]]) -> None:
    """Shape and digest are those of the fields; shapes are shared."""
    people = [person(number, fields) for number, fields in enumerate(declared)]
    roll = Roll.of(people)
    for place, one in enumerate(people):
        assert roll.shape(place).fields == tuple(name for name in FIELDS if name in one.fields)
        assert roll.shape(place).campos == tuple(sorted(one.fields.get("campos", {})))  # type: ignore[call-overload]
        assert roll.digests[place] == digest(roll.shape(place), one.fields)
    assert len(roll.shapes) == len(set(roll.shapes)) <= len(people)


def test_whom_stamp_and_digest_do_not_describe_stays_whole() -> None:
    """An id, a former e-mail, a policy and rules of one's own: those people are at hand, by place."""
    unlike = [{"id": "x"}, {"former": "a@exemplo.org"}, {"on_removal": "manter"}, {"rules": {"max_destinatarios": 1}}]
    people = [person(0), *(person(number, **more) for number, more in enumerate(unlike, 1)), person(5)]
    roll = Roll.of(people)
    assert roll.special == {place: people[place] for place in (1, 2, 3, 4)}
    assert list(roll.read(roll)) == people


@dataclass
class Volatile:
    """A source that can be written to while it is in use."""

    people: list[Declared | None]
    name: str = "c.csv"
    opened: int = 0

    def read(self, positions: Iterable[tuple[int, int]]) -> Iterator[Declared | None]:
        """What is there now."""
        self.opened += 1
        for offset, _ in positions:
            yield self.people[offset]


def enrolled(*origins: Volatile) -> Roll:
    """The roll of some sources."""
    enrolment = Enrolment()
    for origin in origins:
        enrolment.begin(origin)
        for offset, one in enumerate(origin.people):
            assert one is not None
            shape = Shape.of(one.fields)
            said = one.address.key, enrolment.shape(shape), canonical(shape, one.fields)
            enrolment.add([((offset, offset + 2), said)])
    return enrolment.close()


def test_a_source_is_opened_once_for_rows_that_follow_each_other() -> None:
    """Many rows are read in one go."""
    one, none, other = Volatile([person(n) for n in range(5)]), Volatile([]), Volatile([person(n) for n in range(5, 9)])
    roll = enrolled(one, none, other)
    assert list(roll.read([1, 3, 5, 8])) == [person(1), person(3), person(5), person(8)]
    assert (one.opened, none.opened, other.opened) == (1, 0, 1)
    assert roll.where(5) == (other, (0, 2))


@pytest.mark.parametrize("now", [None, person(7), person(1, {"nome": "B"}), person(1, {})])
def test_a_row_that_changed_is_not_taken_for_the_one_that_was_read(now: Declared | None) -> None:
    """Gone, somebody else or something else: it is said, with file and line."""
    origin = Volatile([person(0), person(1, {"nome": "A"})])
    roll = enrolled(origin)
    assert roll.declared(1) == person(1, {"nome": "A"})
    origin.people[1] = now
    assert roll.declared(0) == person(0)
    with pytest.raises(RowChangedError, match="changed while it was read") as caught:
        roll.declared(1)
    assert caught.value.finding.place == Place("c.csv", 3, 1)
    assert caught.value.finding.remedy


def test_more_shapes_than_sixteen_bits_can_count() -> None:
    """However many forms the rows have, each keeps its own."""
    enrolment = Enrolment()
    enrolment.begin(Volatile([]))
    for number in range((1 << 16) + 3):
        shape = enrolment.shape(Shape(("campos",), (str(number),)))
        enrolment.add([((number, 1), (f"p{number}", shape, ("x",)))])
    roll = enrolment.close()
    for place in (0, 65535, 65536, 65538):
        assert roll.shape(place).campos == (str(place),)


def test_a_row_takes_fifty_bytes() -> None:
    """What is kept of many people is their columns, and nothing per person besides."""
    count = 20_000
    tracemalloc.start()
    try:
        enrolment = Enrolment()
        enrolment.begin(Volatile([]))
        shape = enrolment.shape(Shape(("nome",)))
        for number in range(count):
            enrolment.add([((number * 70, number + 2), (f"p{number}@exemplo.org", shape, (f"N{number}",)))])
        roll = enrolment.close()
        gc.collect()  # tuples that are kept ready for others
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(roll) == count
    assert held / count < 50


def test_positions_up_to_their_limits_come_back() -> None:
    """Offset and line share a number, and neither touches the other."""
    origin = Volatile([])
    enrolment = Enrolment()
    enrolment.begin(origin)
    for position in ((0, 1), ((1 << 38) - 1, 1), (0, (1 << 26) - 1), ((1 << 38) - 1, (1 << 26) - 1)):
        enrolment.add([(position, (str(position), enrolment.shape(Shape(())), ()))])
        assert enrolment.close().where(len(enrolment) - 1) == (origin, position)


def test_of_keeps_objects_as_they_are() -> None:
    """What was an object before is the same object after."""
    ana = replace(person(1), id="x")
    assert Roll.of([ana]).declared(0) is ana
