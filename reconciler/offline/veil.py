"""People behind keyed hashes: what is equal stays equal for one who has the key, and says nothing without it. Pure.

Live and declared people go through the same functions, so that comparing and counting them comes to the same.

An e-mail becomes `<hash>@snapshot.invalid` (RFC 2606). Texts become hashes that are keyed for each person anew, so that
two people of one name, or one city, are not seen to be alike. There are two answers to `sexo` and not many birthdays,
and both have to be such again: they are moved by as much as the key says for that person, which is a one-time pad.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from secrets import token_bytes
from typing import Final, cast

from reconciler.engine.model import Address, Declared, Observed, Value
from reconciler.engine.roll import Enrolment, Roll
from reconciler.engine.rows import MAX_LINE
from reconciler.ledger.state import Identity

DOMAIN: Final = "snapshot.invalid"
SHORTEST_KEY: Final = 32
"""Characters: a key that could be guessed would be tried on the file, as often as wanted."""
_SEXES: Final = ("m", "f")
_DAYS: Final = date.max.toordinal()
_NAME, _TEXT = 16, 9
"""Bytes of the hash of an address, of which there are many, and of a text, of which each person has few."""


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

    def live(self, person: Observed) -> Observed:
        """A live contact."""
        email = self.email(str(person.fields["email"] or ""))
        return replace(person, fields={**self._fields(email, person.fields), "email": email})

    def declared(self, item: Declared) -> Declared:
        """A declared contato."""
        email = self.email(item.address.key)
        fields = {**self._fields(email, item.fields), "email": email}
        former = self.email(item.former) if item.former else None
        return replace(item, address=Address(item.address.kind, email), fields=fields, former=former)

    def roll(self, roll: Roll) -> Roll:
        """All declared contatos."""
        enrolment = Enrolment(roll.stamp_of)
        enrolment.begin(_Veiled(self, roll))
        for place, item in enumerate(roll.read(roll)):
            enrolment.add_person(self.declared(item), (place, item.place.line & MAX_LINE))
        return enrolment.close()

    def _fields(self, email: str, fields: Mapping[str, Value]) -> dict[str, Value]:
        person = hmac.digest(self.key, b"fields" + email.encode(), "sha256")
        hidden = dict(fields)
        for name, hide in (("nome", _text), ("sexo", _sex), ("data_de_nascimento", _day)):
            if isinstance(fields.get(name), str):
                hidden[name] = hide(person, str(fields[name]))
        if "campos" in fields:
            values = cast("Mapping[str, str]", fields["campos"] or {})
            hidden["campos"] = {name: _text(person, text.strip()) for name, text in values.items()}
        return hidden


@dataclass(frozen=True, slots=True)
class _Veiled:
    """Where veiled people stand: where they stood, and they are veiled again when they are read."""

    veil: Veil
    roll: Roll

    @property
    def name(self) -> str:
        return self.roll.where(0)[0].name if len(self.roll) else ""

    def read(self, positions: Iterable[tuple[int, int]]) -> Iterator[Declared | None]:
        return map(self.veil.declared, self.roll.read(place for place, _ in positions))


def _text(person: bytes, text: str) -> str:
    """A text, the empty one as it is: that nothing is said is compared, too."""
    hashed = hmac.digest(person, b"text " + text.encode("utf-8", "surrogatepass"), "sha256")[:_TEXT]
    return urlsafe_b64encode(hashed).decode() if text else ""


def _sex(person: bytes, sex: str) -> str:
    """An m or f for an m or f, by one bit of the person's own."""
    if sex not in _SEXES:
        return _text(person, sex)
    return _SEXES[_SEXES.index(sex) ^ hmac.digest(person, b"sexo", "sha256")[0] & 1]


def _day(person: bytes, day: str) -> str:
    """A day for a day, moved round the calendar by the person's own number of days."""
    try:
        born = date.fromisoformat(day)
    except ValueError:
        return _text(person, day)
    if born.isoformat() != day:  # another way of writing it is another text
        return _text(person, day)
    moved = int.from_bytes(hmac.digest(person, b"data_de_nascimento", "sha256"))
    return date.fromordinal((born.toordinal() + moved) % _DAYS + 1).isoformat()
