"""What a ledger remembers at one moment, and how each journal entry changes it. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from reconciler.engine.bond import STAMP
from reconciler.engine.model import Address, Binding, Finding, Intent, Tempo
from reconciler.engine.people import Bonds
from reconciler.engine.saved import Position
from reconciler.engine.sight import NOTHING_SEEN, Embeds, Sight
from reconciler.ledger import seen, wire
from reconciler.ledger.chain import Entry
from reconciler.ledger.uses import Uses

SANDBOX = "sandbox"
_BLOCK: Final = 64
_LOADED: Final[Mapping[str, Callable[[Mapping[str, Any]], object]]] = {
    "tempo": wire.load_tempo,
    "sight": seen.load_sight,
    "embeds": seen.load_embeds,
}
"""Entries that say all anew of one thing."""
_PERSON: Final = f"{wire.PERSON}.".encode()


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose ledger this is.

    `lineage` is a random id made at creation (empty while the ledger does not exist); `origin` says which API it
    remembers: `sandbox`, or a keyed hash of the API's base address.
    `salt` (hex) keys every hash in the ledger. It stands in the same file, so it protects from tables made beforehand
    and from linking one person across ledgers; it does not protect from somebody who has the ledger and tries one
    e-mail address after the other. So nothing of what is declared of a person is hashed with it alone (see `State`).
    """

    account: str
    origin: str
    lineage: str
    salt: str
    _inner: hashlib._Hash = field(init=False, repr=False, compare=False)
    _outer: hashlib._Hash = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        key = bytes.fromhex(self.salt).ljust(_BLOCK, b"\0")
        object.__setattr__(self, "_inner", hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + _PERSON))
        object.__setattr__(self, "_outer", hashlib.sha256(bytes(byte ^ 0x5C for byte in key)))

    def stamp(self, email: str) -> bytes:
        """A hash of the person of this address that only this ledger gives: that of `keyed`, as 16 bytes.

        It is asked for each of many contacts, so the part of HMAC (RFC 2104) that is the same for all is done once.
        """
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(email.encode("utf-8", "surrogatepass"))
        outer.update(inner.digest())
        return outer.digest()[:STAMP]

    def keyed(self, text: str) -> str:
        """A hash of `text` that only this ledger gives: `#` and 32 hexadecimal digits."""
        return "#" + hmac.digest(bytes.fromhex(self.salt), text.encode("utf-8", "surrogatepass"), "sha256").hex()[:32]

    def mark(self, origin: str) -> str:
        """How `origin` (an API's base address, or `sandbox`) stands in this ledger."""
        return SANDBOX if origin == SANDBOX else self.keyed(f"origin {origin}")


