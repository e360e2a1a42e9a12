"""Making a new account as a seed says it: tables, settings, and the records of every vendor."""

from __future__ import annotations

import json
import sqlite3
import time

from reconciler.sandbox import schema
from reconciler.sandbox.account import set_setting
from reconciler.sandbox.criaenvio import seeding as criaenvio
from reconciler.sandbox.section import When
from reconciler.sandbox.sections import SECTIONS
from reconciler.sandbox.seed_fields import Seed


def write(db: sqlite3.Connection, seed: Seed) -> None:
    """Make the tables and fill them.

    Raises:
        SeedError: for records whose values contradict each other, or the present.
    """
    schema.create(db)
    real = time.time_ns() // 1000
    now = real if seed.now is None else seed.now
    for name, value in {
        "versao": schema.VERSION,
        "fuso_horario": seed.zone.key,
        "suposicoes": json.dumps(seed.assumptions.as_json()),
        "relogio_desvio": now - real,
        "relogio_parado": "",
    }.items():
        set_setting(db, name, value)
    criaenvio.write(db, seed, now)
    for name, section in SECTIONS.items():
        section.write(db, seed.records[name], When(now, seed.zone))
