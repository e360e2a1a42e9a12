"""What a workspace declares, people included, as objects: for accounts that are small enough to be looked at whole."""

from __future__ import annotations

from reconciler.config import Account
from reconciler.engine.model import Declared


def everything(account: Account) -> tuple[Declared, ...]:
    """Every declared resource; people are read from their files again."""
    return (*account.declared, *account.people.read(account.people))
