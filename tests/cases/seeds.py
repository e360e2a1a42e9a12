"""What a case says that other channels show → the sections of a sandbox's seed from which its APIs answer just that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from tests.cases.reading import Case

Record = Mapping[str, Any]

ASSUMED: Final[Mapping[str, Any]] = {"mindo_falhas_toleradas": 0.02}
"""In the cases a few failures make no bulk send of either vendor PARTIAL."""

_WAITING: Final = "QUEUED"
_RUNNING: Final = frozenset({"IN_PROGRESS", "PROCESSING"})
_ENDED: Final = frozenset({"COMPLETED", "PARTIALLY_FAILED", "PARTIAL", "FAILED"})
_CANCELLED: Final = "CANCELLED"
_LATER: Final = timedelta(hours=9)


def channel_seed(case: Case, now: datetime) -> dict[str, Any]:
    """Sections for the sources that the case shows; `now`, aware, is when they are shown so."""
    shown = {name: records for name, records in case.channels.items() if not isinstance(records, str)}
    lotes = [_lote(record, now) for record in shown.get("ogmma.lotes", ())]
    massa = [_massa(record, now) for record in shown.get("mindo.envios_em_massa", ())]
    said = [_message(record, case) for record in shown.get("ogmma.mensagens", ())]
    return {"ogmma": {"lotes": lotes, "mensagens": said}, "mindo": {"envios_em_massa": massa}}


def closed(case: Case) -> set[str]:
    """The vendors that refuse the key: the case says of a source of theirs why it cannot be read."""
    return {name.partition(".")[0] for name, records in case.channels.items() if isinstance(records, str)}


def differences(case: Case, answered: Mapping[str, Sequence[Record]]) -> list[tuple[str, Any, Any]]:
    """Fields in which answers of the sandbox (rows by source) are not what the case says that is shown."""
    names = {"ogmma.lotes": "batchId"}
    rows = {(source, row[names.get(source, "id")]): row for source, found in answered.items() for row in found}
    return [
        (f"{source} {name}", wanted, rows[source, record[names.get(source, "id")]].get(name))
        for source, records in case.channels.items()
        if not isinstance(records, str)
        for record in records
        for name, wanted in record.items()
        if not _same(wanted, rows[source, record[names.get(source, "id")]].get(name))
    ]


def _same(wanted: Any, found: Any) -> bool:
    if isinstance(wanted, dict):
        return all(_same(value, found.get(name)) for name, value in wanted.items())
    if isinstance(wanted, str) and wanted.endswith("Z"):
        return datetime.fromisoformat(wanted) == datetime.fromisoformat(found)
    return bool(wanted == found)


def _lote(record: Record, now: datetime) -> dict[str, Any]:
    done, failed = record["sent"] + record["failed"], record["failed"]
    going = _course(record, done, failed, ("totalRecipients", "createdAt", "completedAt"), now)
    return {"id": record["batchId"], "nome": record["name"], **going}


def _massa(record: Record, now: datetime) -> dict[str, Any]:
    done, failed = record["sent_count"] + record["failed_count"], record["failed_count"]
    going = _course(record, done, failed, ("total_recipients", "created_at", "completed_at"), now)
    template = record["template"]["template_name"]
    return {"id": record["id"], "modelo": template, "entregues": record["delivered_count"], **going}


def _course(record: Record, done: int, failed: int, names: tuple[str, str, str], now: datetime) -> dict[str, Any]:
    """When it has begun and how fast it goes, so that just so many are done at `now`."""
    total, created, completed = (record[name] for name in names)
    status, begun = record["status"], datetime.fromisoformat(created)
    seed = {"total": total, "falhas": -(-failed * total // done) if done else 0, "criado": created}

    def lasts(elapsed: timedelta) -> float:
        return float(elapsed.total_seconds() * total / done)

    if status in _ENDED:
        return seed | {"duracao": (datetime.fromisoformat(completed) - begun).total_seconds()}
    if status == _CANCELLED:
        half = (now - begun) / 2
        return seed | {"cancelado": (begun + half).isoformat(), "duracao": lasts(half)}
    if status in _RUNNING:
        return seed | {"duracao": lasts(now - begun)}
    waiting = seed | {"inicio": (now + _LATER).isoformat()}
    return waiting if status == _WAITING else waiting | {"status": status}


def _message(record: Record, case: Case) -> dict[str, Any]:
    """A message of the one conversation that the case's checks look at."""
    [where] = [check["onde"] for check in case.declared["verificacoes"].values() if check["fonte"] == "ogmma.mensagens"]
    return {
        "id": record["id"],
        "canal": where["channelId"],
        "conversa": where["conversationId"],
        "direcao": record["direction"],
        "de": "12025550143",
        "para": "12025550144",
        "criado": record["createdAt"],
    }
