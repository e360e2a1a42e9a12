"""One Ogmma account over HTTP: what every operation of the vendor's API has in common."""

from __future__ import annotations

from typing import Final

from reconciler.providers.ogmma.errors import refusal
from reconciler.providers.reader import Reader, Vendor
from reconciler.transport import InHeader, Limits, Ports

ADDRESS: Final = "https://oapi.ogmma.com.br/v1"
"""The vendor's own base address ("Listar lotes de envio", "Método")."""

RATE: Final = 1.0
"""Calls a second: a key may make 60 a minute unless the vendor has agreed on more (vendor's public pages)."""

VENDOR: Final = Vendor(InHeader("Authorization", "Bearer"), refusal, RATE)
"""The key goes into `Authorization: Bearer {API_KEY}` ("Listar lotes de envio", "Atributos")."""


def connect(address: str, key: str, limits: Limits | None = None, ports: Ports | None = None) -> Reader:
    """A connection to the account of `key` at `address`. Raises `InvalidOriginError` and `InvalidKeyError`."""
    return Reader(VENDOR, address, key, limits, ports)
