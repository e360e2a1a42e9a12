"""What the other channels show: bulk sends and messages, in the vendors' own field names, and as one noun. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | datetime | None
"""A value as a vendor answers it: numbers as numbers (also those that came as text), times aware, the rest as it is."""


class Phase(StrEnum):
    """How far a bulk send is, whatever its vendor calls that."""

    WAITING = "waiting"
    RUNNING = "running"
    ENDED = "ended"
    UNKNOWN = "unknown"  # a status that the vendor's documents do not name


@dataclass(frozen=True, slots=True)
class Bulk:
    """One bulk send of any channel.

    `title` is the name that its sender gave it, or the template it was made from; `status` is the vendor's word. Counts
    are people; None where the vendor does not tell. `progress` is 0 to 100. `created` and `ended` are aware.
    """

    source: str
    id: str
    title: str
    status: str
    phase: Phase
    total: int | None = None
    sent: int | None = None
    delivered: int | None = None
    read: int | None = None
    failed: int | None = None
    progress: float | None = None
    created: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One object that a source shows.

    `source` is such as `ogmma.lotes`. `fields` has the vendor's names; what is nested is joined by dots
    (`template.template_name`); fields that no document names are kept. `bulk` is None where it is no bulk send.
    """

    source: str
    id: str
    fields: Mapping[str, Scalar] = field(default_factory=dict)
    bulk: Bulk | None = None
