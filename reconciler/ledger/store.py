"""What a ledger asks of the place that keeps it: to read it, to hold it as the only writer, to free it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import BytesIO
from typing import Protocol

from reconciler.ledger.lease import Claim, Lease, Slot


@dataclass(frozen=True, slots=True)
class Text:
    """All of a ledger as it stood at one moment, with the names by which its parts are told of.

    `snapshot` gives its lines, each with its newline, once; it is None where there is none, and a journal without one
    is damage. `moment` tells this text from every other of the ledger without reading it.
    """

    snapshot: Iterable[bytes] | None
    journal: bytes
    snapshot_name: str
    journal_name: str
    moment: object

    @classmethod
    def held(cls, snapshot: bytes | None, journal: bytes, snapshot_name: str, journal_name: str) -> Text:
        """One whose parts are in memory."""
        lines = None if snapshot is None else BytesIO(snapshot)
        return cls(lines, journal, snapshot_name, journal_name, (snapshot, journal))


class Hold(Protocol):
    """A ledger's place while one run may write there; every write fails once another run has taken it over.

    All of it may be called from several threads.
    """

    @property
    def lease(self) -> Lease:
        """What makes this run the one that may write."""

    def text(self) -> AbstractContextManager[Text]:
        """What stands there, to be read before the context ends."""

    def append(self, line: bytes) -> None:
        """Add one journal line. Raises LedgerError, and then leaves nothing of it if it can."""

    def sync(self) -> None:
        """Make every appended line durable where the ledger is kept. Half of the lease's term is left on return.

        Raises LedgerError.
        """

    def renew(self) -> None:
        """Have a whole term again. Raises LedgerError."""

    def fold(self, snapshot: Iterable[bytes]) -> None:
        """Make every appended line durable, put these lines in the snapshot's place in one step, empty the journal.

        Raises LedgerError.
        """

    def start_over(self, snapshot: Iterable[bytes], stamp: str) -> str:
        """Begin with `snapshot` and an empty journal, whatever stands there, which is kept aside as of `stamp`.

        Says where that is, empty if nothing stood there. Raises LedgerError.
        """

    def close(self, snapshot: Iterable[bytes] | None) -> None:
        """Let others write, after a last fold if there is a snapshot. Raises LedgerError if that fails."""


class Store(Protocol):
    """A folder of this machine, or something that machines share."""

    @property
    def name(self) -> str:
        """How the place is told of."""

    def text(self) -> AbstractContextManager[Text]:
        """What stands there now, even while somebody writes it; to be read before the context ends.

        Writes, creates and locks nothing.

        Raises LedgerError.
        """

    def slot(self) -> Slot:
        """Who holds it now. Raises LedgerError."""

    def hold(self, claim: Claim) -> Hold:
        """Become the one who may write. Raises LedgerError, LedgerBusyError if another run is."""

    def unlock(self, id_: str) -> Lease:
        """Free the ledger from the lease of this id, which it gives back. Raises LedgerError if it is not held."""
