"""What GitHub keeps elsewhere: fetched from the address that it names, without the token."""

from __future__ import annotations

from typing import Final

import httpx

from reconciler.github.errors import GitHubError
from reconciler.github.wire import Answer, Wire
from reconciler.transport import Clock, InvalidOriginError, Origin

_LONGEST: Final = 8_192


def elsewhere(address: str, api: Origin) -> httpx.URL:
    """The address, if it may be asked: https; http on this machine only, and if the API is there itself.

    Raises GitHubError.
    """
    refused = GitHubError("GitHub named no address to download from that may be asked")
    if not address.isascii() or not address.isprintable() or len(address) > _LONGEST:
        raise refused
    try:
        url = httpx.URL(address)
        origin = _origin(url)
    except (httpx.InvalidURL, InvalidOriginError):
        raise refused from None
    if url.userinfo or (origin.scheme == "http" and api.scheme != "http"):
        raise refused
    return url


def fetched(url: httpx.URL, clock: Clock, seconds: float, cap: int) -> Answer:
    """What stands there, of at most `cap` bytes. Raises NotSentError and BrokenError."""
    wire = Wire(_origin(url), clock, seconds)
    try:
        return wire.send(wire.request("GET", str(url), {"Accept": "*/*"}), cap)
    finally:
        wire.close()


def _origin(url: httpx.URL) -> Origin:
    return Origin.parse(f"{url.scheme}://{url.netloc.decode('ascii').rpartition('@')[2]}")
