"""Plans that are made without the account, and what cannot be asked of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from reconciler.app import Planned
from reconciler.cli.console import Console
from reconciler.cli.keyed import read_snapshot, snapshot_key
from reconciler.cli.offline_options import Instead
from reconciler.cli.opening import chosen
from reconciler.cli.options import Common, Live
from reconciler.cli.rehearsing import assumptions, check_whole
from reconciler.offline.against import planned_against


def check(instead: Instead, live: Live, save: Path | None) -> None:
    """Raise UsageError for options that contradict each other."""
    if instead.against is not None:
        refused = {
            "--save": (save is not None, "a saved plan is for one apply, and this one is not of the account"),
            "--prove": (instead.prove, "a rehearsal is of the account as it is now"),
            "--sandbox": (live.embedded, "the snapshot stands for the account"),
            "--refresh": (live.refresh is not None, "a snapshot holds everything, and nothing is read"),
            "--show-contacts": (live.show_contacts, "there are no people in a snapshot that could be shown"),
        }
        for name, (given, why) in refused.items():
            if given:
                raise click.UsageError(f"--against goes without {name}: {why}")
    if instead.assume and not instead.prove:
        raise click.UsageError("--assume is about a rehearsal: give --prove, or use rehearse")
    if instead.prove:
        check_whole(live)
        assumptions(instead.assume)


def against(console: Console, common: Common, live: Live, path: Path) -> Planned:
    """The plan against the snapshot in a file. Raises SnapshotError, InvalidConfig."""
    secret, file = snapshot_key(console), read_snapshot(path)
    return planned_against(chosen(common.root, common.account), file, secret, live.allowed, datetime.now(UTC))
