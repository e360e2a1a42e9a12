"""Keeps people out of what a channel shows: phone numbers and contents are masked, unless they are asked for. Pure.

A mask is alike for the same value within one output, and for no other: its key is made anew for each.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.engine.channels import Observation, Scalar
from reconciler.report.mask import HIDDEN

_DIGITS = 12
"""Hexadecimal digits of a mask: two of a million values look alike by a chance of 1 in 500."""
_DAY = re.compile(r"\b(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]\b")
_TELLING = re.compile(r"@|(?:[0-9][\s().+/-]*){8}")
"""An e-mail, or as many digits as a phone number has, however they are set apart."""
_LARGEST = 10**7
"""Numbers from here on may be a phone number."""


@dataclass(frozen=True, slots=True)
class Shade:
    """What of a source's fields is masked.

    `known` are the fields that its vendor documents, `personal` those of them that are personal data. Of the others
    what looks personal is masked, also in their names; where `people` are what the source is about, all texts. `salt`
    keys the masks; None masks nothing.
    """

    known: Collection[str]
    personal: Collection[str]
    people: bool
    salt: bytes | None = field(repr=False)

    def fields(self, observation: Observation) -> Mapping[str, Scalar]:
        """The fields as they may be shown."""
        if self.salt is None:
            return observation.fields
        return {self._name(name): self._value(name, value) for name, value in observation.fields.items()}

    def _name(self, name: str) -> str:
        return name if name in self.known or not _looks_personal(name) else self._mask(name)

    def _value(self, name: str, value: Scalar) -> Scalar:
        if value is None or isinstance(value, bool | datetime) or value == "":
            return value
        if name in self.known:
            return self._mask(value) if name in self.personal else value
        private = self.people and isinstance(value, str)
        return self._mask(value) if private or self._within(name) or _looks_personal(value) else value

    def _within(self, name: str) -> bool:
        """Whether it is a part of what is personal, which came nested though it is documented as a text."""
        return any(name.startswith(f"{each}.") for each in self.personal)

    def _mask(self, value: Scalar) -> str:
        digest = hmac.digest(self.salt or b"", str(value).encode("utf-8", "surrogatepass"), hashlib.sha256)
        return f"{HIDDEN}~{digest.hex()[:_DIGITS]}"


def _looks_personal(value: Scalar) -> bool:
    if isinstance(value, str):
        return _TELLING.search(_DAY.sub("", value)) is not None
    return isinstance(value, int | float) and abs(value) >= _LARGEST
