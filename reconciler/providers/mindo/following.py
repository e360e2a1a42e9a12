"""The address of a listing's next page, as the vendor writes it: what of it is asked for, if it is the API's. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from reconciler.transport import Endpoint, Origin

_ADDRESS = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?"
)
_PORTS = {"https": 443, "http": 80}
_LONGEST, _MOST_PARAMETERS = 4096, 32


class ForeignError(ValueError):
    """An address that is not followed; the text is the reason."""


def query_of(address: str, origin: Origin, endpoint: Endpoint) -> Mapping[str, str]:
    """The query of `address`, an absolute address of `endpoint` at `origin`.

    Nothing but this query is ever used of it. Raises `ForeignError` when scheme, host, port or path are others, or
    when anything in it could be read in two ways (user names, backslashes, fragments, white space).
    """
    if len(address) > _LONGEST or not (address.isascii() and address.isprintable()) or " " in address:
        raise ForeignError("this is no plain address")
    if "@" in address.partition("?")[0]:
        raise ForeignError("it carries a user name or password")
    found = _ADDRESS.fullmatch(address)
    if found is None or "\\" in address:
        raise ForeignError("this is no whole, plain address")
    _require_place(found, origin)
    _require_path(found["path"] or "/", origin, endpoint)
    return _parameters(found["query"] or "")


def shown(address: str) -> str:
    """As much of `address` as may be shown: no query, for filters stand there, and no user name."""
    return ascii(re.sub(r"//[^/]*@", "//***@", re.sub(r"[?#].*", "", address[:300], flags=re.DOTALL))[:120])


def _require_place(found: re.Match[str], origin: Origin) -> None:
    scheme, host = found["scheme"].lower(), found["host"].lower()
    port = int(found["port"]) if found["port"] else _PORTS.get(scheme)
    for what, theirs, ours in (
        ("scheme", scheme, origin.scheme),
        ("host", host, origin.host),
        ("port", port, origin.port),
    ):
        if theirs != ours:
            raise ForeignError(f"its {what} is not the API's ({ours})")


def _require_path(path: str, origin: Origin, endpoint: Endpoint) -> None:
    ours = origin.prefix + endpoint.path
    if path.removesuffix("/") != ours.removesuffix("/"):
        raise ForeignError(f"its path is not that of the listing ({ours})")


def _parameters(query: str) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(
            query, keep_blank_values=True, strict_parsing=bool(query), errors="strict", max_num_fields=_MOST_PARAMETERS
        )
    except ValueError:
        raise ForeignError("its query cannot be read") from None
    if len(dict(pairs)) < len(pairs):
        raise ForeignError("its query says something twice")
    return dict(pairs)
