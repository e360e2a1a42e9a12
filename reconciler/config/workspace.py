"""What loading gives: the workspace, its accounts, and everything that they declare. Frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from reconciler.config.people import nobody
from reconciler.engine.check import Check
from reconciler.engine.model import Declared, Finding
from reconciler.engine.roll import Roll
from reconciler.engine.rules import Rules
from reconciler.ledger import Home


@dataclass(frozen=True, slots=True)
class KeyAt:
    """Where a key is read from: exactly one of the two is set. `file` is absolute."""

    env: str | None = None
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One account, as reconciler.yaml and the campaign files that belong to it say.

    `key` is where that of Criaenvio is read from. Paths are absolute. `ledger` is where its ledger lives, `lineage`
    the id that this ledger has as far as the workspace knows. `deadline` is that of one request, `longest_delay` how
    long the server may act after it was given up, `pace` calls per second (None: no limit of our own). `on_removal` has
    a policy for every kind. `declared` are the resources that have keys; contatos are in `people`, verificacoes in
    `checks`. `channels` has the key of each other vendor (`ogmma`, `mindo`) that the account names. `contacts_visible`
    says that reports show people.
    """

    name: str
    zone: ZoneInfo
    key: KeyAt
    ledger: Home
    lineage: str | None
    deadline: timedelta
    longest_delay: timedelta
    pace: float | None
    rules: Rules
    on_removal: Mapping[str, str]
    sandbox_seed: Path | None
    declared: tuple[Declared, ...] = ()
    people: Roll = field(default_factory=nobody)
    warnings: tuple[Finding, ...] = ()
    checks: tuple[Check, ...] = ()
    channels: Mapping[str, KeyAt] = field(default_factory=dict)
    contacts_visible: bool = False


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder of reconciler.yaml (absolute, links resolved), its accounts by name, and warnings beside theirs."""

    root: Path
    accounts: Mapping[str, Account]
    warnings: tuple[Finding, ...] = ()
