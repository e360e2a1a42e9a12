"""What a report says of its surroundings. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BUDGET: Final = 60_000
"""Characters of a Markdown report: a comment on GitHub holds 65,536, and whoever posts it adds something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The command lines that a report names, and how long it may be.

    `command` is the command line that applies the plan, or goes on with it; `whole` is one that shows everything that
    is left out here. `budget` is in characters, of Markdown.
    """

    command: str
    whole: str
    budget: int = BUDGET
