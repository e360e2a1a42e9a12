"""Pages of contacts that are decoded in part: what is told of a row is the same as of the row in full."""

from __future__ import annotations

import json
from typing import Any, cast

import orjson
import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from reconciler.providers.criaenvio.contatos import wire
from reconciler.providers.criaenvio.contatos.shown import decoded
from reconciler.providers.criaenvio.pages import Packed, ids_of, listing
from reconciler.providers.criaenvio.wire import UnreadableError

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.sampled_from(["", "1", "Ana", "São", "1990-02-12"])
)
ODD = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.just("data"), inner), max_leaves=4
)
IDS = st.sampled_from(["L1", "L2", "K1", "K2"])
VALUE = st.fixed_dictionaries({"id": IDS}, optional={"nome": ODD, "valor": SCALARS})
PAGINATION = st.fixed_dictionaries({"total": st.one_of(st.integers(0, 3), st.just("2"))})
RELATION = st.fixed_dictionaries({"data": st.lists(VALUE, max_size=3)}, optional={"pagination": PAGINATION})
PLAIN = ("email", "nome", "sexo", "dataNascimento", "ativo", "descadastrado", "qualidade")
ROWS = st.fixed_dictionaries(
    {"id": st.sampled_from(["a", "b", "c"])},
    optional=dict.fromkeys(PLAIN, SCALARS) | {"grupos": st.one_of(RELATION, ODD), "campos": st.one_of(RELATION, ODD)},
)


def told(row: Any) -> object:
    """All that is ever asked of a row."""
    try:
        return wire.observed(row), wire.lists_of(row), wire.values_of(row), wire.receives(row)
    except UnreadableError as error:
        return str(error)


@given(st.lists(ROWS, max_size=4), st.dictionaries(st.sampled_from(["pagination", "embeds", "outra"]), ODD))
@example([{"id": "a", "grupos": "", "campos": {"data": []}}], {})
@example([{"id": "a", "email": 5, "campos": {"data": [{"id": "K1", "valor": None}], "pagination": {"total": 2}}}], {})
def test_a_row_says_the_same_in_part_as_in_full(rows: list[dict[str, Any]], rest: dict[str, Any]) -> None:
    """Fields, lists, values and whether sends reach it; and a page its figures, and which relations it carries."""
    content = json.dumps({"data": rows, **rest}).encode()
    part, full = decoded(content), orjson.loads(content)
    event("in full" if part is None else "in part")
    if part is None:
        return
    mine, whole = listing(part), listing(full)
    assert isinstance(mine.rows, Packed)
    assert [told(row) for row in mine.rows] == [told(row) for row in whole.rows]
    assert ids_of(mine.rows) == ids_of(whole.rows)
    assert (mine.total, mine.per_page, mine.current_page, mine.embeds, mine.counted) == (
        whole.total,
        whole.per_page,
        whole.current_page,
        whole.embeds,
        whole.counted,
    )
    assert [mine.carries(each) for each in ("grupos", "campos")] == [
        whole.carries(each) for each in ("grupos", "campos")
    ]


DOCUMENTED = b"""{"data": [{"id": "5f1", "nome": "Ana", "email": "ana@exemplo.org", "qualidade": "5", "ativo": true,
 "descadastrado": false, "sexo": "f", "dataNascimento": "1990-02-12", "dataCadastro": "2026-11-02 08:00:00",
 "grupos": {"data": [{"id": "L1", "nome": "Clientes"}], "pagination": {"total": 1}},
 "campos": {"data": [{"id": "K1", "nome": "Cidade", "valor": "Santos"}]}}], "pagination": {"total": 1}}"""


def test_the_documented_form_is_read_in_part() -> None:
    """What the vendor shows takes the quick way."""
    part = decoded(DOCUMENTED)
    assert part is not None
    assert [told(row) for row in cast("Packed[Any]", part["data"])] == [told(json.loads(DOCUMENTED)["data"][0])]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"data": "nada"}',
        b'{"data": {"id": "5f1"}}',
        b'{"error": {"code": 1}}',
        b'{"data": [{"nome": "Ana"}]}',
        b'{"data": [{"id": ""}]}',
        b'{"data": [{"id": 7}]}',
        b'{"data": [{"id": "5f1", "campos": ""}]}',
        b'{"data": [{"id": "5f1", "campos": {"data": [{"id": 1}]}}]}',
        b'{"data": [{"id": "5f1", "qualidade": "\\xff"}]}',
        b'\\xef\\xbb\\xbf{"data": []}',
        b'{"data": [{"id": "5f1", "outra": ' + b"[" * 100_000,
    ],
)
def test_another_form_is_left_to_be_read_in_full(content: bytes) -> None:
    """Whatever is not as documented is not judged here."""
    assert decoded(content) is None
