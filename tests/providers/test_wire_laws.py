"""Whatever JSON the vendors that are only read answer: observations or one clear error, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.engine.channels import Observation, Phase
from reconciler.providers.mindo.envios_em_massa import wire as envios_em_massa
from reconciler.providers.mindo.errors import refusal as mindo_refusal
from reconciler.providers.ogmma.errors import refusal as ogmma_refusal
from reconciler.providers.ogmma.lotes import wire as lotes
from reconciler.providers.ogmma.mensagens import wire as mensagens
from reconciler.transport import UnexpectedError

NAMES = sorted(
    {"data", "pagination", "total", "limit", "offset", "meta", "count", "next", "results", "template", "phone_number"}
    | {
        part
        for kinds in (lotes.KINDS, mensagens.KINDS, envios_em_massa.KINDS)
        for name in kinds
        for part in name.split(".")
    }
    | {"message", "code", "detail", "error"}
)
TEXTS = st.sampled_from(["COMPLETED", "100", "1.5", "2025-06-10T15:00:00Z", "2025-06-10", "nan", "-1", ""]) | st.text(
    st.characters(), max_size=6
)
NUMBERS = st.integers() | st.floats() | st.sampled_from([10**30, -(10**400)])
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), inner, max_size=6)
    ),
    max_leaves=15,
)
OBJECTS = st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=4), JSON, max_size=8)
LISTS: dict[str, tuple[str, Callable[[dict[str, object]], Iterable[Observation]]]] = {
    lotes.SOURCE: ("data", lambda document: lotes.listing(document).found),
    mensagens.SOURCE: ("data", mensagens.listing),
    envios_em_massa.SOURCE: ("results", lambda document: envios_em_massa.listing(document).found),
}


@pytest.mark.parametrize("source", LISTS)
@settings(max_examples=200, deadline=None)
@given(document=OBJECTS, rows=st.lists(OBJECTS, max_size=3) | JSON)
def test_any_answer(source: str, document: dict[str, Any], rows: Any) -> None:
    """Any answer is read, or refused in words of our own; what is read can be written and says whose it is."""
    name, listing = LISTS[source]
    for whole in (document, {**document, name: rows}):
        try:
            found = list(listing(whole))
        except UnexpectedError:
            continue
        assert isinstance(whole[name], list)
        for each, row in zip(found, whole[name], strict=True):
            check(each, source, row)


def check(each: Observation, source: str, row: dict[str, Any]) -> None:
    """Whether an observation is one that everybody above can rely on."""
    assert each.source == source
    json.dumps(dict(each.fields), allow_nan=False, default=datetime.isoformat).encode()
    assert len(each.fields) >= bool(row)
    if each.bulk is None:
        assert source == mensagens.SOURCE
        return
    bulk = each.bulk
    assert (bulk.source, bulk.id) == (source, each.id)
    assert all(
        figure is None or figure >= 0 for figure in (bulk.total, bulk.sent, bulk.delivered, bulk.read, bulk.failed)
    )
    assert bulk.progress is None or 0 <= bulk.progress <= 100
    assert all(time is None or time.tzinfo is not None for time in (bulk.created, bulk.ended))
    assert bulk.phase in Phase


@pytest.mark.parametrize("refusal", [ogmma_refusal, mindo_refusal])
@settings(max_examples=200, deadline=None)
@given(document=OBJECTS)
def test_any_error(refusal: Callable[[dict[str, object]], Any], document: dict[str, Any]) -> None:
    """Any error's body is a reason, or none."""
    found = refusal(document)
    assert found is None or (isinstance(found.code, str) and found.message and not found.missing)
