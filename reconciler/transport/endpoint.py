"""One operation of a vendor's API as data: method, path template, how it may be repeated, whether it has an effect."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import quote

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PLACEHOLDER = re.compile(r"\{[A-Za-z_]+\}")


class Repeat(Enum):
    """How often one call may be sent when its outcome is not known."""

    FREELY = "freely"  # reads
    SAFELY = "safely"  # writes that leave the same state however often they are applied
    NEVER = "never"  # creates, and whatever sends mail: sent once per call, whatever happens


class InvalidIdError(ValueError):
    """An id that no server has issued: it would change the address that is called, so nothing was sent."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation. `path` is the vendor's template below the base address, such as `/campos/{id}`.

    A slash at its end is part of it (one of the vendors has it so).

    `effect` is false only for true reads: several of the vendors' GETs send or cancel. There is no default for
    `repeat`: whoever adds an endpoint has to decide.
    """

    method: str
    path: str
    repeat: Repeat
    effect: bool

    def __post_init__(self) -> None:
        if (self.repeat is Repeat.FREELY) is self.effect:
            raise ValueError(f"{self}: what is repeated freely has no effect, and what has none is repeated freely")

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def at(self, *ids: str) -> str:
        """The path with its placeholders filled by `ids`, in order, quoted.

        Raises `InvalidIdError` for an id that is not 1 to 64 letters, digits, `-` or `_`: `../x`, `?` and `#` would
        otherwise name another operation.
        """
        parts = _PLACEHOLDER.split(self.path)
        if len(parts) != len(ids) + 1:
            raise InvalidIdError(f"{len(parts) - 1} ids are needed, {len(ids)} were given")
        filled = [quote(checked(identifier), safe="") for identifier in ids]
        return "".join(part + follower for part, follower in zip(parts, [*filled, ""], strict=True))


def checked(identifier: str) -> str:
    """`identifier` itself when it can be an id of the vendor's, else `InvalidIdError`."""
    if not _ID.fullmatch(identifier):
        raise InvalidIdError(f"{identifier[:80]!a} is not an id: 1 to 64 letters, digits, '-' or '_'")
    return identifier
