"""How far the server's clock is ahead of this machine's, as the Date headers of its answers tell."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

_RESOLUTION = timedelta(seconds=1)
"""A Date header has whole seconds (RFC 9110 §5.6.7): the server's clock stood up to so much later."""


class Skew:
    """The smallest correction that the answers allow: none as long as both clocks may well be the same.

    A Date stands for a moment between the request's leaving and its answer's arrival, so that a slow answer moves
    nothing. A clock that is set meanwhile is noticed with the next answer. Usable from several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._date: datetime | None = None
        self._value = timedelta()

    @property
    def date(self) -> datetime | None:
        """What the last answer said."""
        with self._lock:
            return self._date

    @property
    def value(self) -> timedelta:
        """What has to be added to this machine's clock to have the server's; nothing while no answer told."""
        with self._lock:
            return self._value

    def heard(self, date: datetime, sent: datetime, received: datetime) -> None:
        """An answer said `date`; by this machine's clock it was asked for at `sent`, and there at `received`."""
        least, most = date - received, date + _RESOLUTION - sent
        with self._lock:
            self._date = date
            if not least <= self._value <= most:
                self._value = least
