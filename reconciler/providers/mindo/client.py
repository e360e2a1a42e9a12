"""One Mindo account over HTTP: what every operation of the vendor's API has in common."""

from __future__ import annotations

from typing import Final

from reconciler.providers.mindo.errors import refusal
from reconciler.providers.reader import Reader, Vendor
from reconciler.transport import InHeader, Limits, Ports

ADDRESS: Final = "https://api.mindosoftware.com"
"""The vendor's own base address ("Listar envios em massa", example)."""

RATE: Final = 1.0
"""Calls a second. The vendor documents no limit: as careful as the other WhatsApp vendor asks for, and a page holds so
many bulk sends that few calls are made."""

VENDOR: Final = Vendor(InHeader("X-API-Key"), refusal, RATE)
"""The key goes into `X-API-Key: mindo_…` ("Listar envios em massa", "Header de autenticação")."""


def connect(address: str, key: str, limits: Limits | None = None, ports: Ports | None = None) -> Reader:
    """A connection to the account of `key` at `address`. Raises `InvalidOriginError` and `InvalidKeyError`."""
    return Reader(VENDOR, address, key, limits, ports)
