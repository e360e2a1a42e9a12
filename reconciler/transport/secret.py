"""The key of an account, and the filters that keep it out of everything that is written."""

from __future__ import annotations

import base64
import logging
import re
from functools import lru_cache
from urllib.parse import quote

SHORTEST_SECRET = 8
"""Keys below this length are no secrets (a simulator takes any): hiding them would hide ordinary words."""

_MASK = "***"
_HTML_NAMES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}


class InvalidKeyError(ValueError):
    """A key that cannot be one; the text says why, never what it is."""


class Key:
    """An account's API key. Its text leaves only for the wire (`query`, `header`); `repr` and `str` hide it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if not text or not text.strip():
            raise InvalidKeyError("the API key is empty: set its variable to the key that the vendor's screen shows")
        if not (text.isascii() and text.isprintable()) or " " in text:
            raise InvalidKeyError(
                "the API key contains a space, a line break or another character that no key has: copy it again, whole"
            )
        self._text = text

    def query(self, name: str) -> bytes:
        """`name=key`, percent-encoded for an address."""
        return f"{name}={quote(self._text, safe='')}".encode("ascii")

    def header(self, scheme: str) -> bytes:
        """The key as the value of a header, behind the word `scheme` if that is not empty."""
        return f"{scheme} {self._text}".strip().encode("ascii")

    def redact(self, text: str) -> str:
        """`text` without this key, in whatever form it stands there."""
        return redact(text, self._text)

    def __repr__(self) -> str:
        return f"Key({_MASK})"


def redact(text: str, key: str) -> str:
    """`text` with every occurrence of `key` replaced by `***`.

    Found are its raw, percent-encoded (also twice), JSON-escaped, HTML-escaped and base64 forms, also mixed and as
    part of longer base64. Keys shorter than `SHORTEST_SECRET` are left alone.
    """
    if len(key) < SHORTEST_SECRET:
        return text
    return _pattern(key).sub(_MASK, text)


class RedactingFilter(logging.Filter):
    """Takes a key out of every record of the loggers that it is put on, arguments included."""

    def __init__(self, key: Key) -> None:
        super().__init__()
        self._key = key

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrites the record in place; lets all pass."""
        record.msg, record.args = self._key.redact(record.getMessage()), ()
        return True


@lru_cache(maxsize=16)
def _pattern(key: str) -> re.Pattern[str]:
    written = "".join(map(_one_sign, key))
    return re.compile("|".join([written, *map(re.escape, _base64_forms(key.encode()))]))


def _one_sign(sign: str) -> str:
    """Every way in which one character of a key may be written."""
    code = ord(sign)
    forms = [
        re.escape(sign),
        rf"%(?:25)*(?i:{code:02x})",
        rf"\\+(?i:u00{code:02x}|x{code:02x})",
        rf"&#(?:0*{code}|(?i:x0*{code:x}));",
    ]
    if sign in _HTML_NAMES:
        forms.append(_HTML_NAMES[sign])
    if not sign.isalnum():
        forms.append(r"\\+" + re.escape(sign))
    return f"(?:{'|'.join(forms)})"


def _base64_forms(key: bytes) -> set[str]:
    """What of `key` is constant in base64 text, for each of the three positions it can have in the encoded bytes.

    The characters at both ends are shared with the neighbours, so they are left out.
    """
    forms = set()
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + key).decode().rstrip("=")
        whole = (before + len(key)) * 8 // 6
        core = encoded[-(-before * 8 // 6) : whole]
        forms |= {core, core.replace("+", "-").replace("/", "_")}
    return forms
