"""An account's ledger without its API: for commands that need neither key nor campaign files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from reconciler.cli.claim import claim
from reconciler.cli.console import Console
from reconciler.cli.opening import API_VARIABLE, SANDBOX, account_alone, note_lineage, sandbox_ledger
from reconciler.config import Account
from reconciler.ledger import Home, Lease, Rebuilt, State, holder, read_ledger, rebuild_ledger, unlock_ledger
from reconciler.providers.criaenvio.client import ADDRESS


@dataclass(frozen=True, slots=True)
class Kept:
    """One account's ledger: where it lives, for which API, and which one the workspace in `root` knows."""

    root: Path
    account: Account
    home: Home
    api: str
    lineage: str | None

    def remembered(self) -> State:
        """What it remembers. Raises LedgerError."""
        return read_ledger(self.home, account=self.account.name, origin=self.api, lineage=self.lineage)

    def lease(self) -> Lease | None:
        """Who holds it. Raises LedgerError."""
        return holder(self.home)

    def unlock(self, id_: str) -> Lease:
        """Free it from the lease of this id. Raises LedgerError."""
        return unlock_ledger(self.home, id_)

    def rebuild(self, console: Console, patience: timedelta) -> Rebuilt:
        """Begin it anew, and let the workspace know. Raises LedgerError, LedgerBusyError."""
        mine = claim(self.account, console, patience)
        done = rebuild_ledger(self.home, account=self.account.name, origin=self.api, claim=mine)
        if self.api != SANDBOX:
            note_lineage(self.root, self.account.name, done.lineage, console)
        return done


def kept(root: Path, name: str | None, *, embedded: bool) -> Kept:
    """The ledger that the options mean. Raises InvalidConfig, and UsageError when they mean none."""
    account = account_alone(root, name)
    if embedded:
        return Kept(root, account, sandbox_ledger(account, root), SANDBOX, None)
    api = os.environ.get(API_VARIABLE, "").strip() or ADDRESS
    return Kept(root, account, account.ledger, api, account.lineage)
