"""People behind keyed hashes: what is equal stays equal for one who has the key, and says nothing without it. Pure.

Live and declared people go through the same functions, so that comparing and counting them comes to the same.

An e-mail becomes `<hash>@snapshot.invalid` (RFC 2606), an id another one. Texts become hashes that are keyed for each
person anew, so that two people of one name, or one city, are not seen to be alike. There are two answers to `sexo` and
not many birthdays, and both have to be such again: they are moved by as much as the key says for that person, which is
a one-time pad.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from secrets import token_bytes
from typing import Final, TypeAlias, cast

from reconciler.engine.model import Address, Declared, Observed, Value
from reconciler.engine.roll import Enrolment, Roll
from reconciler.engine.rows import MAX_LINE
from reconciler.ledger.state import Identity

DOMAIN: Final = "snapshot.invalid"
SHORTEST_KEY: Final = 32
"""Characters: a key that could be guessed would be tried on the file, as often as wanted."""
_SEXES: Final = ("m", "f")
_DAYS: Final = date.max.toordinal()
_NAME, _ID, _TEXT = 16, 12, 9
"""Bytes of the hash of an address and of an id, of which there are many, and of a text, of which a person has few."""


Known: TypeAlias = Callable[[Declared], str | None]
"""The veiled address that the live contact has whom a declared one (of whom only the fields are not veiled) stands for.

It is another than the declared one where an address changes. None: there is none.
"""


@dataclass(frozen=True, slots=True)
class Veil:
    """Hides people with a `key`; `identity` is that of the account's ledger, in which stamps stand for them.

    `check` tells this key from another, and does not help to find it; it is empty where nobody has the key.
    """

    key: bytes = field(repr=False)
    identity: Identity
    check: str

    @classmethod
    def of(cls, secret: bytes | None, identity: Identity) -> Veil:
        """A veil whose key is made of `secret`, for this account alone; without one it is drawn, and kept by nobody.

        An account that has no ledger yet has another salt each time it is asked for: then that is of the key, too.
        """
        key = hmac.digest(secret or token_bytes(32), b"reconciler snapshot " + identity.account.encode(), "sha256")
        check = hmac.digest(key, b"check", "sha256").hex()[:_NAME] if secret else ""
        if not identity.lineage:
            salt = hmac.digest(key, b"salt", "sha256").hex()[: 2 * _NAME]
            identity = Identity(identity.account, identity.origin, "", salt)
        return cls(key, identity, check)

    def seal(self, total: bytes) -> str:
        """What only one who has the key can make of a checksum."""
        return hmac.digest(self.key, b"seal" + total, "sha256").hex()

    def email(self, email: str) -> str:
        """What stands for an address, in whatever case."""
        return self.of_stamp(self.identity.stamp(email.lower()))

    def of_stamp(self, stamp: bytes) -> str:
        """The same, of somebody of whom the ledger's stamp alone is known."""
        return f"{hmac.digest(self.key, b'person' + stamp, 'sha256')[:_NAME].hex()}@{DOMAIN}"

    def live_id(self, live_id: str) -> str:
        """What stands for the id of a live contact: the ledger, which others may have, knows whose it is."""
        return urlsafe_b64encode(hmac.digest(self.key, b"id" + live_id.encode(), "sha256")[:_ID]).decode()

    def live(self, person: Observed) -> Observed:
        """A live contact."""
        email = self.email(str(person.fields["email"] or ""))
        return replace(person, id=self.live_id(person.id), fields={**self.fields(email, person.fields), "email": email})

    def declared(self, item: Declared, known: Known) -> Declared:
        """A declared contato, to be compared with the live one who is `known` for it."""
        email = self.email(item.address.key)
        bare = replace(
            item,
            address=Address(item.address.kind, email),
            id=self.live_id(item.id) if item.id else None,
            former=self.email(item.former) if item.former else None,
        )
        fields = self.fields(known(bare) or email, item.fields)
        return replace(bare, fields={**fields, "email": email})

    def roll(self, roll: Roll, known: Known) -> Roll:
        """All declared contatos."""
        veiled, enrolment = _Veiled(self, roll, known), Enrolment()
        enrolment.begin(veiled)
        for place, item in enumerate(roll.read(roll)):
            enrolment.add_person(self.declared(item, known), (place, item.place.line & MAX_LINE))
        return enrolment.close()

    def fields(self, email: str, fields: Mapping[str, Value]) -> dict[str, Value]:
        """What is said of a person, hidden as of one with this veiled address; the address itself is left out."""
        person = hmac.digest(self.key, b"fields" + email.encode(), "sha256")
        hidden = {name: value for name, value in fields.items() if name != "email"}
        for name, hide in (("nome", _text), ("sexo", _sex), ("data_de_nascimento", _day)):
            if isinstance(fields.get(name), str):
                hidden[name] = hide(_of(person, name), str(fields[name]))
        if "campos" in fields:
            values = cast("Mapping[str, str]", fields["campos"] or {})
            # declared by key and live by id: so the campo cannot be part of it
            hidden["campos"] = {name: _text(_of(person, "campos"), text.strip()) for name, text in values.items()}
        return hidden


@dataclass(frozen=True, slots=True)
class _Veiled:
    """Where veiled people stand: where they stood, and they are veiled again when they are read."""

    veil: Veil
    roll: Roll
    known: Known

    @property
    def name(self) -> str:
        return self.roll.where(0)[0].name if len(self.roll) else ""

    def read(self, positions: Iterable[tuple[int, int]]) -> Iterator[Declared | None]:
        found = self.roll.read(place for place, _ in positions)
        return (self.veil.declared(item, self.known) for item in found)


def _of(person: bytes, field: str) -> bytes:
    """The key of one field of a person."""
    return hmac.digest(person, field.encode(), "sha256")


def _text(field: bytes, text: str) -> str:
    """A text, the empty one as it is: that nothing is said is compared, too."""
    hashed = hmac.digest(field, b"text " + text.encode("utf-8", "surrogatepass"), "sha256")[:_TEXT]
    return urlsafe_b64encode(hashed).decode() if text else ""


def _sex(field: bytes, sex: str) -> str:
    """An m or f for an m or f, by one bit of the person's own."""
    if sex not in _SEXES:
        return _text(field, sex)
    return _SEXES[_SEXES.index(sex) ^ _of(field, "pad")[0] & 1]


def _day(field: bytes, day: str) -> str:
    """A day for a day, moved round the calendar by the person's own number of days."""
    try:
        born = date.fromisoformat(day)
    except ValueError:
        return _text(field, day)
    if born.isoformat() != day:  # another way of writing it is another text
        return _text(field, day)
    moved = int.from_bytes(_of(field, "pad"))
    return date.fromordinal((born.toordinal() + moved) % _DAYS + 1).isoformat()
