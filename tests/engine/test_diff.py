"""What differs, and what only looks different."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.diff import deltas, explain, fingerprint
from reconciler.engine.model import Binding, Delta, Value

SENT, STORED = "<P>Natal</P>", "<p>Natal</p>"
MEMORY = Binding("mensagem", "natal", "m1", sent={"html": fingerprint(SENT)}, stored={"html": fingerprint(STORED)})


def test_only_what_is_wanted_is_compared() -> None:
    """A field that is not wanted is no difference, whatever the live object shows; the order is that of the wanted."""
    live: dict[str, Value] = {"nome": "Ana", "sexo": "f", "ativo": True}
    assert deltas({"sexo": "m", "nome": "Ana Lima"}, live) == (
        Delta("sexo", "f", "m"),
        Delta("nome", "Ana", "Ana Lima"),
    )
    assert deltas({"nome": "Ana"}, live) == ()
    assert deltas({"novo": "x"}, live) == (Delta("novo", None, "x"),)


@pytest.mark.parametrize(
    ("wanted", "live", "differs"),
    [(SENT, STORED, False), (SENT, "<p>Outro</p>", True), ("<P>Outro</P>", STORED, True), (STORED, STORED, False)],
    ids=["unchanged on both sides", "changed in the account", "changed in the YAML", "equal"],
)
def test_memory_of_what_was_sent_and_stored(wanted: str, live: str, differs: bool) -> None:
    """Texts that differ are no difference while both are the ones remembered; one that changed is."""
    assert bool(deltas({"html": wanted}, {"html": live}, binding=MEMORY)) is differs


def test_half_a_memory_is_none() -> None:
    """Without what the server stored, or without what was sent, nothing is remembered."""
    for memory in (
        Binding("mensagem", "natal", "m1", sent=MEMORY.sent),
        Binding("mensagem", "natal", "m1", stored=MEMORY.stored),
    ):
        assert deltas({"html": SENT}, {"html": STORED}, binding=memory)


def test_meaning_where_equal_text_is_too_strict() -> None:
    """A field with a meaning of its own is compared by it, and other fields are not."""
    same = {"email": lambda wanted, live: str(wanted).lower() == str(live).lower()}
    live: dict[str, Value] = {"email": "Ana@exemplo.com.br", "nome": "Ana"}
    assert deltas({"email": "ana@exemplo.com.br", "nome": "ana"}, live, same=same) == (Delta("nome", "Ana", "ana"),)


def test_moments_are_equal_whatever_their_offset() -> None:
    """The same moment written in another zone is no difference."""
    there = datetime(2026, 12, 20, 9, 0, tzinfo=timezone(timedelta(hours=-3)))
    assert deltas({"inicio": there}, {"inicio": there.astimezone(UTC)}) == ()


_VALUES = st.one_of(
    st.text(),
    st.booleans(),
    st.none(),
    st.frozensets(st.text(max_size=3)),
    st.dictionaries(st.text(max_size=3), st.text()),
)


@given(_VALUES, _VALUES)
def test_fingerprints_differ_where_values_do(one: Value, other: Value) -> None:
    """A fingerprint stands for one value, and does not depend on the order of a set or a mapping."""
    assert (fingerprint(one) == fingerprint(other)) is (one == other)


@given(st.lists(st.tuples(st.text(max_size=3), st.text()), unique_by=lambda item: item[0]))
def test_fingerprints_do_not_depend_on_order(items: list[tuple[str, str]]) -> None:
    """Mappings that are equal have the same fingerprint, whatever order they were filled in."""
    assert fingerprint(dict(items)) == fingerprint(dict(reversed(items)))


def test_explanations_name_each_difference() -> None:
    """What is known to differ is explained line by line; order in a list is no difference."""
    assert list(explain({"a": 1, "b": 2}, {"b": 3, "c": 4})) == [
        "+ ['c'] 4",
        "- ['a'] 1",
        "~ ['b'] 2 → 3",
    ]
    assert list(explain(["a", "b"], ["b", "a"])) == []
    assert list(explain("x", "y")) == ["~ value 'x' → 'y'"]
