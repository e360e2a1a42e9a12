"""Answers' bodies: decoded under a cap, so that no server can fill the memory."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable

import orjson

from reconciler.transport.parcel import Decode

BODY_CAP = 32 * 1024 * 1024
"""Bytes that an answer may have, decoded: 100 contacts are some 50 KB, the longest html some 500 KB."""

ENCODINGS = "gzip, deflate"
"""What we say that we accept."""


class UnreadableError(Exception):
    """A body that is not what was expected; the text says in what way."""


def document(chunks: Iterable[bytes], encoding: str, decode: Decode | None = None) -> dict[str, object]:
    """The JSON object that `chunks` hold, encoded as the header `encoding` says; as `decode` reads it, if that can.

    Raises `UnreadableError` for a body beyond `BODY_CAP`, broken compression, anything that is not one JSON object.
    """
    raw = b"".join(_decoded(chunks, encoding.strip().lower()))
    if not raw.strip():
        raise UnreadableError("an empty body")
    if decode is not None and (found := decode(raw)) is not None:
        return found
    read = _json(raw)
    if not isinstance(read, dict):
        raise UnreadableError("JSON that is no object")
    return read


def _json(raw: bytes) -> object:
    """What JSON says: by the quick reader, and what that refuses (a byte order mark, UTF-16, half a surrogate) by the
    lenient one.
    """  # noqa: D205
    try:
        return orjson.loads(raw)
    except ValueError:
        pass
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        kind = "a web page" if b"<" in raw[:200] else "a text"
        raise UnreadableError(f"{kind} instead of JSON") from None


def _decoded(chunks: Iterable[bytes], encoding: str) -> Iterable[bytes]:
    if encoding in ("", "identity"):
        yield from _capped(chunks)
    elif encoding in ("gzip", "x-gzip", "deflate"):
        yield from _inflated(chunks, encoding)
    else:
        raise UnreadableError("a compression that was not asked for")


def _capped(chunks: Iterable[bytes]) -> Iterable[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > BODY_CAP:
            raise UnreadableError(f"a body of more than {BODY_CAP >> 20} MiB")
        yield chunk


def _inflated(chunks: Iterable[bytes], encoding: str) -> Iterable[bytes]:
    inflater = None
    left = BODY_CAP
    for chunk in _capped(chunks):
        if not chunk:
            continue
        if inflater is None:
            inflater = _inflater(encoding, chunk[0])
        try:
            plain = inflater.decompress(chunk, left + 1)
        except zlib.error:
            raise UnreadableError("broken compression") from None
        left -= len(plain)
        if left < 0:
            raise UnreadableError(f"a compressed body of more than {BODY_CAP >> 20} MiB")
        yield plain
    if inflater is not None and not inflater.eof:
        raise UnreadableError("a compressed body that ends in the middle")


def _inflater(encoding: str, first: int) -> zlib._Decompress:
    if encoding != "deflate":
        return zlib.decompressobj(16 + zlib.MAX_WBITS)
    # "deflate" means zlib's format (RFC 9110 §8.4.1.2), but some servers send it bare: the first byte tells.
    return zlib.decompressobj(zlib.MAX_WBITS if first & 0x0F == 8 else -zlib.MAX_WBITS)
