"""How an account is reached: its address and key, where its ledger lives, and how fast it may be called."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from reconciler.config import Account
from reconciler.engine.check import Channels, NoChannels
from reconciler.engine.model import Tempo
from reconciler.engine.scene import Memory
from reconciler.engine.sight import Refresh
from reconciler.ledger import Home, Ledger, LedgerError
from reconciler.providers.criaenvio.client import Client
from reconciler.transport import Access, Clock, Learned, Limits, Origin, Ports, SystemClock

_ADVISED: Final = 0.5
"""Calls per second where the account says nothing: the vendor's advice of about two seconds between calls."""
_STALE, _FORGOTTEN = timedelta(days=1), timedelta(days=7)
"""From which age on a remembered pace is where to begin, but more is tried at once; and from which it is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How an account is reached: base address, key, where its ledger lives, and the name of the API that this is.

    `api` is `sandbox` for an embedded one, else the base address: a ledger is only used with the API it was made for.
    `lineage` is the id of that ledger, if the workspace knows it. `workers` is how many changes of contacts, lists and
    messages are made side by side; the account's pace bounds them further. `refresh` is how much of the account is read
    where the ledger's word could be taken. `channels` is how the other channels are read; nobody is asked there unless
    a check or a rule needs it.
    """

    address: str
    key: str = field(repr=False)
    ledger: Home
    api: str
    lineage: str | None = None
    clock: Clock = field(default_factory=SystemClock)
    workers: int = 8
    channels: Channels = field(default_factory=NoChannels)
    refresh: Refresh = Refresh.FULL

    def secret(self, memory: Memory) -> bytes:
        """What keys the digests of people in this ledger: made of the account's key, and never stored."""
        return hmac.digest(self.key.encode(), b"people seen" + memory.stamp(""), "sha256")

    @property
    def loopback(self) -> bool:
        """Whether the API is on this machine: a sandbox, whose own clock is then the truth."""
        return Origin.parse(self.address).loopback

    def client(self, account: Account, access: Access, tempo: Tempo | None = None) -> Client:
        """A client of the account; one that plans cannot write. Close it, or use it as a context.

        It calls as fast as the account says, or the vendor advises, at the most; an earlier run's `tempo` may say less.
        """
        rate = account.pace if self.loopback else usual_pace(account)
        age = self.clock.now() - tempo.at if tempo else _FORGOTTEN
        learned = Learned(tempo.edge, fresh=age < _STALE) if tempo and age < _FORGOTTEN else None
        limits = Limits(account.deadline.total_seconds(), rate, learned=learned)
        return Client(self.address, self.key, access, limits, Ports(self.clock))

    @contextmanager
    def working(self, account: Account, ledger: Ledger) -> Iterator[Client]:
        """A client that writes, and that leaves in `ledger` what it has found out about the pace, however it ends."""
        with self.client(account, Access.WRITE, ledger.tempo) as client:
            try:
                yield client
            finally:
                if client.learned is not None:
                    with suppress(LedgerError):  # whoever else writes the ledger tells of what is wrong with it
                        ledger.learn(Tempo(client.learned.edge, self.clock.now()))


def usual_pace(account: Account) -> float:
    """Calls a second that the account says, or else the vendor advises."""
    return _ADVISED if account.pace is None else account.pace


def quiet_of(account: Account) -> timedelta:
    """How long after a call whose outcome is open it may still take effect."""
    return account.deadline + account.longest_delay
