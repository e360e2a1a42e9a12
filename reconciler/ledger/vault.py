"""What machines share a ledger through: named files that change all at once, and only if nobody changed them before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Version:
    """All files as they stood at one moment; `token` tells this moment from every other."""

    token: str
    files: dict[str, bytes]


class OutdatedError(Exception):
    """Somebody else changed the files since the version that this change was made from."""


class Vault(Protocol):
    """A ref of a git remote, or an object with conditional writes."""

    @property
    def name(self) -> str:
        """How the place is told of."""

    def read(self) -> Version | None:
        """What stands there now, None if nothing does. Writes nothing. Raises LedgerError if that cannot be told."""

    def swap(self, before: Version | None, files: Mapping[str, bytes], note: str) -> Version:
        """Put `files` in the place of version `before`, durably, if that is still what stands there.

        An answer that was lost is settled by reading. `note` says what for, where a history is kept. Raises
        OutdatedError if something else stands there, and LedgerError if it cannot be told or done.
        """

    def keep(self, version: Version, stamp: str) -> str:
        """See to it that `version` can be read later, as of `stamp`, and say where. Raises LedgerError."""
