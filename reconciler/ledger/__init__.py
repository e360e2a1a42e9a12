"""The memory of one account between runs: what each address is bound to, and which calls were begun and not ended."""

from __future__ import annotations

from reconciler.ledger.draft import draft
from reconciler.ledger.errors import LedgerBusyError, LedgerError
from reconciler.ledger.home import FileHome, GitHome, Home, ObjectHome
from reconciler.ledger.lease import Claim, Lease
from reconciler.ledger.ledger import Ledger
from reconciler.ledger.opening import (
    Rebuilt,
    forgotten,
    holder,
    open_ledger,
    read_ledger,
    rebuild_ledger,
    unlock_ledger,
)
from reconciler.ledger.state import State

__all__ = [
    "Claim",
    "FileHome",
    "GitHome",
    "Home",
    "Lease",
    "Ledger",
    "LedgerBusyError",
    "LedgerError",
    "ObjectHome",
    "Rebuilt",
    "State",
    "draft",
    "forgotten",
    "holder",
    "open_ledger",
    "read_ledger",
    "rebuild_ledger",
    "unlock_ledger",
]
