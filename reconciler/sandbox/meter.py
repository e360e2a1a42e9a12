"""Counting what each key asks for, for APIs that allow only so many requests a minute."""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict, deque

from reconciler.sandbox.moments import SECOND

_MINUTE = 60 * SECOND


class Meter:
    """The requests of the last minute, by key and by the account's clock. It belongs to the process and is not kept.

    Keys are known by a digest only. A request that is refused does not count.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[bytes, deque[int]] = defaultdict(deque)

    def wait(self, key: str, per_minute: int, now: int) -> int:
        """Count one request at `now` (microseconds); 0 if it is within the limit, else the seconds until one is."""
        if not per_minute:
            return 0
        with self._lock:
            made = self._made[hashlib.sha256(key.encode()).digest()]
            while made and not now - _MINUTE < made[0] <= now:  # older than a minute, or the clock was set back
                made.popleft()
            if len(made) < per_minute:
                made.append(now)
                return 0
            return -((now - _MINUTE - made[-per_minute]) // SECOND)
