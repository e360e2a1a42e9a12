"""Ctrl-C and SIGTERM: what is under way is finished and recorded, what only waits is not waited for."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType

from reconciler.cli.console import Console
from reconciler.engine.result import Exit, Result

_BOTH = (signal.SIGINT, signal.SIGTERM)


class TerminatedError(KeyboardInterrupt):
    """SIGTERM, where Python would end without another word, and would leave the ledger held."""


@contextmanager
def terminable() -> Iterator[None]:
    """SIGTERM within is raised, like Ctrl-C, so that everything is given back."""

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise TerminatedError

    if threading.current_thread() is not threading.main_thread():  # only the main thread gets signals
        yield
        return
    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@dataclass(slots=True)
class Stop:
    """The signal that asked the run to end, if one did."""

    signal: int | None = None

    def asked(self) -> bool:
        """Whether no further call is to be started."""
        return self.signal is not None

    def named(self, result: Result) -> Result:
        """`result`, which says of an interrupted run by which signal that was."""
        if self.signal == signal.SIGTERM and result.ended and result.ended[0] is Exit.INTERRUPTED:
            return replace(result, ended=(Exit.TERMINATED, result.ended[1]))
        return result


@contextmanager
def stoppable(console: Console, end_waits: Callable[[], None]) -> Iterator[Stop]:
    """While changes are made, the first Ctrl-C or SIGTERM lets calls in flight finish; the second leaves at once."""
    stop = Stop()

    def ask_to_stop(number: int, _frame: FrameType | None) -> None:
        if stop.asked():
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
        stop.signal = number
        end_waits()
        console.tell("stopping: calls in flight are finished and recorded; once more to leave at once")

    before = {number: signal.signal(number, ask_to_stop) for number in _BOTH}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
