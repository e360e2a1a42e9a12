"""A ledger that takes long to be written, as a remote one may: the time of an intent is the time of its call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import pytest

from reconciler.engine.model import Intent
from reconciler.ledger import Ledger
from tests.simulation.oracle import Watcher
from tests.simulation.power import Power
from tests.simulation.trial import starts
from tests.simulation.world import Subject, World, world_of


@dataclass
class _Slow:
    """A ledger whose first `times` intents take `seconds` to be durable."""

    ledger: Ledger
    world: list[World]
    times: int
    seconds: float

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ledger, name)

    def begin(self, intent: Intent) -> None:
        """Durable when it returns, late."""
        self.ledger.begin(intent)
        if intent.address.kind == "envio" and self.times:
            self.times -= 1
            self.world[0].time.advance(self.seconds)


def _tried(times: int, seconds: float) -> tuple[World, str]:
    world: list[World] = []

    @contextmanager
    def slow(ledger: Ledger) -> Iterator[Ledger]:
        with ledger:
            yield cast("Ledger", _Slow(ledger, world, times, seconds))

    start = next(start for start in starts() if start.story.name == "nova, media")
    world.append(world_of(start, Subject(ledger=slow)))
    watcher = Watcher(world[0])
    world[0].server.seen = watcher
    ended = world[0].run(start.account, Power())
    assert watcher.lost == []
    return world[0], ended.told


def _sends(world: World) -> int:
    with world.server.control.store.transaction() as db:
        return int(db.execute("SELECT count(*) FROM envios").fetchone()[0])


@pytest.mark.parametrize(("times", "seconds"), [(9, 4.0), (1, 60.0), (2, 60.0)])
def test_an_intent_that_grew_old_is_written_anew(times: int, seconds: float) -> None:
    """A request leaves with an intent of its own second, give or take five; the send is made once."""
    world, told = _tried(times, seconds)
    assert told == ""
    assert _sends(world) == 1


def test_a_ledger_that_stays_slow_sends_nothing() -> None:
    """Where every intent is old before its call could leave, the call is not made, and the run says why."""
    world, told = _tried(9, 60.0)
    assert told == "the ledger takes 60 s to be written, which is too long to send safely; nothing was sent"
    assert _sends(world) == 0
