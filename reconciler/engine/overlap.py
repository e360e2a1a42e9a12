"""How the lists of a send overlap, in people, as data. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Overlap:
    """How the lists of one send overlap, in people: those of each who are in no other of them, and the rest.

    `only` holds (lista key, people), in the order of the lists; `several` counts who is in two or more of them. `pairs`
    holds (lista key, lista key, people in both), the most people first; those that share nobody are left out, and all
    of them where there are very many lists.
    """

    only: tuple[tuple[str, int], ...]
    several: int
    pairs: tuple[tuple[str, str, int], ...] = ()
