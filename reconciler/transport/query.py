"""The query of a call, from values to the text that stands for each. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.transport.endpoint import checked

Query = Mapping[str, "str | int | bool | Sequence[str] | None"]
"""Query parameters: None and empty lists are left out, true and false are written so, lists (of ids, numbers or names
of relations) are joined by commas."""


def written(query: Query) -> Iterable[tuple[str, str]]:
    """Name and text of every parameter that is not left out. Raises InvalidIdError for what cannot be joined."""
    for name, value in query.items():
        if isinstance(value, bool):
            yield name, "true" if value else "false"
        elif isinstance(value, (str, int)):
            yield name, str(value)
        elif value:
            # Every list that the vendors' addresses take holds ids, numbers or names of relations: never a comma.
            yield name, ",".join(map(checked, value))
