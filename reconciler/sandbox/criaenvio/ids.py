"""Ids as the vendor's: short, case-sensitive, of letters, digits, `-` and `_`, which may also stand first. Pure."""

from __future__ import annotations

_ALPHABET = "-aB3_cD4eF5gH6iJ7kL8mN9oP0qR1sT2uVwXyZAbCdEfGhIjKlMnOpQrStUvWxYz"
_SHORTEST = 2
_KINDS = ("mensagens", "envios", "listas", "campos", "contatos", "remetentes")
_FIRST = 64 * 17


def nth(kind: str, n: int) -> str:
    """The n-th id (n from 0) of a kind. None comes twice, in no kind; the first message's begins with `-`."""
    number = n * len(_KINDS) + _KINDS.index(kind)
    length, below = _SHORTEST, 0
    while number - below >= 64**length:
        below += 64**length
        length += 1
    # An odd factor permutes the numbers below a power of two. Read from the low end, so that ids vary in front.
    left = ((number - below) * 0x9E3779B1 + _FIRST) % 64**length
    text = ""
    for _ in range(length):
        left, digit = divmod(left, 64)
        text += _ALPHABET[digit]
    return text
