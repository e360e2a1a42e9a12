"""An account's comments on a pull request, one of plans and one of applies: written once, edited from then on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from reconciler.github.answers import text, whole
from reconciler.github.client import Client
from reconciler.github.errors import GitHubError
from reconciler.github.marks import marked, ours, same

LONGEST: Final = 65_536
"""Characters of a comment (not documented; GitHub refuses a longer one, "body is too long")."""


@dataclass(frozen=True, slots=True)
class Said:
    """What became of a comment: created, edited or unchanged; its address, and how many older ones were deleted."""

    became: str
    url: str
    deleted: int = 0


def say(client: Client, pull_request: int, line: str, body: str, author: str) -> Said:
    """Make the comment with this first line (`marks.mark`) say `body`. Raises GitHubError.

    Of several (two runs at once) the newest is kept: it is the one that readers find at the end.
    """
    whole_text = marked(line, body)
    if len(whole_text) > LONGEST:
        raise GitHubError(f"a comment holds {LONGEST} characters, and this one has {len(whole_text)}: cut the report")
    path = f"issues/{pull_request}/comments"

    def existing() -> list[Mapping[str, Any]]:
        return ours(client.rows(path), line, author, "id")

    def newest() -> Mapping[str, Any] | None:
        return next(reversed(existing()), None)

    found = existing()
    if not found:
        made = client.create(path, {"body": whole_text}, newest)
        if not same(text(made, "body"), whole_text):  # another run's, made meanwhile
            client.change("PATCH", f"issues/comments/{whole(made, 'id')}", {"body": whole_text})
        return Said("created", text(made, "html_url"))
    *older, last = found
    if not same(text(last, "body"), whole_text):
        client.change("PATCH", f"issues/comments/{whole(last, 'id')}", {"body": whole_text})
        became = "edited"
    else:
        became = "unchanged"
    for each in older:
        _delete(client, f"issues/comments/{whole(each, 'id')}")
    return Said(became, text(last, "html_url"), len(older))


def _delete(client: Client, path: str) -> None:
    try:
        client.change("DELETE", path)
    except GitHubError as error:
        if error.status != 404:  # gone already: another run, or the first of two tries
            raise
