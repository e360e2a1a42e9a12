"""A thread that calls something again and again until it is stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread


class Heartbeat:
    """Calls `beat`, which raises nothing, once in every `pause`, beginning one pause from now."""

    def __init__(self, beat: Callable[[], None], pause: timedelta) -> None:
        self._beat = beat
        self._pause = pause.total_seconds()
        self._over = Event()
        self._thread = Thread(target=self._run, name="ledger-heartbeat", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Call it no more; waits for a call that is under way."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._pause):
            self._beat()
