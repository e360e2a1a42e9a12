"""Saved plans on their way into a file, out of it, and to the one run that they are for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

import click

from reconciler.app import Planned
from reconciler.cli.console import Console
from reconciler.cli.showing import secret_of
from reconciler.cli.writing import write_private
from reconciler.config import Account
from reconciler.engine.saved import SavedPlan, check_position, check_target
from reconciler.engine.sight import Refresh
from reconciler.ledger import Ledger, State, read_ledger
from reconciler.reach import Reach
from reconciler.report import Outliner, SavedFile, dump_saved, load_saved

_LARGEST = 64 * 1024 * 1024
_PURPOSE = b"saved plans"


def outliner(console: Console, planned: Planned) -> Outliner:
    """What makes the outlines of this account's plans."""
    return Outliner(secret_of(planned.reach, planned.scene.memory, _PURPOSE), console.clean)


def save(path: Path, console: Console, planned: Planned, memory: State) -> None:
    """Write the plan, made with the ledger as it stood at `memory`, to `path`: only its owner may read it."""
    outlines = outliner(console, planned)
    saved = SavedPlan(
        id=token_hex(16),
        made=planned.scene.terms.now,
        account=planned.account.name,
        api=planned.reach.api,
        position=memory.position,
        outline=outlines.outline(planned.plan),
        refresh=planned.plan.refresh,
    )
    write_private(path, dump_saved(saved, outlines.salt), "the plan could not be saved")
    console.say(f"{path}: the plan is saved, for one apply --plan")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A saved plan out of the file that `apply --plan` names."""

    path: Path
    file: SavedFile

    @classmethod
    def read(cls, path: Path) -> Reviewed:
        """Read it. Raises SavedPlanError unless it is whole, UsageError if it cannot be read."""
        try:
            with path.open("rb") as file:
                text = file.read(_LARGEST + 1)
        except OSError as error:
            raise click.UsageError(f"{path}: the saved plan cannot be read: {error.strerror or error}") from error
        return cls(path, load_saved(str(path), text[:_LARGEST]))

    @property
    def plan(self) -> SavedPlan:
        """The plan that was reviewed."""
        return self.file.plan

    def check_refresh(self, asked: Refresh | None) -> Refresh:
        """How much is read to compare with it: as much as was for itself. UsageError if something else is asked for."""
        if asked not in (None, self.plan.refresh):
            raise click.UsageError(
                f"{self.path} was made with --refresh {self.plan.refresh}, and is compared with plans made alike:"
                f" leave out --refresh {asked}, or review a new plan, made with it (plan --refresh {asked} --save FILE)"
            )
        return self.plan.refresh

    def check_before(self, account: Account, way: Reach) -> None:
        """Before the ledger is opened, which may create one. Raises SavedPlanError, LedgerError."""
        check_target(self.file.name, self.plan, account.name, way.api)
        self._check(read_ledger(way.ledger, account=account.name, origin=way.api, lineage=way.lineage))

    def check_held(self, way: Reach, ledger: Ledger) -> None:
        """Once nobody else writes the ledger, and before any call. Raises SavedPlanError."""
        self._check(ledger)
        self.file.check_seal(secret_of(way, ledger, _PURPOSE))

    def _check(self, memory: State | Ledger) -> None:
        rebuilt = memory.rebuilt is not None
        check_position(self.file.name, self.plan, memory.position, memory.uses.horizon, rebuilt=rebuilt)


@contextmanager
def checked(
    reviewed: Reviewed | None, account: Account, way: Reach, opened: AbstractContextManager[Ledger]
) -> Iterator[Ledger]:
    """The ledger that `opened` opens, if the saved plan, should there be one, was made with it, or SavedPlanError."""
    if reviewed is not None:
        reviewed.check_before(account, way)
    with opened as ledger:
        if reviewed is not None:
            reviewed.check_held(way, ledger)
        yield ledger
