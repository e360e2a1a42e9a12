"""An account's stand-in: a sandbox in memory that holds a snapshot, and how it is reached."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

from reconciler.config import Account
from reconciler.engine.check import Channels
from reconciler.engine.model import Finding, Severity
from reconciler.engine.sight import Refresh
from reconciler.ledger import FileHome
from reconciler.ledger.state import SANDBOX
from reconciler.offline.likeness import Likeness
from reconciler.offline.snapshot import Snapshot
from reconciler.reach import Reach
from reconciler.sandbox import Sandbox

_NO_LEDGER = FileHome(Path("/dev/null/reconciler.json"))
"""Where no ledger is, nor can be: nobody holds it, and nothing is ever written there."""


class StandinClock(threading.local):
    """The account's clock, which stands still: to sleep takes no time, and moves it on.

    Each thread has slept for itself: a request that another has under way is not late because of it.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._slept = 0.0

    def monotonic(self) -> float:
        """The machine's own, and what was slept."""
        return time.monotonic() + self._slept

    def now(self) -> datetime:
        """The account's clock."""
        return self._sandbox.now()

    def sleep(self, seconds: float) -> None:
        """Moves both on."""
        self._slept += seconds
        self._sandbox.clock.advance(timedelta(seconds=seconds))


@dataclass(frozen=True, slots=True)
class Standin:
    """A sandbox that holds one snapshot. `lacks` is what of the account is not in it, if anything is."""

    sandbox: Sandbox
    reach: Reach
    lacks: tuple[Finding, ...]


@contextmanager
def standing_in(snapshot: Snapshot, channels: Channels, assumed: Mapping[str, Any]) -> Iterator[Standin]:
    """A stand-in for the account of `snapshot`, with its ids and at its time, which stands still.

    All of it is in memory, and answers on loopback to one key alone, which nobody else knows. `assumed` are
    assumptions on the vendor that are to hold, by name. Raises SeedError, AssumptionError.
    """
    likeness, key = Likeness(snapshot), token_hex(32)
    with Sandbox.private(likeness.seed(), key) as sandbox:
        sandbox.clock.stop()
        sandbox.clock.set(snapshot.observed)
        sandbox.assume(reescrever_html=True)
        sandbox.assume(**assumed)
        reach = Reach(
            address=sandbox.url,
            key=key,
            ledger=_NO_LEDGER,
            api=SANDBOX,
            clock=StandinClock(sandbox),
            channels=channels,
            refresh=Refresh.FULL,
        )
        lacking = ", ".join(f"{times} × {what}" for what, times in sorted(likeness.odd.items()))
        summary = f"not all of the account is in the copy of it as it is: {lacking}"
        yield Standin(sandbox, reach, (Finding(Severity.WARNING, "copy", summary),) if lacking else ())


def unhurried(account: Account) -> Account:
    """The account without a pace of its own: a stand-in is not spared."""
    return replace(account, pace=None)
