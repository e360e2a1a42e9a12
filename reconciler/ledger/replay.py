"""From a ledger's text to what it says, or to the words for why it cannot be used. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from reconciler.engine.model import Finding, Severity
from reconciler.ledger import chain, snapshot
from reconciler.ledger.errors import LedgerError, damaged
from reconciler.ledger.state import SANDBOX, Identity, State
from reconciler.ledger.store import Text


def replay(text: Text) -> State | None:
    """What the ledger remembers, None if there is none. Raises LedgerError if its parts do not fit together."""
    if text.snapshot is None:
        if text.journal:
            raise damaged(text.journal_name, None, f"There is a journal but no snapshot ({text.snapshot_name})")
        return None
    state = snapshot.load(text.snapshot_name, text.snapshot)
    _follow(text.journal_name, state, BytesIO(text.journal))
    return state


def check_owner(name: str, found: Identity, account: str, origin: str) -> None:
    """Raise LedgerError unless the ledger is this account's on this API."""
    remedy = (
        "Give every account, and the sandbox, a ledger of its own (`ledger:` in reconciler.yaml). Nothing was called."
    )
    if found.account != account:
        reason = f"It was made for the account {found.account!r}, not for {account!r}."
        raise LedgerError("ledger-foreign", f"{name}: this is another account's ledger", reason, remedy)
    if found.origin != found.mark(origin):
        theirs = (
            "the sandbox" if found.origin == SANDBOX else "another API address" if origin != SANDBOX else "a real API"
        )
        ours = "the sandbox" if origin == SANDBOX else "the API that is to be called now"
        reason = f"It remembers {theirs}, not {ours}."
        raise LedgerError("ledger-foreign", f"{name}: this is another API's ledger", reason, remedy)


def check_lineage(name: str, account: str, found: str | None, known: str | None) -> None:
    """Raise LedgerError unless the ledger is the one that the workspace knows; `found` is None if there is none."""
    if known is None or found == known:
        return
    rebuild = f"reconciler ledger rebuild --account {account}"
    if found is None:
        raise LedgerError(
            "ledger-lost",
            f"{name}: the ledger is gone",
            f"The workspace knows it as lineage {known} (reconciler.lineage), and there is none here: what was sent "
            "before is not remembered.",
            f"Put it back where it was. If it is lost for good: `{rebuild}`, then commit reconciler.lineage; all that "
            "is live is found again by name. Nothing was called or changed.",
        )
    raise LedgerError(
        "ledger-lost",
        f"{name}: this is not the ledger that the workspace knows",
        f"Its lineage is {found}; reconciler.lineage says {known}.",
        "If it was rebuilt, take the reconciler.lineage that was committed then. If `ledger:` in reconciler.yaml leads "
        f"to the wrong place, correct it. If the right one is lost for good: `{rebuild}`. Nothing was called.",
    )


def anew(name: str) -> Finding:
    """The warning that a ledger begins where there had been one."""
    return Finding(
        Severity.WARNING,
        "ledger-anew",
        f"{name}: there was a ledger here, and it is gone",
        "It begins anew: what was sent before is not remembered, so a send that may be live already is not made.",
        "Put the old one back if it still exists. Commit reconciler.lineage, so that a lost ledger is noticed.",
    )


def _follow(file: str, state: State, lines: Iterable[bytes]) -> None:
    """Take the journal's entries into `state`, but for those that its snapshot holds already."""
    folded, chained = state.seq, state.chain
    last: int | None = None
    number = 0
    try:
        for number, entry in enumerate(chain.decode(lines), start=1):
            if isinstance(entry, chain.Torn):
                state.findings += (_torn_finding(file, entry.line),)
                break
            if last is None and entry.seq == folded + 1 and entry.prev != chained:
                raise damaged(file, number, "The journal goes on from another snapshot than the one beside it")
            if last is None and entry.seq > folded + 1:
                raise damaged(file, number, f"The snapshot ends at entry {folded}, the journal begins at {entry.seq}")
            if entry.seq == folded and entry.sum != chained:
                raise damaged(file, number, "The snapshot was not made from this journal")
            last = entry.seq
            if entry.seq > folded:
                state.follow(entry)
    except chain.BrokenChainError as error:
        raise damaged(file, error.line, f"The line is not what was written there: {error.reason}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise damaged(file, number, f"The entry makes no sense ({error!r})") from error
    if last is not None and last < folded:
        raise damaged(
            file, number, f"The journal ends at entry {last}, before the snapshot's {folded}: it is an older copy"
        )


def _torn_finding(file: str, line: int) -> Finding:
    return Finding(
        Severity.WARNING,
        "ledger-torn",
        f"{file}:{line}: the journal's last entry is cut short",
        "The run that wrote it was killed, or is writing it right now; what it stood for had not been begun.",
        "Nothing to do: entries before it are whole.",
    )
