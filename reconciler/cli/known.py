"""Which live sends are ours, for a command that must go on even when the ledger cannot say."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.app import bench_of, declared_sends
from reconciler.cli.console import Console
from reconciler.cli.trouble import show
from reconciler.config import Account, InvalidConfig, load
from reconciler.engine.model import Address, Finding, Severity
from reconciler.ledger import LedgerError, State, forgotten, read_ledger
from reconciler.providers.criaenvio.client import Client
from reconciler.providers.criaenvio.envios.ours import ours
from reconciler.reach import Reach
from reconciler.transport import Failure


@dataclass(frozen=True, slots=True)
class Known:
    """Live sends that are ours (id → address), and whether that is certain to be all of them."""

    sends: Mapping[str, Address]
    certain: bool


def known(root: Path, account: Account, client: Client, way: Reach, console: Console) -> Known:
    """What the ledger knows; where it cannot be relied on also what is declared, and a word about that.

    Raises the transport's Failure when the account cannot be read.
    """
    memory, trouble = _remembered(way, account)
    show(console, memory.findings)
    sends = ours(bench_of(account, client, way), memory)
    if trouble is None:
        return Known(sends, certain=True)
    show(console, [trouble])
    console.tell(
        "the ledger cannot say what is ours: going on with what the campaign files declare; other sends of this "
        "workspace are NOT stopped (they are listed below, with everybody else's)"
    )
    return Known({**_declared(root, account, client, way, console), **sends}, certain=False)


def _remembered(way: Reach, account: Account) -> tuple[State, Finding | None]:
    """What the ledger remembers, as far as anything can be read, and why that may not be all."""
    try:
        memory = read_ledger(way.ledger, account=account.name, origin=way.api, lineage=way.lineage)
    except LedgerError as error:
        return _anyhow(way, account), error.finding
    if memory.lineage is not None and not memory.fresh:
        return memory, None
    summary = f"{way.ledger}: the ledger has only just begun" if memory.lineage else f"{way.ledger}: there is no ledger"
    return memory, Finding(Severity.WARNING, "ledger-fresh", summary)


def _anyhow(way: Reach, account: Account) -> State:
    """What a ledger that is not the one that the workspace knows has to say, if it is one of this account."""
    try:
        return read_ledger(way.ledger, account=account.name, origin=way.api)
    except LedgerError:
        return forgotten(account.name, way.api)


def _declared(root: Path, account: Account, client: Client, way: Reach, console: Console) -> Mapping[str, Address]:
    """The live sends that are what the files declare; none, and why, if files or account cannot be read."""
    try:
        whole = load(root, only=[account.name], environment=os.environ).accounts[account.name]
        return declared_sends(whole, client, forgotten(account.name, way.api), way)
    except InvalidConfig as invalid:
        show(console, invalid.findings)
        console.tell("nor can the campaign files: what they declare is not known")
    except Failure as failure:
        console.tell(f"what the campaign files declare could not be looked for: {failure}")
    return {}
