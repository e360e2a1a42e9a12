"""What can go wrong with a ledger, worded for the person who runs the program."""

from __future__ import annotations

from reconciler.engine.executor import JournalError
from reconciler.engine.model import Finding, Severity


class LedgerError(JournalError):
    """The ledger cannot be used, or could not be written: whatever was about to be called must not be called.

    `finding.rule` tells the cases apart: `ledger-disk` (the disk refused), `ledger-unreachable` (the remote or the
    object store did not answer, or refused), `ledger-damaged` (its files contradict themselves), `ledger-foreign`
    (another account's, or another API's), `ledger-newer` (written by a newer version), `ledger-busy` (others write
    it), `ledger-taken` (others took it over while it was open here), `ledger-lost` (it is not the one that the
    workspace knows), `ledger-order` (a step that cannot follow from the steps before), `ledger-extra` (a library is
    missing), `ledger-unlock` (there is no such lock).
    """

    def __init__(self, rule: str, summary: str, reason: str, remedy: str) -> None:
        self.finding = Finding(Severity.ERROR, rule, summary, reason, remedy)
        super().__init__(f"{summary}: {reason} {remedy}")


class LedgerBusyError(LedgerError):
    """Another run is writing this ledger. Trying later is safe."""


def damaged(file: object, line: int | None, reason: str) -> LedgerError:
    """The error for a part of a ledger whose content is not what the program wrote."""
    where = f"{file}:{line}" if line else f"{file}"
    return LedgerError(
        "ledger-damaged",
        f"{where}: the ledger is damaged",
        f"{reason}.",
        "Nothing was called or changed. Restore all of the ledger from one and the same copy; or make a new one with "
        "`reconciler ledger rebuild`, which keeps this one aside: everything is then found again by name.",
    )


def newer(file: object, version: int, known: int) -> LedgerError:
    """The error for a part of a ledger that a later version of the program wrote."""
    return LedgerError(
        "ledger-newer",
        f"{file}: the ledger was written by a newer version of reconciler",
        f"Its format_version is {version}; this version knows up to {known}.",
        "Install the version that wrote it, or a later one. Nothing was called or changed.",
    )


def unreachable(name: str, reason: str) -> LedgerError:
    """The error for a shared ledger that could not be read or written."""
    return LedgerError(
        "ledger-unreachable",
        f"{name}: the ledger could not be reached",
        f"{reason.rstrip('.')}.",
        "Check the network, and that this machine may read and write there; then run again. "
        "What was recorded before is kept.",
    )
