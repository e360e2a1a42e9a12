"""A ledger that takes every step and keeps none, for plans: they settle open calls as an apply would, on paper."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime

from reconciler.ledger.lease import Lease
from reconciler.ledger.ledger import Ledger
from reconciler.ledger.state import State
from reconciler.ledger.store import Text

_NAME = "a draft"


def draft(state: State) -> Ledger:
    """A ledger that begins as `state` is, which it leaves as it is, and that is gone with its end."""
    return Ledger(state.copy(), _Nowhere())


@dataclass(frozen=True, slots=True)
class _Nowhere:
    """The Hold of a ledger that nobody keeps: it is always ours, and nothing stands there."""

    @property
    def lease(self) -> Lease:
        now = datetime.now(UTC)
        return Lease("", 0, "", "", 0, "", now, now)

    def text(self) -> AbstractContextManager[Text]:
        return nullcontext(Text.held(None, b"", _NAME, _NAME))

    def append(self, line: bytes) -> None:
        pass

    def sync(self) -> None:
        pass

    def renew(self) -> None:
        pass

    def fold(self, snapshot: Iterable[bytes]) -> None:
        pass

    def start_over(self, snapshot: Iterable[bytes], stamp: str) -> str:  # noqa: ARG002 - the port's signature
        return ""

    def close(self, snapshot: Iterable[bytes] | None) -> None:
        pass
