"""GET /bulk: the batches, by status, page by page."""

from __future__ import annotations

from reconciler.sandbox.account import Account, Json, Row
from reconciler.sandbox.batches import Batch, Phase
from reconciler.sandbox.framing import Request
from reconciler.sandbox.moments import zulu
from reconciler.sandbox.ogmma.oddities import distortion, number
from reconciler.sandbox.ogmma.records import CANCELLED, COMPLETED, PARTIALLY_FAILED, QUEUED, STATUS
from reconciler.sandbox.ogmma.refusals import missing, wrong
from reconciler.sandbox.paging import Window

_DEFAULT, _MOST = 20, 100


def listing(account: Account, request: Request) -> Json:
    """One page: "Padrão: 20. Máximo: 100"; `page` from 1, though the answer says `offset`."""
    assumed = account.assumptions
    every = account.all("SELECT * FROM ogmma_lotes WHERE criado <= ? ORDER BY criado, seq", account.now)
    if assumed.ogmma_mais_novos_primeiro:
        every.reverse()
    wanted = request.query.get("status")
    if wanted and wanted not in STATUS and assumed.ogmma_recusa_parametro_errado:
        raise wrong("status")
    found = [row for row in every if not wanted or _status(account, row) == wanted]
    asked = Window(number(account, request, "page") or 1, number(account, request, "limit", _MOST) or _DEFAULT)
    shown = asked.of(len(found), past=assumed.ogmma_alem_do_fim, ignored=assumed.ogmma_ignora_page)
    if shown is None:
        raise missing("Página")
    page = found[shown.offset : shown.offset + shown.size]
    total = {"sem_filtro": len(every), "da_pagina": len(page)}.get(assumed.ogmma_total, len(found))
    offset = 0 if assumed.ogmma_offset_zero else shown.offset
    odd = distortion(account)
    return {
        "data": [odd.of(_lote(account, row)) for row in page],
        "pagination": odd.numbers({"total": total, "limit": shown.size, "offset": offset}),
    }


def _lote(account: Account, row: Row) -> Json:
    """A batch as in the document's example: `progress` is whole, `completedAt` null also where it was cancelled."""
    batch, now = Batch.of(row), account.now
    phase, done = batch.phase(now), batch.done(now)
    return {
        "batchId": row["id"],
        "status": _status(account, row),
        "name": row["nome"],
        "totalRecipients": batch.total,
        "sent": batch.sent(now),
        "failed": batch.failed(now),
        "progress": 100 if phase is Phase.ENDED else done * 100 // batch.total if batch.total else 0,
        "createdAt": zulu(row["criado"]),
        "completedAt": zulu(batch.end) if phase is Phase.ENDED else None,
    }


def _status(account: Account, row: Row) -> str:
    if row["status"]:
        return str(row["status"])
    batch = Batch.of(row)
    failed = batch.failures > account.assumptions.ogmma_falhas_toleradas * batch.total
    return {
        Phase.QUEUED: QUEUED,
        Phase.RUNNING: account.assumptions.ogmma_em_andamento,
        Phase.ENDED: PARTIALLY_FAILED if failed else COMPLETED,
        Phase.CANCELLED: CANCELLED,
    }[batch.phase(account.now)]
