"""Stops calling a server that only fails: going on would help nobody and hide the cause."""

from __future__ import annotations

import threading

FAILURES_TO_OPEN = 5


class Circuit:
    """Counts calls that failed in a row, each after its own repeats. Once open it stays open. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0

    @property
    def open(self) -> bool:
        """Whether nothing more is to be sent."""
        with self._lock:
            return self._failures >= FAILURES_TO_OPEN

    def succeeded(self) -> None:
        """A call was answered, be it by a refusal."""
        with self._lock:
            if self._failures < FAILURES_TO_OPEN:
                self._failures = 0

    def failed(self) -> None:
        """A call failed for good."""
        with self._lock:
            self._failures += 1