@dataclass(slots=True)
class State:
    """A ledger's content up to entry `seq`, whose sum is `chain`.

    `people` are bound apart from all else (`bound`, by token), and of them neither key nor any hash of a field is kept:
    there are so few birthdays, and so few answers to `sexo`, that a hash of one is as good as the value. What is kept
    is a digest of all that is declared of them, keyed with a secret of the account's API key, which no ledger holds:
    who has the ledger can try no value without it (`engine.sight`). `sight` says under which meanings those digests
    hold, `embeds` what the listing of people was found to carry. `announced` are the stamps of people who may have been
    created, and are not bound yet. `rebuilt` is when this ledger took the place of a lost one, whose sends it does not
    remember (None: it never did). `fresh` is true from the ledger's beginning until every send that was declared by
    then is accounted for: what is live may have been made on behalf of a ledger before it. `uses` are the plans that
    were put into effect; `tempo` is how fast the API may be called, if that was found out.
    """

    identity: Identity
    seq: int = 0
    chain: str = ""
    bound: dict[str, Binding] = field(default_factory=dict)
    people: Bonds = field(default_factory=Bonds)
    begun: dict[str, Intent] = field(default_factory=dict)
    announced: set[bytes] = field(default_factory=set)
    findings: tuple[Finding, ...] = ()
    rebuilt: datetime | None = None
    fresh: bool = False
    uses: Uses = field(default_factory=Uses)
    tempo: Tempo | None = None
    sight: Sight = NOTHING_SEEN
    embeds: Embeds | None = None

    @property
    def lineage(self) -> str | None:
        """The id that the ledger got at its creation; None while it does not exist."""
        return self.identity.lineage or None

    @property
    def position(self) -> Position:
        """Where the ledger stands."""
        return Position(self.lineage, self.seq, self.chain)

    def stamp(self, email: str) -> bytes:
        """What stands for the person of this address, which is in lower case."""
        return self.identity.stamp(email)

    def token(self, address: Address) -> str:
        """The text that stands for `address`: `kind.key`, or `kind.#<keyed hash>` where the key is personal data.

        A key that is such a hash already stays as it is.
        """
        return f"{address.kind}.#{self.stamp_of(address).hex()}" if address.kind == wire.PERSON else str(address)

    def stamp_of(self, address: Address) -> bytes:
        """The stamp of a person's address, whose key may be one already."""
        hashed = address.key.startswith("#") and wire.HASHED_KEY.fullmatch(address.key)
        return bytes.fromhex(address.key[1:]) if hashed else self.identity.stamp(address.key)

    def of(self, address: Address) -> Binding | None:
        """What is remembered of `address`; the binding's `key` is None where the key is personal data."""
        if address.kind != wire.PERSON:
            return self.bound.get(str(address))
        bond = self.people.of(self.stamp_of(address))
        return None if bond is None else wire.binding_of(bond)

    def bindings(self, kind: str = "") -> Iterator[tuple[str, Binding]]:
        """Every binding of `kind` (empty: of every kind) with its token, in no particular order."""
        yield from ((token, binding) for token, binding in self.bound.items() if kind in ("", binding.kind))
        if kind in ("", wire.PERSON):
            yield from ((f"{wire.PERSON}.#{bond.stamp.hex()}", wire.binding_of(bond)) for bond in self.people)

    def counts(self) -> Counter[str]:
        """How much is bound, by kind."""
        return Counter(binding.kind for binding in self.bound.values()) + Counter({wire.PERSON: len(self.people)})

    def bind(self, token: str, binding: Binding) -> None:
        """Remember `binding` under `token`. Raises ValueError if a person's token holds no stamp."""
        if binding.kind == wire.PERSON:
            stamp = wire.stamp_of(token)
            self.people.bind(stamp, binding.id, binding.on_removal, binding.former_ids)
            self.announced.discard(stamp)
        else:
            self.bound[token] = binding

    def forget(self, token: str) -> None:
        """Remember nothing under `token`."""
        if token.startswith(f"{wire.PERSON}."):
            self.people.forget(wire.stamp_of(token))
        else:
            self.bound.pop(token, None)

    def copy(self) -> State:
        """The same, to be changed apart from this."""
        return replace(
            self,
            bound=dict(self.bound),
            people=self.people.copy(),
            begun=dict(self.begun),
            announced=set(self.announced),
        )

    def open_intents(self) -> tuple[Intent, ...]:
        """Intents that were begun and never ended, oldest first, as they stand in the ledger."""
        return tuple(self.begun.values())

    def shielded(self, address: Address) -> Address:
        """`address` as it may be written down."""
        return wire.address_of(self.token(address))

    def shielded_intent(self, intent: Intent) -> Intent:
        """`intent` as it may be written down (its id may be made from its address)."""
        address = self.shielded(intent.address)
        id_ = intent.id if address == intent.address else self.identity.keyed(intent.id)
        return replace(intent, id=id_, address=address, evidence=self.shielded_texts(intent.evidence))

    def shielded_texts(self, evidence: Mapping[str, str]) -> dict[str, str]:
        """`evidence` as it may be written down: what could be an e-mail address or markup becomes a keyed hash."""
        return {
            name: self.identity.keyed(text) if "@" in text or "<" in text else text for name, text in evidence.items()
        }

    def follow(self, entry: Entry) -> None:
        """Take one more journal entry in. Raises KeyError, TypeError or ValueError if it makes no sense."""
        self._take(entry.op, entry.data)
        self.seq = entry.seq
        self.chain = entry.sum

    def _take(self, op: str, data: Mapping[str, Any]) -> None:
        match op:
            case "begin":
                intent = wire.load_intent(data)
                self.begun[intent.id] = intent
            case "end":
                self.begun.pop(data["id"], None)
            case "bind":
                self.bind(data["token"], wire.load_binding(data["token"], data["binding"]))
            case "people" | "announce" | "withdraw":
                self._take_people(op, data)
            case "forget":
                self.forget(data["token"])
            case "settle":
                self.fresh = False
            case "use":
                self.uses.begin(wire.load_use(data))
            case "used":
                self.uses.finish(data["plan"])
            case "tempo" | "sight" | "embeds":
                setattr(self, op, _LOADED[op](data))
            case _:
                raise ValueError(f"no entry is called {op!r}")

    def _take_people(self, op: str, data: Mapping[str, Any]) -> None:
        match op:
            case "announce":
                self.announced.update(wire.load_stamps(data["stamps"]))
            case "withdraw":
                self.announced.difference_update(wire.load_stamps(data["stamps"]))
            case _:
                for bond in wire.load_sheet(data).bonds():
                    self.people.bind(*bond)
                    self.announced.discard(bond.stamp)
