"""The whole account as JSON in the form of a seed, for comparing to the byte what nobody was to touch."""

# ruff: noqa: S608 - names of tables are ours

from __future__ import annotations

from typing import Any

from reconciler.sandbox.account import Account
from reconciler.sandbox.criaenvio import snapshot as criaenvio
from reconciler.sandbox.sections import SECTIONS


def state(account: Account) -> dict[str, Any]:
    """Everything that the account holds, without clock, deliveries and history. With `agora`, it is a seed again."""
    channels: dict[str, dict[str, Any]] = {}
    for name, section in SECTIONS.items():
        vendor, _, part = name.partition(".")
        channels.setdefault(vendor, {})[part] = section.state(account)
    return {
        "fuso_horario": account.zone.key,
        **criaenvio.state(account),
        **channels,
        "suposicoes": account.assumptions.as_json(),
    }


def counts(account: Account) -> dict[str, int]:
    """How many records there are of each kind, how many requests came in, and the credits left."""
    channels = {name: account.number(f"SELECT count(*) FROM {item.table}") for name, item in SECTIONS.items()}
    return criaenvio.counts(account) | channels | {"requests": account.number("SELECT count(*) FROM requests")}
