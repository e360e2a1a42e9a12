"""How bulk sends go on with the account's clock: the laws that hold for each, whatever its figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.sandbox import Sandbox
from tests.sandbox.conftest import BULK_SENDS, Api

BEGIN = datetime(2026, 11, 2, 11, 0, tzinfo=UTC)
LONGEST = 4000


@st.composite
def _batches(draw: st.DrawFn) -> dict[str, Any]:
    """Seeds of a bulk send of either vendor; up to a thousand seconds pass from BEGIN before it starts."""
    total = draw(st.integers(0, 3000))
    failures = draw(st.integers(0, total))
    duration = draw(st.floats(0, 2000))
    start = draw(st.integers(0, 1000))
    batch: dict[str, Any] = {
        "total": total,
        "falhas": failures,
        "criado": _at(0),
        "inicio": _at(start),
        "duracao": duration,
    }
    cancelled = draw(st.none() | st.integers(0, 3000))
    if cancelled is not None and cancelled < start + duration:
        batch["cancelado"] = _at(cancelled)
    return batch


@st.composite
def _reactions(draw: st.DrawFn, batch: dict[str, Any]) -> dict[str, Any]:
    """What of it is delivered and read, and how late."""
    delivered = draw(st.integers(0, batch["total"] - batch["falhas"]))
    late = draw(st.floats(0, 500))
    return {
        "modelo": "natal",
        "entregues": delivered,
        "lidos": draw(st.integers(0, delivered)),
        "atraso_da_entrega": late,
        "atraso_da_leitura": late + draw(st.floats(0, 500)),
    }


_MOMENTS = st.lists(st.integers(0, LONGEST), min_size=2, max_size=8).map(sorted)
_PHASES = {"QUEUED": 0, "IN_PROGRESS": 1, "PROCESSING": 1}


def _at(seconds: int) -> str:
    return (BEGIN + timedelta(seconds=seconds)).isoformat()


@settings(max_examples=40, deadline=None)
@given(data=st.data(), moments=_MOMENTS)
def test_figures_grow_and_sum_up(data: st.DataObject, moments: list[int]) -> None:
    """Counts never shrink, always sum up to what was tried, and nothing goes back to an earlier phase."""
    batch = data.draw(_batches())
    reactions = data.draw(_reactions(batch))
    seed = {"agora": _at(0), "ogmma": {"lotes": [batch]}, "mindo": {"envios_em_massa": [batch | reactions]}}
    with Sandbox.open(None, seed, assumptions={"ogmma_por_minuto": 0}) as sandbox:
        api = Api(sandbox)
        sandbox.clock.stop()
        seen = [_shown(api, moment) for moment in [*moments, LONGEST, LONGEST + 1]]
        api.close()
    for ogmma, mindo in seen:
        _sums_hold(ogmma, mindo)
    for before, after in pairwise(seen):
        _grown(before[0], after[0], ("sent", "failed", "progress"))
        _grown(before[1], after[1], ("sent_count", "failed_count", "delivered_count", "read_count"))
        _grown(before[1], after[1], ("progress_percentage",))
    _ended(batch, reactions, seen)


def _shown(api: Api, moment: int) -> tuple[dict[str, Any], dict[str, Any]]:
    api.sandbox.clock.set(BEGIN + timedelta(seconds=moment))
    return api.ogmma("/bulk").json["data"][0], api.mindo(BULK_SENDS).json["results"][0]


def _sums_hold(ogmma: dict[str, Any], mindo: dict[str, Any]) -> None:
    assert ogmma["sent"] + ogmma["failed"] <= ogmma["totalRecipients"]
    assert mindo["sent_count"] + mindo["failed_count"] + mindo["pending_count"] == mindo["total_recipients"]
    assert mindo["read_count"] <= mindo["delivered_count"] <= mindo["sent_count"]
    assert (ogmma["sent"], ogmma["failed"]) == (mindo["sent_count"], mindo["failed_count"])
    assert 0 <= ogmma["progress"] <= mindo["progress_percentage"] <= 100
    for shown, end in ((ogmma, "completedAt"), (mindo, "completed_at")):
        over = shown["status"] in {"COMPLETED", "PARTIALLY_FAILED", "PARTIAL", "FAILED"}
        assert (shown[end] is not None) == over
    if ogmma["completedAt"]:
        assert ogmma["sent"] + ogmma["failed"] == ogmma["totalRecipients"]
        assert (ogmma["progress"], mindo["progress_percentage"]) == (100, 100.0)
    if ogmma["status"] == "QUEUED":
        assert ogmma["sent"] == ogmma["failed"] == ogmma["progress"] == 0


def _grown(before: dict[str, Any], after: dict[str, Any], names: tuple[str, ...]) -> None:
    assert all(before[name] <= after[name] for name in names)
    assert _PHASES.get(before["status"], 2) <= _PHASES.get(after["status"], 2)
    if _PHASES.get(before["status"], 2) == 2:
        frozen = {name: value for name, value in before.items() if name not in {"delivered_count", "read_count"}}
        assert {name: after[name] for name in frozen} == frozen


def _ended(batch: dict[str, Any], reactions: dict[str, Any], seen: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    """Past every end, all that was to come has come, and nothing moves any more."""
    assert seen[-2] == seen[-1]
    ogmma, mindo = seen[-1]
    if "cancelado" in batch:
        assert ogmma["status"] == mindo["status"] == "CANCELLED"
        return
    failed, total = batch["falhas"], batch["total"]
    assert (ogmma["failed"], ogmma["sent"]) == (failed, total - failed)
    assert (mindo["delivered_count"], mindo["read_count"]) == (reactions["entregues"], reactions["lidos"])
    assert ogmma["status"] == ("PARTIALLY_FAILED" if failed > 0.02 * total else "COMPLETED")
    assert mindo["status"] == ("FAILED" if 0 < total == failed else "PARTIAL" if failed else "COMPLETED")


def test_deliveries_may_lag() -> None:
    """What is delivered and read may go on growing when the bulk send has ended; nothing else of it does."""
    late = {"atraso_da_entrega": 60, "atraso_da_leitura": 600}
    send = {"modelo": "natal", "total": 100, "entregues": 90, "lidos": 30, "criado": _at(0), "duracao": 100, **late}
    with Sandbox.open(None, {"agora": _at(0), "mindo": {"envios_em_massa": [send]}}) as sandbox:
        api = Api(sandbox)
        sandbox.clock.stop()
        shown = []
        for moment in (100, 160, 650, 700):
            sandbox.clock.set(BEGIN + timedelta(seconds=moment))
            shown.append(api.mindo(BULK_SENDS).json["results"][0])
        api.close()
    assert [row["status"] for row in shown] == ["COMPLETED"] * 4
    assert [(row["delivered_count"], row["read_count"]) for row in shown] == [(36, 0), (90, 0), (90, 15), (90, 30)]


def test_the_clock_goes_back() -> None:
    """A bulk send that follows from the time alone is shown as it was, if the clock is set back."""
    with Sandbox.open(None, {"agora": _at(0), "ogmma": {"lotes": [{"total": 100, "duracao": 100}]}}) as sandbox:
        api = Api(sandbox)
        sandbox.clock.stop()
        sent = []
        for moment in (50, 100, 50):
            sandbox.clock.set(BEGIN + timedelta(seconds=moment))
            sent.append(api.ogmma("/bulk").json["data"][0]["sent"])
        api.close()
    assert sent == [50, 100, 50]
