"""What a ledger's word about people rests on, and how much of an account is read on the strength of it. Pure.

Of each person the ledger keeps a digest of the declaration that the live contact was last found, or made, to be as.
There are few birthdays, and fewer answers to `sexo`: whoever has the ledger, and the salt that stands in it, could try
them all. So the digest is keyed with a secret that is made of the account's API key, which is never stored. With
another key nothing matches, and everybody is read again.

A digest says keys of listas and campos where the account has ids, and says nothing about listas in which somebody is
not declared: it holds only while the same names mean the same things, and no lista is declared that was none then.
Which names those were is remembered once for everybody. When they hold no more, another `epoch` begins: digests of the
one before match nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import Final

_BYTES: Final = 8
_ASKED_AGAIN: Final = timedelta(days=7)
"""After how long a listing that did not carry a relation is tried again."""


class Refresh(StrEnum):
    """How much of the account is read for the people about whom the ledger's word could be taken."""

    FULL = "full"  # everything: its word is taken for nothing
    CHANGED = "changed"  # the listing; what would cost calls of its own, only for people about whom it has no word
    NONE = "none"  # nothing


@dataclass(frozen=True, slots=True)
class Meanings:
    """What the declared listas and campos are in the account: key → live id. What is not live is left out."""

    lists: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)

    def within(self, other: Meanings) -> bool:
        """Whether every name means what it means in `other`."""
        return self.lists.items() <= other.lists.items() and self.fields.items() <= other.fields.items()


@dataclass(frozen=True, slots=True)
class Sight:
    """Under which meanings digests hold that were made in this `epoch`, counted from 1."""

    epoch: int
    meanings: Meanings

    def now(self, meanings: Meanings) -> Sight:
        """The sight under which people are seen who are read now: of this epoch if digests hold still, else the next.

        Meanings that are left out are not seen any more, and hold no more.
        """
        return Sight(max(1, self.epoch + (not meanings.within(self.meanings))), meanings)


NOTHING_SEEN: Final = Sight(0, Meanings())
"""Where a ledger begins: no digest is of this epoch."""


class Witness:
    """Gives the digests of one epoch: who has no `secret` can neither make nor try them."""

    def __init__(self, secret: bytes, epoch: int) -> None:
        self._keyed = blake2b(epoch.to_bytes(_BYTES, "big"), key=secret, digest_size=_BYTES)

    def digest(self, said: int) -> int:
        """The digest of a declaration, by `Roll.said`; never 0."""
        keyed = self._keyed.copy()
        keyed.update(said.to_bytes(_BYTES, "big"))
        return int.from_bytes(keyed.digest(), "big") or 1


@dataclass(frozen=True, slots=True)
class Embeds:
    """Which relations a listing was found to carry, and which it named and did not carry, when it was last asked.

    `at` is aware.
    """

    carried: frozenset[str]
    lacking: frozenset[str]
    at: datetime

    def fresh(self, now: datetime) -> bool:
        """Whether what was lacking need not be asked for again."""
        return now - self.at < _ASKED_AGAIN

    def learned(self, asked: frozenset[str], carried: frozenset[str], now: datetime) -> Embeds:
        """The same after a listing was asked for some relations, and carried those."""
        lacking = asked - carried
        return Embeds(
            (self.carried | carried) - lacking, (self.lacking - carried) | lacking, now if lacking else self.at
        )
