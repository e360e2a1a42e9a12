"""A reviewed plan that was saved: where it belongs, whether it may be used, and for what. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reconciler.engine.model import Finding, Severity, Use
from reconciler.engine.outline import Differences, Outline, Tolerance, compare, compare_rest
from reconciler.engine.result import Exit
from reconciler.engine.sight import Refresh


class SavedPlanError(Exception):
    """A saved plan that cannot be used; `exit` is INVALID for a bad file, DIFFERS for one that belongs elsewhere."""

    def __init__(self, finding: Finding, exit_: Exit) -> None:
        super().__init__(f"{finding.summary}: {finding.reason}")
        self.finding = finding
        self.exit = exit_


@dataclass(frozen=True, slots=True)
class Position:
    """Where a ledger stood: its lineage (None: there was none yet), its last entry, and that one's sum."""

    lineage: str | None
    entry: int
    sum: str


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan in outline, with what it is bound to: an account, an API's address, a ledger as it was at that moment.

    `id` is unique; `made` is aware, by the API's clock. `refresh` is how much was read to make it: what it is compared
    with has to be made in the same way.
    """

    id: str
    made: datetime
    account: str
    api: str
    position: Position
    outline: Outline
    refresh: Refresh = Refresh.FULL


class Standing(StrEnum):
    """How a saved plan stands to the plan as it is now."""

    AGREED = "agreed"  # it is the reviewed one, and was not used before
    GOES_ON = "goes-on"  # used before: what is left is all reviewed
    OVER = "over"  # used before, or made by others with the same digest: nothing is left
    SPENT = "spent"  # used before, to the end: it may not be used for what came up since
    DIFFERS = "differs"  # it is another plan


@dataclass(frozen=True, slots=True)
class Agreement:
    """A saved plan beside the plan as it is now, what differs, and its use before (None: there was none)."""

    standing: Standing
    differences: Differences
    use: Use | None


def agreement(reviewed: Outline, now: Outline, use: Use | None, tolerance: Tolerance) -> Agreement:
    """Whether the plan `now` may run on the strength of the reviewed one, whose use before, if any, is `use`."""
    if use is None:
        found = compare(reviewed, now, tolerance)
        return Agreement(Standing.DIFFERS if found else Standing.AGREED, found, None)
    if not now.steps:
        return Agreement(Standing.OVER, Differences(), use)
    if use.finished:
        return Agreement(Standing.SPENT, Differences(new=now.steps), use)
    found = compare_rest(reviewed, now, tolerance)
    return Agreement(Standing.DIFFERS if found else Standing.GOES_ON, found, use)


def check_target(file: str, saved: SavedPlan, account: str, api: str) -> None:
    """Raise SavedPlanError unless the plan was made for this account of this API."""
    if saved.account != account:
        reason = f"It was made for the account {saved.account!r}, not for {account!r}."
        raise _stranger(file, "this is another account's plan", reason)
    if saved.api != api:
        reason = f"It was made for {_api(saved.api)}; {_api(api)} is to be called now."
        raise _stranger(file, "this is another API's plan", reason)


def check_position(file: str, saved: SavedPlan, now: Position, horizon: int, *, rebuilt: bool) -> None:
    """Raise SavedPlanError unless the plan was made with the ledger that is `now` here, at this entry or before.

    The ledger remembers every use since its entry `horizon`. `rebuilt` says that it took the place of a lost one.
    """
    then = saved.position
    if then.lineage is not None and then.lineage != now.lineage:
        here = f"the one here is {now.lineage}" if now.lineage else "there is none here"
        reason = f"It was made with the ledger of lineage {then.lineage}; {here}."
        raise _stranger(file, "this plan was made with another ledger", reason)
    if then.lineage is None and rebuilt:
        reason = "There was no ledger when it was made, and the one here took the place of a lost one."
        raise _stranger(file, "this plan was made without the ledger", f"{reason} Whether it was used is not known.")
    if then.lineage is not None and (then.entry > now.entry or (then.entry == now.entry and then.sum != now.sum)):
        reason = (
            f"It was made at entry {then.entry}; the ledger here ends at entry {now.entry}, or has another history."
        )
        raise _stranger(file, "the ledger has gone back since this plan was made", reason)
    if then.entry < horizon:
        reason = f"It was made at entry {then.entry} of the ledger, which remembers what was used from {horizon} on."
        raise _stranger(file, "this plan is too old", f"{reason} Whether it was used is not known.")


def _stranger(file: str, what: str, reason: str) -> SavedPlanError:
    remedy = "Plan again: `reconciler plan --save FILE`. Nothing was called."
    return SavedPlanError(Finding(Severity.ERROR, "saved-plan", f"{file}: {what}", reason, remedy), Exit.DIFFERS)


def _api(api: str) -> str:
    return "the embedded sandbox" if api == "sandbox" else api
