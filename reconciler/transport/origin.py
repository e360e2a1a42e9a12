"""Where an API stands: one scheme, host, port and path prefix, and nothing else is ever called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

_PORTS = {"https": 443, "http": 80}
_SHAPE = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<path>(?:/[A-Za-z0-9_~.-]+)*)/?",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_FORM = "write it as the vendor documents it, such as https://api.exemplo.com.br/v1"


class InvalidOriginError(ValueError):
    """An address that is not called. `value` is what was given (without what might be secret), `reason`, `remedy`."""

    def __init__(self, value: str, reason: str, remedy: str = _FORM) -> None:
        self.value = _shown(value)
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{self.value}: {reason}; {remedy}")


@dataclass(frozen=True, slots=True)
class Origin:
    """A base address, in normal form. `prefix` is `` or `/v1`, without a slash at its end."""

    scheme: str
    host: str
    port: int
    prefix: str

    @classmethod
    def parse(cls, text: str) -> Origin:
        """The origin that `text` names: https, or http to this machine itself.

        Raises `InvalidOriginError` for anything that two programs could read differently: user names, queries,
        fragments, escapes, backslashes, white space, short or hexadecimal IPv4, international host names.
        """
        _refuse_tricks(text)
        found = _SHAPE.fullmatch(text)
        if found is None:
            raise InvalidOriginError(text, "this is not a plain address of scheme, host, port and path")
        scheme, host = found["scheme"].lower(), found["host"].lower()
        port = int(found["port"]) if found["port"] else _PORTS[scheme]
        if port > 65535:
            raise InvalidOriginError(text, f"there is no port {port}", "use a port from 1 to 65535")
        if {".", ".."} & set(found["path"].split("/")):
            raise InvalidOriginError(text, "its path climbs with '.' or '..'")
        _check_host(text, host)
        origin = cls(scheme, host, port, found["path"])
        if scheme == "http" and not origin.loopback:
            raise InvalidOriginError(
                text, "over http the key would travel readable by everyone", "use https (http is for this machine only)"
            )
        return origin

    @property
    def loopback(self) -> bool:
        """Whether this is the machine itself: 127.0.0.0/8, ::1 or localhost."""
        return is_loopback(self.host.strip("[]"))

    @property
    def netloc(self) -> str:
        """Host and port as they stand in an address: without the port that goes without saying."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}{self.prefix}"


def is_loopback(host: str) -> bool:
    """Whether `host` (a name, or an IP address without brackets) is this machine."""
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address == IPv6Address("::1") if address.version == 6 else address.is_loopback


def _refuse_tricks(text: str) -> None:
    """Names the tricks that have one, so that the message helps; everything else fails the shape."""
    if not text or len(text) > 2048:
        raise InvalidOriginError(text, "this is no address" if not text else "this is too long for an address")
    tricks = {
        "@": "it carries a user name or password",
        "?": "it carries a query",
        "#": "it carries a fragment",
        "\\": "it contains a backslash",
        "%": "it contains an escape (%)",
    }
    for sign, reason in tricks.items():
        if sign in text:
            raise InvalidOriginError(text, reason)
    if any(sign.isspace() or not sign.isprintable() for sign in text):
        raise InvalidOriginError(text, "it contains white space or an invisible character")
    if not text.isascii():
        raise InvalidOriginError(text, "it contains letters that only look like those of another address")


def _check_host(text: str, host: str) -> None:
    if host.startswith("["):
        _check_ip(text, host[1:-1])
        return
    labels = host.split(".")
    # Resolvers read 127.1, 0x7f.1 and 2130706433 as IPv4 too: an address has four decimal parts or is none.
    if labels[-1].isdigit() or re.fullmatch(r"0x[0-9a-f]*", labels[-1]):
        _check_ip(text, host)
    elif not all(map(_LABEL.fullmatch, labels)):
        raise InvalidOriginError(text, "its host is not a host name")
    elif any(label.startswith("xn--") for label in labels):
        raise InvalidOriginError(text, "its host is an international name, which can imitate another one")


def _check_ip(text: str, host: str) -> None:
    try:
        ip_address(host)
    except ValueError:
        raise InvalidOriginError(text, "its host is neither a name nor an IP address in its normal form") from None


def _shown(value: str) -> str:
    """`value` on one line, without what stands before an @ and after a ? or #: people paste keys there."""
    hidden = re.sub(r"//.*@", "//***@", value, flags=re.DOTALL)
    hidden = re.sub(r"([?#]).*", r"\1***", hidden, flags=re.DOTALL)
    return ascii(hidden[:200])
