"""Waits that are given up: what was not sent is told as not sent, what failed as it failed, and nothing is repeated."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from reconciler.transport import GaveUp, Limits, NotSent, Ports, SystemClock, Throttled, WaitEndedError
from reconciler.transport.skew import Skew
from tests.transport.conftest import OK, PAGE, POST, READ, Caller, Scripted, answer

_NOW = datetime(2026, 11, 2, 11, 0, tzinfo=UTC)


def _ended(clock: SystemClock, after: float = 0.2) -> None:
    threading.Timer(after, clock.end_waits).start()


def test_a_long_wait_ends_at_once_for_every_thread() -> None:
    """Those that wait already, and those that would begin to; short waits are kept, so that a call can end well."""
    clock = SystemClock()
    _ended(clock)
    began = time.monotonic()
    for _ in range(2):
        with pytest.raises(WaitEndedError):
            clock.sleep(600)
    ended = time.monotonic()
    assert ended - began < 300, "neither was waited out"
    clock.sleep(0.2)
    assert time.monotonic() - ended > 0.1, "a short one was"


def test_a_call_that_was_to_be_repeated_ends_as_it_failed(server: Scripted, calling: Callable[..., Caller]) -> None:
    """The server asked for a minute: nothing more is sent, and the failure is the one that there was."""
    server.script(answer(429, PAGE, **{"Retry-After": "60"}), answer(200, OK))
    clock = SystemClock()
    caller = calling(server.url, ports=Ports(clock, lambda: 0.5))
    _ended(clock)
    with pytest.raises(GaveUp, match="gave up after 1 attempt"):
        caller.do(READ)
    assert len(server.received) == 1


def test_a_call_that_had_to_wait_for_its_turn_was_not_sent(server: Scripted, calling: Callable[..., Caller]) -> None:
    """Another call has met an overload: this one waits with it, and then is certainly not sent."""
    server.script(answer(429, PAGE, **{"Retry-After": "60"}), answer(200, OK))
    clock = SystemClock()
    caller = calling(server.url, limits=Limits(rate=100.0), ports=Ports(clock, lambda: 0.5))
    with pytest.raises(Throttled):
        caller.do(POST)
    _ended(clock)
    with pytest.raises(NotSent, match="asked to end") as caught:
        caller.do(POST)
    assert not caught.value.unknown
    assert len(server.received) == 1


def test_a_clock_is_only_corrected_as_far_as_answers_show() -> None:
    """A Date is up to a second old, and the answer may have been slow: within that both clocks may well be the same."""
    skew = Skew()
    assert (skew.value, skew.date) == (timedelta(), None)
    for date, sent, received, value in (
        (0, 0.4, 0.9, 0),  # the server's clock is truncated
        (0, -20, 10, 0),  # a slow answer
        (-600, 0, 0.2, -600.2),  # ten minutes behind
        (-599, 0.5, 0.7, -599.7),
        (-580, 1, 25, -599.7),  # a slow answer again: as before
        (0, 0.1, 0.2, -0.2),  # somebody has set a clock
    ):
        when = [_NOW + timedelta(seconds=seconds) for seconds in (date, sent, received)]
        skew.heard(*when)
        assert skew.date == when[0]
        assert skew.value.total_seconds() == pytest.approx(value, abs=0.35)
