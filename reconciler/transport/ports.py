"""Everything outside that decides what happens, as one value: the clock, chance, and the line to the server."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from reconciler.transport.clock import Clock, SystemClock
from reconciler.transport.line import Dial, HttpLine


@dataclass(frozen=True, slots=True)
class Ports:
    """The clock, chance as numbers in [0, 1), and how a line to an account is opened (over HTTP)."""

    clock: Clock = field(default_factory=SystemClock)
    chance: Callable[[], float] = field(default_factory=lambda: random.SystemRandom().random)
    dial: Dial = HttpLine
