"""How far a command is: a passing line on a terminal, elsewhere with -v a line now and then."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Protocol

from reconciler.cli.console import Console
from reconciler.engine.model import Outcome
from reconciler.engine.plan import Plan
from reconciler.report.words import count, duration, number, per_second

_LIVELY, _QUIET = 0.5, 30.0
"""Seconds between two lines on a terminal, and elsewhere."""
_LOOK_BACK = 60.0
"""Seconds over which calls are counted to say how fast they are made."""


class Calling(Protocol):
    """Who makes the calls."""

    @property
    def total(self) -> int:
        """How many were made."""

    @property
    def rate(self) -> float | None:
        """How many may be made a second; None: unbounded."""


@dataclass(slots=True)
class Tally:
    """What is over of a plan, in changes and in the calls that they were planned with. Hears each outcome."""

    plan: Plan
    console: Console
    changes: int = 0
    calls: int = 0
    _batches: set[str] = field(default_factory=set)

    def __call__(self, outcome: Outcome) -> None:
        """One more change is over."""
        change = outcome.change
        self.changes += 1
        if change.batch is None or change.batch not in self._batches:
            self.calls += len(change.calls)
        if change.batch is not None:
            self._batches.add(change.batch)
        self.console.say(f"{outcome.status}: {change.action} of a {change.address.kind}", at=2)


class Progress:
    """Tells how far `calling` is, once a phase has begun and until it ends."""

    def __init__(self, console: Console, calling: Calling) -> None:
        self._console = console
        self._calling = calling
        self._seen: deque[tuple[float, int]] = deque()

    @contextmanager
    def phase(self, name: str, tally: Tally | None = None) -> Iterator[None]:
        """Something that takes long, called `name`."""
        over = Event()
        teller = Thread(target=self._run, args=(over, name, tally), name="progress", daemon=True)
        if self._console.lively or self._console.loud > 0:
            teller.start()
        try:
            yield
        finally:
            over.set()
            if teller.ident is not None:
                teller.join()
            self._console.progress("")

    def _run(self, over: Event, name: str, tally: Tally | None) -> None:
        self._console.progress(f"{name} …")
        while not over.wait(_LIVELY if self._console.lively else _QUIET):
            text = self._line(name, tally)
            if self._console.lively:
                self._console.progress(text)
            else:
                self._console.say(text, at=1)

    def _line(self, name: str, tally: Tally | None) -> str:
        """`applying: 120/815 calls, 112/780 changes, 0.5/s, about 24 min left`."""
        rate = self._rate()
        told = "" if rate is None else f", {per_second(rate)}"
        if tally is None:
            return f"{name}: {count(self._calling.total, 'call')}{told}"
        calls, changes = tally.plan.summary.calls, len(tally.plan.changes)
        left = "" if not rate else f", {duration((calls - tally.calls) / rate)} left"
        done = f"{number(tally.calls)}/{count(calls, 'call')}, {number(tally.changes)}/{count(changes, 'change')}"
        return f"{name}: {done}{told}{left}"

    def _rate(self) -> float | None:
        """Calls per second lately, as they were really made; before there are some, as many as may be."""
        now, total = time.monotonic(), self._calling.total
        self._seen.append((now, total))
        while self._seen[0][0] < now - _LOOK_BACK:
            self._seen.popleft()
        then, before = self._seen[0]
        if total - before < 5:
            return self._calling.rate
        return (total - before) / (now - then)
