"""What a vendor cannot select is refused before anything is sent; what it can is handed to it, and nothing is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.providers.filtering import InvalidFilterError
from reconciler.providers.mindo.envios_em_massa import calls as envios_em_massa
from reconciler.providers.ogmma.lotes import calls as lotes
from reconciler.providers.ogmma.mensagens import calls as mensagens

IDS = {"channelId": "c1", "conversationId": "d1"}
WRONG: list[tuple[Any, dict[str, Any], str]] = [
    (lotes.Filters, {"status": "completed"}, "status"),
    (lotes.Filters, {"status": "DONE"}, "status"),
    (lotes.Filters, {"status": "PROCESSING"}, "status"),
    (lotes.Filters, {"status": ""}, "status"),
    (lotes.Filters, {"limit": 0}, "limit"),
    (lotes.Filters, {"limit": 101}, "limit"),
    (lotes.Filters, {"limit": True}, "limit"),
    (lotes.Filters, {"limit": 1.5}, "limit"),
    (lotes.Filters, {"limit": "20"}, "limit"),
    (mensagens.Filters, {**IDS, "limit": 501}, "limit"),
    (mensagens.Filters, {**IDS, "limit": 0}, "limit"),
    (mensagens.Filters, {**IDS, "channelId": ""}, "channelId"),
    (mensagens.Filters, {**IDS, "channelId": "../../bulk"}, "channelId"),
    (mensagens.Filters, {**IDS, "conversationId": "a/b"}, "conversationId"),
    (mensagens.Filters, {**IDS, "conversationId": "a?limit=1"}, "conversationId"),
    (mensagens.Filters, {**IDS, "conversationId": "a%2fb"}, "conversationId"),
    (mensagens.Filters, {**IDS, "conversationId": "a\r\nX: y"}, "conversationId"),
    (envios_em_massa.Filters, {"status": "IN_PROGRESS"}, "status"),
    (envios_em_massa.Filters, {"template": 0}, "template"),
    (envios_em_massa.Filters, {"template": "45"}, "template"),
    (envios_em_massa.Filters, {"template": 2**63}, "template"),
    (envios_em_massa.Filters, {"page_size": 0}, "page_size"),
    (envios_em_massa.Filters, {"page_size": 1001}, "page_size"),
    (envios_em_massa.Filters, {"created_after": "2025-11-01"}, "created_after"),
    (envios_em_massa.Filters, {"created_before": datetime(2025, 11, 1, tzinfo=UTC)}, "created_before"),
    (
        envios_em_massa.Filters,
        {"created_after": date(2025, 11, 2), "created_before": date(2025, 11, 1)},
        "created_after",
    ),
]


@pytest.mark.parametrize(("kind", "values", "field"), WRONG)
def test_refused(kind: Any, values: dict[str, Any], field: str) -> None:
    """A filter that the vendor does not have names its field, the reason and the remedy, on one line."""
    with pytest.raises(InvalidFilterError) as caught:
        kind(**values)
    assert caught.value.field == field
    assert caught.value.reason
    assert caught.value.remedy
    assert str(caught.value).isprintable()


def test_one_conversation() -> None:
    """Messages are asked for by one channel and one conversation; a choice or none is refused."""
    equal = {"channelId": ["c1"], "conversationId": ["d1"], "status": ["READ"]}
    assert mensagens.narrowed(equal, {}) == mensagens.Filters("c1", "d1")
    for wrong in (
        {},
        {**equal, "channelId": []},
        {**equal, "conversationId": ["d1", "d2"]},
        {**equal, "channelId": [".."]},
    ):
        with pytest.raises(InvalidFilterError):
            mensagens.narrowed(wrong, {})


@pytest.mark.parametrize(
    ("equal", "status"),
    [
        ({}, None),
        ({"status": ["COMPLETED"]}, "COMPLETED"),
        ({"status": ["COMPLETED", "QUEUED"]}, None),
        ({"status": ["SOMETHING_NEW"]}, None),
        ({"status": [None]}, None),
        ({"name": ["Campanha"]}, None),
    ],
)
def test_narrowed_by_status(equal: dict[str, list[str]], status: str | None) -> None:
    """One documented status is handed to the vendor; a choice, or one that it does not know, is left to us."""
    assert lotes.narrowed(equal, {}) == lotes.Filters(status)
    assert envios_em_massa.narrowed(equal, {}) == envios_em_massa.Filters(status)


@pytest.mark.parametrize(
    ("value", "template"),
    [(45, 45), ("45", 45), ("045x", None), ("9" * 30, None), (True, None), (0, None), (2**63, None)],
)
def test_narrowed_by_template(value: Any, template: int | None) -> None:
    """A template's id is handed to the vendor where it is one."""
    found = envios_em_massa.narrowed({"template.id": [value], "template.template_name": ["x"]}, {})
    assert found == envios_em_massa.Filters(template=template)


MOMENTS = st.builds(
    lambda seconds, minutes: datetime.fromtimestamp(seconds, timezone(timedelta(minutes=minutes))),
    st.integers(10**9, 4 * 10**9),
    st.integers(-720, 840),
)


@given(
    first=st.none() | MOMENTS,
    second=st.none() | MOMENTS,
    created=MOMENTS,
    zone=st.integers(-12, 14),
    inclusive=st.booleans(),
)
def test_narrowed_by_time(
    *, first: datetime | None, second: datetime | None, created: datetime, zone: int, inclusive: bool
) -> None:
    """Whatever zone the vendor's days are of, and whether they count themselves: nothing in the range is left out."""
    if first is not None and second is not None and first > second:
        first, second = second, first
    found = envios_em_massa.narrowed({}, {"created_at": (first, second)})
    day = created.astimezone(timezone(timedelta(hours=zone))).date()
    margin = timedelta(days=0 if inclusive else 1)
    shown = (found.created_after is None or found.created_after + margin <= day) and (
        found.created_before is None or day <= found.created_before - margin
    )
    wanted = (first is None or first <= created) and (second is None or created <= second)
    assert shown or not wanted


def test_narrowed_at_the_end_of_time() -> None:
    """A range up to the last or from the first day that there is has no bound there."""
    ends = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    assert envios_em_massa.narrowed({}, {"created_at": ends}) == envios_em_massa.Filters()
