"""Bulk sends (`envios_em_massa`) of the Mindo account: what seeds say of them, and how they are kept."""

from __future__ import annotations

import hashlib
import uuid

from reconciler.sandbox import batches
from reconciler.sandbox.account import Row
from reconciler.sandbox.batches import Batch, Phase
from reconciler.sandbox.moments import SECOND
from reconciler.sandbox.section import Section, When
from reconciler.sandbox.seed_fields import IDENT, NAME, EditError, Field, Record, SeedError, filled, seconds, whole

QUEUED, PROCESSING, COMPLETED, PARTIAL, FAILED, CANCELLED = STATUS = (
    "QUEUED",
    "PROCESSING",
    "COMPLETED",
    "PARTIAL",
    "FAILED",
    "CANCELLED",
)
"""A bulk send's statuses, as the listing's filter documents them."""

TABLES = f"""
CREATE TABLE IF NOT EXISTS mindo_envios (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, modelo TEXT NOT NULL,
    modelo_id INTEGER NOT NULL, idioma TEXT NOT NULL, modelo_status TEXT NOT NULL, telefone TEXT NOT NULL,
    telefone_id INTEGER NOT NULL, telefone_nome TEXT NOT NULL, entregues INTEGER NOT NULL, lidos INTEGER NOT NULL,
    atraso_da_entrega INTEGER NOT NULL, atraso_da_leitura INTEGER NOT NULL, {batches.TABLE});
"""

# The larger of the document's examples took 570 s for 150 recipients.
_MANNER = batches.Manner(pace=1 / 4, documented=STATUS)
_PLAIN = ("modelo", "modelo_id", "idioma", "modelo_status", "telefone", "telefone_id", "telefone_nome")
_COUNTS = ("entregues", "lidos")
_DELAYS = ("atraso_da_entrega", "atraso_da_leitura")


def delivered(row: Row, now: int) -> int:
    """How many of those sent to have got it: `entregues` of them in the end, so many seconds after they were sent to.

    This may go on after the bulk send has ended.
    """
    return _share(row, row["entregues"], now - row["atraso_da_entrega"])


def read(row: Row, now: int) -> int:
    """How many of those have read it, `lidos` in the end."""
    return _share(row, row["lidos"], now - row["atraso_da_leitura"])


def _share(row: Row, final: int, at: int) -> int:
    batch = Batch.of(row)
    most = batch.total - batch.failures
    return batch.sent(at) * final // most if most else 0


def _stored(place: str, record: Record, when: When) -> Record:
    row = {name: record[name] for name in _PLAIN} | batches.stored(place, record, when, _MANNER)
    sent, reading = row["total"] - row["falhas"], record["lidos"]
    delivering = sent if record["entregues"] is None else record["entregues"]
    if delivering > sent:
        raise SeedError(f"{place}.entregues: {delivering} is more than are sent to, {sent}")
    if reading > delivering:
        raise SeedError(f"{place}.lidos: {reading} is more than entregues, {delivering}")
    first = round(record["atraso_da_entrega"] * SECOND)
    second = first if record["atraso_da_leitura"] is None else round(record["atraso_da_leitura"] * SECOND)
    if second < first:
        raise SeedError(f"{place}.atraso_da_leitura: nobody reads before it is delivered (atraso_da_entrega)")
    return row | {"entregues": delivering, "lidos": reading, "atraso_da_entrega": first, "atraso_da_leitura": second}


def _seeded(row: Row, when: When) -> Record:
    return (
        {name: row[name] for name in (*_PLAIN, *_COUNTS)}
        | {name: row[name] / SECOND for name in _DELAYS}
        | batches.seeded(row, when)
    )


def _edited(row: Row, wanted: Record, when: When) -> Record:
    if set(_COUNTS) & set(wanted) and Batch.of(row).phase(when.now) is not Phase.QUEUED:
        raise EditError(f"entregues and lidos cannot be changed, since {row['id']!r} has begun")
    return _stored("mindo.envios_em_massa", batches.changed(row, _seeded(row, when), wanted, when), when)


def _uuid(n: int) -> str:
    return str(uuid.UUID(bytes=hashlib.sha256(f"envio {n}".encode()).digest()[:16], version=4))


_MORE = Field("a whole number, 0 or more", whole)

ENVIOS_EM_MASSA = Section(
    name="mindo.envios_em_massa",
    fields={
        "id": IDENT,
        "modelo": NAME,
        "modelo_id": Field("a whole number, 0 or more", whole, default=1),
        "idioma": Field("a language, such as pt_BR", filled, default="pt_BR"),
        "modelo_status": Field("a status, such as APPROVED", filled, default="APPROVED"),
        "telefone": Field("a phone number", filled, default="+1 202-555-0143"),
        "telefone_id": Field("a whole number, 0 or more", whole, default=1),
        "telefone_nome": Field("a text that is not empty", filled, default="Loja Exemplo"),
        "entregues": _MORE,
        "lidos": Field("a whole number, 0 or more", whole, default=0),
        "atraso_da_entrega": Field("a number of seconds, 0 or more", seconds, default=0),
        "atraso_da_leitura": Field("a number of seconds, 0 or more", seconds),
        **batches.FIELDS,
    },
    table="mindo_envios",
    columns=(*_PLAIN, *_COUNTS, *_DELAYS, *batches.COLUMNS),
    new_id=_uuid,
    stored=_stored,
    seeded=_seeded,
    edited=_edited,
    editable=batches.EDITABLE | set(_COUNTS),
)
"""`modelo` is the template's name, `idioma` its language; `entregues` (by default all whom it is sent to) and `lidos`
are how many there will be in the end; the `atraso_…` are seconds after a recipient's turn (reading: as delivery)."""
