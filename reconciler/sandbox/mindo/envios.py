"""GET /api/v1/meta-templates/bulk-sends/: the bulk sends, by status, template and day, page by page."""

from __future__ import annotations

import contextlib
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from reconciler.sandbox.account import Account, Json, Row
from reconciler.sandbox.batches import Batch, Phase
from reconciler.sandbox.distortion import Distortion
from reconciler.sandbox.framing import Request
from reconciler.sandbox.mindo.addresses import Addresses
from reconciler.sandbox.mindo.records import CANCELLED, COMPLETED, FAILED, PARTIAL, QUEUED, STATUS, delivered, read
from reconciler.sandbox.mindo.refusals import wrong_choice, wrong_date, wrong_number, wrong_page
from reconciler.sandbox.moments import instant, zulu
from reconciler.sandbox.paging import Window

_DEFAULT = 20
_LONGEST = 9
_DAY = timedelta(days=1)
_FIRST_YEAR, _LAST_YEAR = 1900, 9998
_UTC = ZoneInfo("UTC")


def listing(account: Account, request: Request, base: str) -> Json:
    """One page: `page` from 1, `page_size` "Padrão: 20"; `next` and `previous` are absolute, or null."""
    assumed = account.assumptions
    every = account.all("SELECT * FROM mindo_envios WHERE criado <= ? ORDER BY criado DESC, seq DESC", account.now)
    if assumed.mindo_mais_antigos_primeiro:
        every.reverse()
    found = _filtered(account, request, every)
    asked = _window(account, request)
    shown = asked.of(len(found), past=assumed.mindo_alem_do_fim, ignored=assumed.mindo_ignora_page)
    if shown is None:
        raise wrong_page()
    page = found[shown.offset : shown.offset + shown.size]
    path = request.path.removeprefix(base)
    addresses = Addresses(account.address, base, path, request.query, assumed.mindo_next)
    counts = {"sem_filtro": len(every), "da_pagina": len(page), "zero": 0}
    onward = asked.page < asked.pages(len(found)) or assumed.mindo_next_sem_fim
    odd = Distortion(
        assumed.mindo_numeros_como_texto,
        assumed.mindo_campos_a_mais,
        assumed.mindo_campos_nulos,
        assumed.mindo_campos_ausentes,
    )
    return {
        **odd.numbers({"count": counts.get(assumed.mindo_count, len(found))}),
        "next": addresses.page(asked.page + 1) if onward else None,
        "previous": addresses.page(asked.page - 1) if asked.page > 1 else None,
        "results": [odd.of(_envio(account, row)) for row in page],
    }


def _window(account: Account, request: Request) -> Window:
    """Nonsense in `page` is a page that there is not; in `page_size`, the default."""
    most = account.assumptions.mindo_page_size_maximo
    size = _whole(request.query.get("page_size", "")) or _DEFAULT
    page = _whole(request.query.get("page", "1"))
    if not page and account.assumptions.mindo_recusa_parametro_errado:
        raise wrong_page()
    return Window(page or 1, min(size, most) if most else size)


def _filtered(account: Account, request: Request, rows: list[Row]) -> list[Row]:
    query, strict = request.query, account.assumptions.mindo_recusa_parametro_errado
    status, template = query.get("status"), query.get("template")
    if status and status not in STATUS:
        if strict:
            raise wrong_choice("status", status)
        status = None
    if template and not _whole(template) and strict:
        raise wrong_number("template")
    since, until = _since(account, query.get("created_after", "")), _until(account, query.get("created_before", ""))
    return [
        row
        for row in rows
        if (not status or _status(account, row) == status)
        and (not template or not _whole(template) or row["modelo_id"] == _whole(template))
        and (since is None or row["criado"] >= since)
        and (until is None or row["criado"] < until)
    ]


def _since(account: Account, text: str) -> int | None:
    """The first instant that `created_after` asks for."""
    day = _day(account, "created_after", text)
    return None if day is None else _midnight(account, day if account.assumptions.mindo_datas_inclusas else day + _DAY)


def _until(account: Account, text: str) -> int | None:
    """The first instant that `created_before` does not ask for any more."""
    day = _day(account, "created_before", text)
    return None if day is None else _midnight(account, day + _DAY if account.assumptions.mindo_datas_inclusas else day)


def _day(account: Account, name: str, text: str) -> date | None:
    if not text:
        return None
    with contextlib.suppress(ValueError):
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
        if _FIRST_YEAR <= day.year <= _LAST_YEAR:
            return day
    if account.assumptions.mindo_recusa_parametro_errado:
        raise wrong_date(name)
    return None


def _midnight(account: Account, day: date) -> int:
    zone = account.zone if account.assumptions.mindo_dias_da_conta else _UTC
    return instant(datetime(day.year, day.month, day.day, tzinfo=zone))


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST else 0


def _envio(account: Account, row: Row) -> Json:
    """A bulk send as in the document's example: `progress_percentage` has one decimal. There is no name."""
    batch, now = Batch.of(row), account.now
    done, ended = batch.done(now), batch.phase(now) is Phase.ENDED
    share = done * 1000 // batch.total / 10 if batch.total else 0.0
    return {
        "id": row["id"],
        "status": _status(account, row),
        "template": {
            "id": row["modelo_id"],
            "template_name": row["modelo"],
            "language": row["idioma"],
            "status": row["modelo_status"],
        },
        "phone_number": {
            "id": row["telefone_id"],
            "display_phone_number": row["telefone"],
            "verified_name": row["telefone_nome"],
        },
        "total_recipients": batch.total,
        "sent_count": batch.sent(now),
        "delivered_count": delivered(row, now),
        "read_count": read(row, now),
        "failed_count": batch.failed(now),
        "pending_count": batch.total - done,
        "progress_percentage": 100.0 if ended else share,
        "created_at": zulu(row["criado"]),
        "completed_at": zulu(batch.end) if ended else None,
    }


def _status(account: Account, row: Row) -> str:
    if row["status"]:
        return str(row["status"])
    batch = Batch.of(row)
    return {
        Phase.QUEUED: QUEUED,
        Phase.RUNNING: account.assumptions.mindo_em_andamento,
        Phase.ENDED: _outcome(batch, account.assumptions.mindo_falhas_toleradas),
        Phase.CANCELLED: CANCELLED,
    }[batch.phase(account.now)]


def _outcome(batch: Batch, tolerated: float) -> str:
    if batch.total and batch.failures == batch.total:
        return FAILED
    return PARTIAL if batch.failures > tolerated * batch.total else COMPLETED
