"""Texts out of JSON values, which may be anything. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def text(value: object) -> str:
    """`value`, if it is a text. Raises TypeError if not."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def texts(value: Mapping[str, Any]) -> dict[str, str]:
    """`value`, if it maps texts to texts. Raises TypeError if not."""
    return {text(name): text(told) for name, told in value.items()}
