"""Checks as they are written, and what comes of what their source shows: judging.yaml has the cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from reconciler.engine.channels import Observation
from reconciler.engine.check import Check, Ruling, Verdict
from reconciler.engine.judging import judged
from reconciler.engine.model import Address, Place
from reconciler.providers.mindo.envios_em_massa.spec import VerificacaoDeEnviosEmMassa
from reconciler.providers.ogmma.lotes.spec import SOURCE, VerificacaoDeLotes
from reconciler.providers.ogmma.mensagens.spec import MOST, VerificacaoDeMensagens
from tests.cases.channels import observations

NOW = datetime(2026, 11, 2, 11, tzinfo=UTC)
ZONE = ZoneInfo("America/Sao_Paulo")
CASES = yaml.load((Path(__file__).parent / "judging.yaml").read_bytes(), Loader=yaml.BaseLoader)  # noqa: S506 - texts


def check_of(spec: type[Any], written: dict[str, Any]) -> Check:
    """The check that is written so."""
    made: Check = spec.model_validate(written).check(Address("verificacao", "v"), Place("a.yaml", 1, 1), ZONE)
    return made


def lotes(case: dict[str, Any]) -> list[Observation]:
    """The batches of a case, each created an hour after the one before."""
    found = []
    for place, text in enumerate(case["lotes"]):
        status, *figures = text.split()
        total, sent, failed, progress = (None if figure == "null" else float(figure) for figure in figures)
        created = NOW - timedelta(hours=len(case["lotes"]) - place)
        given: dict[str, Any] = {
            "batchId": f"b{place}",
            "name": case.get("named", ["a"] * (place + 1))[place],
            "status": status,
            "totalRecipients": None if total is None else int(total),
            "sent": None if sent is None else int(sent),
            "failed": None if failed is None else int(failed),
            "progress": progress,
            "createdAt": case["created"][place] if "created" in case else created.isoformat(),
            "completedAt": created.isoformat() if status in ("COMPLETED", "PARTIALLY_FAILED") else None,
        }
        if str(place) in case.get("undated", ()):
            del given["createdAt"]
        found.append(given)
    return observations(SOURCE, found)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["law"])
def test_lotes(case: dict[str, Any]) -> None:
    """A case's ruling is the stated one, in whatever order the source shows its objects."""
    check, shown = check_of(VerificacaoDeLotes, case["check"]), lotes(case)
    verdict = judged(check, shown, NOW)
    assert verdict.ruling is Ruling(case["ruling"]), verdict.reason
    assert case.get("says", "") in "; ".join((verdict.reason, *(f"{one.name} {one.shown}" for one in verdict.grounds)))
    assert verdict.holds is (case["ruling"] == "holds")
    assert judged(check, reversed(shown), NOW).ruling is verdict.ruling


def _massa(written: dict[str, Any], **figures: Any) -> Verdict:
    check = check_of(VerificacaoDeEnviosEmMassa, written)
    return judged(check, observations("mindo.envios_em_massa", [figures]), NOW)


def test_receipts_come_after_the_end() -> None:
    """Delivered and read may still grow once all is sent, up to those who have not failed; failed may not."""
    figures = {
        "id": "x",
        "template.id": 45,
        "status": "PARTIAL",
        "total_recipients": 100,
        "created_at": NOW.isoformat(),
    }
    figures |= {"sent_count": 90, "delivered_count": 80, "read_count": 10, "failed_count": 10}

    def ruling(**espera: str) -> Ruling:
        written = {"fonte": "mindo.envios_em_massa", "onde": {"template.id": "045"}, "espera": espera}
        return _massa(written, **figures).ruling

    assert ruling(entregues=">= 80%") is Ruling.HOLDS
    assert ruling(entregues=">= 90%") is Ruling.NOT_YET
    assert ruling(entregues=">= 91%") is Ruling.BROKEN
    assert ruling(lidos="<= 10") is Ruling.NOT_YET
    assert ruling(lidos="<= 9") is Ruling.BROKEN
    assert ruling(falhas="<= 10%") is Ruling.HOLDS
    assert ruling(falhas="<= 9%", entregues=">= 80%") is Ruling.BROKEN


_CONVERSATION = {"channelId": "c", "conversationId": "d"}


def _message(**espera: Any) -> Ruling:
    written = {"fonte": "ogmma.mensagens", "onde": {**_CONVERSATION, "direction": "INBOUND"}, "espera": espera}
    shown = [
        {"id": "a", "direction": "INBOUND", "status": "READ", "createdAt": "2026-10-31T11:00:00+00:00"},
        {"id": "b", "direction": "INBOUND", "status": "READ", "createdAt": "2026-10-30T11:00:00+00:00"},
        {"id": "c", "direction": "OUTBOUND", "status": "SENT", "createdAt": "2026-11-02T10:00:00+00:00"},
    ]
    return judged(check_of(VerificacaoDeMensagens, written), observations("ogmma.mensagens", shown), NOW).ruling


def test_of_messages_the_newest_counts_and_nothing_is_ever_broken() -> None:
    """The newest of those that fit: its age, status and direction; another may come, so that it may become so."""
    assert _message(idade="<= 2d") is Ruling.HOLDS
    assert _message(idade="< 2d") is Ruling.NOT_YET
    assert _message(idade=">= 2d") is Ruling.HOLDS
    assert _message(status="READ", direction="INBOUND") is Ruling.HOLDS
    assert _message(status=["SENT", "DELIVERED"]) is Ruling.NOT_YET
    assert _message(quantidade="2") is Ruling.HOLDS
    assert _message(quantidade="<= 1") is Ruling.NOT_YET


def test_of_a_long_conversation_only_the_newest_messages_are_seen() -> None:
    """Where the API shows no more, there may be more: at least so many holds, at most so many does not."""
    shown = [{"id": str(n), "direction": "OUTBOUND", "createdAt": NOW.isoformat()} for n in range(MOST)]

    def ruling(quantidade: str) -> Ruling:
        written = {"fonte": "ogmma.mensagens", "onde": _CONVERSATION, "espera": {"quantidade": quantidade}}
        return judged(check_of(VerificacaoDeMensagens, written), observations("ogmma.mensagens", shown), NOW).ruling

    assert ruling(">= 500") is Ruling.HOLDS
    assert ruling("<= 600") is Ruling.NOT_YET
    assert ruling("= 500") is Ruling.NOT_YET
