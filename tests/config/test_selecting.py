"""`--where` means what `onde` means."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from reconciler.config import InvalidConfig, selection
from reconciler.engine.check import Condition, Newest

ZONE = ZoneInfo("America/Sao_Paulo")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("name=Natal", Condition("name", ("Natal",))),
        ("name = Natal = 2026", Condition("name", ("Natal = 2026",))),
        ("name==Natal", Condition("name", ("Natal",))),
        ("name=A,B", Condition("name", ("A", "B"))),
        (r"name=Natal\, 2026", Condition("name", ("Natal, 2026",))),
        ("status=QUEUED", Condition("status", ("QUEUED",), changes=True)),
        ("createdAt>=2026-06-01", Condition("createdAt", since=datetime(2026, 6, 1, tzinfo=ZONE))),
        ("createdAt<=2026-06-30", Condition("createdAt", before=datetime(2026, 7, 1, tzinfo=ZONE))),
    ],
)
def test_a_condition(text: str, meant: Condition) -> None:
    """Values, lists and days, of the field that is named; a comma behind a backslash is one."""
    assert selection("ogmma.lotes", [text], ZONE).where.conditions == (meant,)


def test_the_newest() -> None:
    """Asked for as in a check."""
    assert selection("ogmma.lotes", ["mais_recente=completedAt"], ZONE).newest == Newest("completedAt", later=True)


def test_all_mistakes_at_once() -> None:
    """Each names the option and stands in no file."""
    with pytest.raises(InvalidConfig) as caught:
        selection("ogmma.mensagens", ["x", "status=?", "createdAt>1", "createdAt<=1", "createdAt=2"], ZONE)
    findings = caught.value.findings
    assert len(findings) == 7
    assert all(finding.place is None and finding.summary.startswith("--where") for finding in findings)
    assert all(finding.remedy for finding in findings)


@pytest.mark.parametrize("text", ["", "=", "=x", "a", "\udce9=\udce9", "name=\x00", ">="])
def test_nonsense(text: str) -> None:
    """Whatever is typed: a mistake that is told."""
    with pytest.raises(InvalidConfig):
        selection("ogmma.lotes", [text], ZONE)
