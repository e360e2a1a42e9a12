"""Batches (`lotes`) and messages (`mensagens`) of the Ogmma account: what seeds say of them, and how they are kept."""

from __future__ import annotations

import hashlib

from reconciler.sandbox import batches
from reconciler.sandbox.account import Row
from reconciler.sandbox.section import Section, When
from reconciler.sandbox.seed_fields import IDENT, MAYBE, WHEN, Field, Record, SeedError, filled, ident

QUEUED, IN_PROGRESS, COMPLETED, PARTIALLY_FAILED, CANCELLED = STATUS = (
    "QUEUED",
    "IN_PROGRESS",
    "COMPLETED",
    "PARTIALLY_FAILED",
    "CANCELLED",
)
"""A batch's statuses, as the listing's filter documents them."""

TABLES = f"""
CREATE TABLE IF NOT EXISTS ogmma_lotes (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, nome TEXT, {batches.TABLE});
CREATE TABLE IF NOT EXISTS ogmma_mensagens (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, canal TEXT NOT NULL,
    conversa TEXT NOT NULL, tipo TEXT NOT NULL, direcao TEXT NOT NULL, conteudo TEXT, midia TEXT, de TEXT NOT NULL,
    para TEXT NOT NULL, criado INTEGER NOT NULL, entregue INTEGER, lida INTEGER, status TEXT, atualizado INTEGER);
CREATE INDEX IF NOT EXISTS ogmma_conversas ON ogmma_mensagens (canal, conversa, criado);
"""

# "delay" between two recipients is 3000 ms by default; the listing's example took 1,510 s for 500.
_MANNER = batches.Manner(pace=1 / 3, documented=STATUS)
_PLACE = Field("an id (letters, digits, - and _, at most 64)", ident, required=True)
_PHONE = Field("a phone number", filled, required=True)
_MESSAGE = ("canal", "conversa", "tipo", "direcao", "conteudo", "midia", "de", "para", "status")
_TIMES = ("criado", "entregue", "lida", "atualizado")


def _object_id(kind: str, n: int) -> str:
    """24 hexadecimal digits, as in the documents' examples."""
    return hashlib.sha256(f"{kind} {n}".encode()).hexdigest()[:24]


def _lote(place: str, record: Record, when: When) -> Record:
    return {"nome": record["nome"]} | batches.stored(place, record, when, _MANNER)


def _lote_seeded(row: Row, when: When) -> Record:
    return {"nome": row["nome"]} | batches.seeded(row, when)


def _lote_edited(row: Row, wanted: Record, when: When) -> Record:
    return _lote("ogmma.lotes", batches.changed(row, _lote_seeded(row, when), wanted, when), when)


def _mensagem(place: str, record: Record, when: When) -> Record:
    times = {name: when.at(record[name]) for name in _TIMES}
    times["criado"] = created = when.now if times["criado"] is None else times["criado"]
    for name, at in times.items():
        if at is not None and at < created:
            raise SeedError(f"{place}.{name}: {record[name]} is before criado")
    return {name: record[name] for name in _MESSAGE} | times


def _mensagem_seeded(row: Row, when: When) -> Record:
    return {name: row[name] for name in _MESSAGE} | {name: when.iso(row[name]) for name in _TIMES}


def _mensagem_edited(row: Row, wanted: Record, when: When) -> Record:
    touched = {"atualizado": when.iso(when.now)} if {"status", "conteudo"} & set(wanted) else {}
    return _mensagem("ogmma.mensagens", _mensagem_seeded(row, when) | wanted | touched, when)


LOTES = Section(
    name="ogmma.lotes",
    fields={"id": IDENT, "nome": MAYBE, **batches.FIELDS},
    table="ogmma_lotes",
    columns=("nome", *batches.COLUMNS),
    new_id=lambda n: f"bulk_{_object_id('lote', n)}",
    stored=_lote,
    seeded=_lote_seeded,
    edited=_lote_edited,
    editable=batches.EDITABLE | {"nome"},
)

MENSAGENS = Section(
    name="ogmma.mensagens",
    fields={
        "id": IDENT,
        "canal": _PLACE,
        "conversa": _PLACE,
        "tipo": Field("a kind of message, such as text", filled, default="text"),
        "direcao": Field("OUTBOUND or INBOUND", lambda value: value in ("OUTBOUND", "INBOUND"), default="OUTBOUND"),
        "conteudo": MAYBE,
        "midia": Field("an address", filled),
        "de": _PHONE,
        "para": _PHONE,
        "criado": WHEN,
        "entregue": WHEN,
        "lida": WHEN,
        "status": Field("a status, such as FAILED", filled),
        "atualizado": WHEN,
    },
    table="ogmma_mensagens",
    columns=(*_MESSAGE, *_TIMES),
    new_id=lambda n: _object_id("mensagem", n),
    stored=_mensagem,
    seeded=_mensagem_seeded,
    edited=_mensagem_edited,
    editable=frozenset({"conteudo", "entregue", "lida", "status"}),
)
"""A message shows from `criado` on as SENT, from `entregue` on as DELIVERED, from `lida` on as READ; always as `status`
where it has one. `atualizado` is when somebody changed it by hand."""
