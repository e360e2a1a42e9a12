"""What digests of people rest on, and what a listing carries, as JSON values and back. Pure."""

from __future__ import annotations

from array import array
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from sys import byteorder
from typing import Any

from reconciler.engine.sight import Embeds, Meanings, Sight
from reconciler.ledger.texts import text, texts


def dump_sight(sight: Sight) -> dict[str, Any]:
    """`sight` with its names sorted: the same bytes for the same one."""
    meanings = sight.meanings
    return {
        "epoch": sight.epoch,
        "lists": dict(sorted(meanings.lists.items())),
        "fields": dict(sorted(meanings.fields.items())),
    }


def load_sight(data: Mapping[str, Any]) -> Sight:
    """The sight that `data` holds. Raises KeyError, TypeError or ValueError if it is none."""
    epoch = data["epoch"]
    if not isinstance(epoch, int) or not 0 <= epoch < 1 << 63:
        raise ValueError(f"{epoch!r} is no epoch")
    return Sight(epoch, Meanings(texts(data["lists"]), texts(data["fields"])))


def dump_embeds(embeds: Embeds) -> dict[str, Any]:
    """`embeds` with its time in UTC. Raises ValueError if the time has no zone."""
    if embeds.at.tzinfo is None:
        raise ValueError("the time of the embeds has no zone")
    return {
        "carried": sorted(embeds.carried),
        "lacking": sorted(embeds.lacking),
        "at": embeds.at.astimezone(UTC).isoformat(),
    }


def load_embeds(data: Mapping[str, Any]) -> Embeds:
    """The embeds that `data` holds. Raises KeyError, TypeError or ValueError if it holds none."""
    at = datetime.fromisoformat(data["at"])
    if at.tzinfo is None:
        raise ValueError("the time of the embeds has no zone")
    return Embeds(frozenset(map(text, data["carried"])), frozenset(map(text, data["lacking"])), at)


def dump_digests(seen: Sequence[int]) -> str:
    """Digests of people joined, eight bytes each, in base64."""
    return b64encode(_swapped(array("Q", seen)).tobytes()).decode("ascii")


def load_digests(text: str) -> array[int]:
    """The digests that `text` holds. Raises ValueError or TypeError if it holds none."""
    digests = array("Q")
    digests.frombytes(b64decode(text, validate=True))
    return _swapped(digests)


def _swapped(digests: array[int]) -> array[int]:
    """Between this machine's order of bytes and the ledger's, which is the network's."""
    if byteorder == "little":
        digests.byteswap()
    return digests
