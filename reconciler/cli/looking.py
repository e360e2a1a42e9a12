"""Looks at an account, once or until all is done, and shows what is seen."""

from __future__ import annotations

import os
import shutil
import sys
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from reconciler.app import overview_of
from reconciler.cli.console import Console
from reconciler.cli.opening import reach
from reconciler.cli.options import Common
from reconciler.cli.trouble import show
from reconciler.config import Account
from reconciler.engine.overview import Overview, Unread
from reconciler.engine.result import Exit
from reconciler.ledger import LedgerError, State, forgotten, read_ledger
from reconciler.reach import Reach
from reconciler.report import View, changes, json_line, json_text, status_document, status_text
from reconciler.transport import Access

_SHORTEST: Final = 15.0
"""Seconds between two looks at the least, where nothing else is asked for."""
_SHARE: Final = 4
"""The part of the pace that looking takes by itself: one call in so many that could be made."""
_COLUMNS: Final = 120
"""Where stdout is no terminal, and COLUMNS does not say."""
_ANEW: Final = "\x1b[H\x1b[J"


@dataclass(slots=True)
class Looking:
    """One call of `status`. `recent` is how long what is over is shown."""

    common: Common
    console: Console
    account: Account
    embedded: bool
    recent: timedelta
    _told: str = ""

    def once(self) -> Exit:
        """Look, show, and say how it stands."""
        overview = self._look()
        self._show(overview)
        return overview.exit

    def until_over(self, every: timedelta | None) -> Exit:
        """Look again and again, and show what has changed, until nothing is left to be waited for."""
        before: Overview | None = None
        while True:
            overview = self._look()
            pause = pause_of(overview, every)
            self._show_change(before, overview, pause)
            if overview.over:
                return overview.exit
            before = overview
            time.sleep(pause)

    def _look(self) -> Overview:
        """Each look begins anew: with the key and the ledger as they are by then, and whatever failed before."""
        with reach(self.account, self.common.root, self.console, embedded=self.embedded) as way:
            memory, trouble = self._remembered(way)
            with way.client(self.account, Access.READ, memory.tempo) as client:
                overview = overview_of(self.account, client, memory, way, self.recent)
        if trouble is None:
            return overview
        return replace(overview, unread={"ledger": trouble, **overview.unread})

    def _remembered(self, way: Reach) -> tuple[State, Unread | None]:
        """What the ledger remembers; nothing, and why, where it cannot be read."""
        try:
            memory = read_ledger(way.ledger, account=self.account.name, origin=way.api, lineage=way.lineage)
        except LedgerError as error:
            told = (error.finding.summary, error.finding.reason, error.finding.remedy)
            return forgotten(self.account.name, way.api), Unread("; ".join(filter(None, told)), later=False)
        found = "\n".join(finding.summary for finding in memory.findings)
        if found != self._told:
            show(self.console, memory.findings)
            self._told = found
        return memory, None

    def _show(self, overview: Overview) -> None:
        if self.common.style == "json":
            self.console.data(json_text(status_document(overview)))
        else:
            self.console.data(self._text(overview))

    def _show_change(self, before: Overview | None, now: Overview, pause: float) -> None:
        """A terminal shows the whole, drawn anew; a file is written anew; else there are lines for what is new."""
        changed = changes(before, now)
        if self._drawn:
            note = "" if now.over else f"\nagain in {pause:.0f} s; Ctrl-C ends\n"
            self.console.data(f"{_ANEW}{self._text(now)}{note}")
        elif not changed:
            return
        elif self.common.out is not None:
            self._show(now)
        elif self.common.style == "json":
            self.console.data(json_line(status_document(now)))
        else:
            self.console.data("\n".join(changed))

    @property
    def _drawn(self) -> bool:
        """Whether the screen is drawn anew with each look."""
        whole = self.common.style == "text" and self.common.out is None
        return whole and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"

    def _text(self, overview: Overview) -> str:
        view = View(salt=b"", today=overview.at.date(), zone=self.account.zone, color=self.console.color)
        return status_text(overview, view, columns())


def columns() -> int:
    """How wide lines may be."""
    return max(shutil.get_terminal_size((_COLUMNS, 24)).columns, 40)


def pause_of(overview: Overview, every: timedelta | None) -> float:
    """Seconds until the next look: as asked for, though never sooner than the calls of a look may be made again."""
    if every is None:
        return max(_SHORTEST, _SHARE * overview.seconds)
    return max(every.total_seconds(), overview.seconds)
