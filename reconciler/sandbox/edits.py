"""What somebody does in a vendor's own screens, past its API: the drift that a reconciler must notice and respect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.sandbox.account import Account
from reconciler.sandbox.criaenvio import edits as criaenvio
from reconciler.sandbox.criaenvio.seed_records import FIELDS
from reconciler.sandbox.sections import SECTIONS
from reconciler.sandbox.seed_fields import EditError


def edit(account: Account, section: str, ident: str, wanted: Mapping[str, Any]) -> None:
    """Change a record's fields: sections (those of the other channels as `ogmma.lotes`) and fields as in a seed.

    Raises:
        EditError: for something that does not exist, a value that does not fit, or a change that no screen offers.
    """
    if section in SECTIONS:
        SECTIONS[section].edit(account, ident, wanted)
        return
    _known(section, "conta")
    criaenvio.edit(account, section, ident, wanted)


def remove(account: Account, section: str, ident: str) -> None:
    """Delete a record for good, as only a vendor's screens can; bulk sends and their messages stay for ever.

    Raises:
        EditError: for something that does not exist, cannot be removed, or is referred to.
    """
    if section in SECTIONS:
        raise EditError(f"{section}: cannot be removed")
    _known(section)
    criaenvio.remove(account, section, ident)


def _known(section: str, *more: str) -> None:
    if section not in FIELDS and section not in more:
        raise EditError(f"there is no {section!r}; there are: {', '.join([*FIELDS, *SECTIONS])}")
